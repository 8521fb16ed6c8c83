import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintRuleReportHandler, SecretLintSourceCode } from '@secretlint/types';

/** A part of a text that is a credential by its form. */
export interface FormMatch {
  readonly detector: string;
  readonly start: number;
  readonly end: number;
}

interface Rule {
  readonly detector: string;
  readonly handler: SecretLintRuleReportHandler;
}

const prefix = '@secretlint/secretlint-rule-';
const noPosition = (): never => {
  throw new TypeError('rules are run on texts that are no files');
};

/**
 * The rules of secretlint's recommended preset, run on a text by their public creators. Its own runner is asynchronous;
 * its rules for texts are not, and a projection must be done with an object before the next one comes. Of what rules
 * report only the place is taken: their messages repeat the credential.
 */
class LibraryRules {
  private matches: FormMatch[] = [];
  private readonly rules: readonly Rule[] = this.load();

  find(text: string): readonly FormMatch[] {
    this.matches = [];
    const source: SecretLintSourceCode = {
      content: text, contentType: 'text', ext: '', filePath: '', hasBOM: false, physicalFilePath: undefined,
      getFilePath: () => undefined, getPhysicalFilePath: () => undefined, locationToRange: noPosition, rangeToLocation: noPosition, positionToIndex: noPosition, indexToPosition: noPosition,
    };
    for (const { handler } of this.rules) {
      // Never a promise for a text without a file name: only key stores are read asynchronously.
      void handler.file?.(source);
    }
    return this.matches;
  }

  private load(): readonly Rule[] {
    const rules: Rule[] = [];
    preset.create({
      sharedOptions: {},
      registerRule: (rule) => {
        // Filters let a comment in the text switch rules off, which is for whoever writes the text to decide, not for whoever judges it.
        if (rule.meta.type === 'scanner') rules.push(this.open(rule));
      },
    }, {});
    return rules;
  }

  private open(rule: SecretLintRuleCreator): Rule {
    const detector = rule.meta.id.startsWith(prefix) ? rule.meta.id.slice(prefix.length) : rule.meta.id;
    const context: SecretLintRuleContext = {
      sharedOptions: {},
      createTranslator: () => (id) => ({ message: '', messageId: String(id), data: undefined }),
      report: ({ range: [start, end] }) => {
        this.matches.push({ detector, start, end });
      },
      ignore: () => undefined,
    };
    return { detector, handler: rule.create(context, {}) };
  }
}

const rules = new LibraryRules();

export const libraryMatches = (text: string): readonly FormMatch[] => rules.find(text);
