import type { Assessment, BenchmarkPlatform, ControlAnswer, Item, Judgement, Section, Target } from './benchmark.js';
import type { Component } from './component.js';
import { controlOfFiles } from './control-of-files.js';
import { distinct, evidenceOf, type Evidence } from './evidence.js';
import type { PathRef } from './paths/path-ref.js';
import { remediation } from './remedies/remediation.js';
import type { Remedy } from './remedies/remedy.js';
import { fileMode, ownedByRoot, type Rule } from './rules/rule.js';

/** An item as a table writes it; its remediation follows from the platform. */
export type ItemSpec = Judgement & {
  readonly id: string;
  readonly title: string;
  readonly assessment: Assessment;
  readonly target: Target;
  readonly evidence: readonly Evidence[];
  readonly remedy: Remedy;
  readonly caveat?: string;
  readonly note?: string;
  readonly equivalent?: string;
};

export interface SectionSpec {
  readonly id: string;
  readonly title: string;
  readonly items: readonly ItemSpec[];
}

/** What a table says of an item beside its number and title. */
type Rest = Pick<ItemSpec, 'assessment' | 'target' | 'remedy'> & Partial<Pick<ItemSpec, 'caveat' | 'note' | 'equivalent'>>;

/** An item that a rule decides: evidence follows from it. `covers`: see `coveredBy` of `Judgement`; `and`: what else tells. */
export const byRule = (id: string, title: string, rule: Rule, { covers, ...rest }: Rest & { readonly covers?: readonly ControlName[] }, ...and: readonly Evidence[]): ItemSpec =>
  ({ id, title, rule, ...(covers && { coveredBy: coveredBy(...covers) }), ...rest, evidence: distinct([...evidenceOf(rule), ...and]) });

/** An item that controls decide. `control#part`, as findings are named; `otherwise`: see `Judgement`. */
export const byControls = (
  id: string, title: string, answers: readonly (ControlName | ControlAnswer)[], rest: Rest & { readonly evidence: readonly Evidence[]; readonly otherwise?: Rule },
): ItemSpec => ({ id, title, answeredBy: answers.map(answerOf), ...rest, evidence: distinct([...rest.evidence, ...(rest.otherwise ? evidenceOf(rest.otherwise) : [])]) });

export type ControlName = `${string}/${string}`;

function answerOf(answer: ControlName | ControlAnswer): ControlAnswer {
  if (typeof answer !== 'string') return answer;
  const at = answer.indexOf('#');
  return at < 0 ? { controlId: answer } : { controlId: answer.slice(0, at), part: answer.slice(at + 1) };
}

/** The same item, whose failures these controls find. */
export const covered = (item: ItemSpec, by: readonly ControlAnswer[]): ItemSpec => (item.rule ? { ...item, coveredBy: by } : item);

export const coveredBy = (...names: readonly ControlName[]): readonly ControlAnswer[] => names.map(answerOf);

/** What a control says of one of the components that it judges alike. */
export const of = (component: Component, name: ControlName): ControlAnswer => ({ ...answerOf(name), component });

export const flagsOf = (...components: readonly Component[]): readonly Evidence[] => components.map((component) => ({ class: 'flags', component }));
export const configz: readonly Evidence[] = [{ class: 'configz' }, { class: 'file', paths: ['kubelet-config'] }];
export const api = (...resources: readonly string[]): readonly Evidence[] => [{ class: 'api', resources }];

interface OfFile {
  readonly assessment: Assessment;
  readonly target: Target;
  readonly caveat?: string;
  readonly equivalent?: string;
}

export const modeItem = (id: string, title: string, max: number, paths: readonly PathRef[], rest: OfFile): ItemSpec =>
  byRule(id, title, fileMode(max, ...paths), { ...rest, remedy: { kind: 'mode', paths, mode: max } });

export const ownerItem = (id: string, title: string, paths: readonly PathRef[], rest: OfFile): ItemSpec =>
  byRule(id, title, ownedByRoot(...paths), { ...rest, remedy: { kind: 'owner', paths, owner: 'root', group: 'root' } });

/** A table's sections as its platform has them. */
export const sectionsOn = (platform: BenchmarkPlatform, sections: readonly SectionSpec[]): readonly Section[] =>
  sections.map(({ items, ...section }) => ({ ...section, items: items.map((item) => itemOn(platform, item)) }));

function itemOn(platform: BenchmarkPlatform, { remedy, ...item }: ItemSpec): Item {
  const onPlatform = { ...item, level: undefined, remediation: remediation(remedy, platform) };
  const files = onPlatform.rule && onPlatform.coveredBy === undefined ? controlOfFiles(onPlatform.rule, platform) : undefined;
  return onPlatform.rule && files ? { ...onPlatform, coveredBy: [files] } : onPlatform;
}
