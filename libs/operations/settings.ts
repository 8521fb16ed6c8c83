import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { nearest } from './nearest.js';
import { catalogue } from './setting-catalogue.js';
import type { Role, Setting, SettingName } from './setting-catalogue.js';

export type { Role } from './setting-catalogue.js';
export type { KeyEncryptionKey } from './setting-types.js';

type ValueFor<S, R extends Role> =
  S extends Setting<infer Value, infer NeededBy, infer Default>
    ? Default extends string
      ? Value
      : [R] extends [NeededBy]
        ? Value
        : Value | undefined
    : never;

/** The settings as one program sees them: what it needs or has a default is there, the rest may be undefined. */
export type Settings<R extends Role = Role> = { readonly [Name in Exclude<SettingName, 'cursorKey'>]: ValueFor<(typeof catalogue)[Name], R> } & {
  /** Derived from the pepper where it is not set. */
  readonly cursorKey: [R] extends ['api'] ? Buffer : Buffer | undefined;
};

/** One wrong setting: its name, and a sentence that says what was expected. Never holds a secret's value. */
export interface SettingProblem {
  readonly env: string;
  readonly detail: string;
}

/** Everything that is wrong with the environment, at once. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly SettingProblem[]) {
    super([problems.length === 1 ? 'A setting is wrong:' : `${problems.length} settings are wrong:`, ...problems.map(({ env, detail }) => `  ${env}: ${detail}`)].join('\n'));
    this.name = 'SettingsError';
  }
}

const entries = Object.entries(catalogue) as readonly (readonly [SettingName, Setting])[];
const fileSuffix = '_FILE';
/** For this repository's own tests. */
const testPrefix = 'BULWARK_TEST_';
const maxSecretFileBytes = 64 * 1024;

/**
 * Reads what `role` uses; an empty variable counts as absent. Throws `SettingsError` with every wrong, missing
 * and unknown setting. Values of secrets stand in the result only.
 */
export function readSettings<R extends Role>(env: Readonly<Record<string, string | undefined>>, role: R): Settings<R> {
  const problems: SettingProblem[] = unknownNames(env);
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [settingName, setting] of entries) {
    if (!setting.usedBy.includes(role)) {
      // A default holds for every role, as the type says.
      if (setting.default !== undefined) values[settingName] = setting.type.schema.parse(setting.default);
      continue;
    }
    const given = givenText(setting, env);
    if ('problem' in given) {
      problems.push({ env: setting.env, detail: given.problem });
      continue;
    }
    const text = given.text ?? setting.default;
    if (text === undefined) {
      if (setting.neededBy.includes(role)) problems.push({ env: setting.env, detail: `is needed by the ${role}; expected ${setting.type.expected}` });
      continue;
    }
    const parsed = setting.type.schema.safeParse(text);
    if (parsed.success) values[settingName] = parsed.data;
    else problems.push({ env: setting.env, detail: `expected ${setting.type.expected}${setting.isSecret ? '' : `, got ${shown(text)}`}` });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  if (values.cursorKey === undefined && typeof values.apiKeyPepper === 'string') values.cursorKey = cursorKeyFrom(values.apiKeyPepper);
  return values as Settings<R>;
}

/** A URL's password is one, also where the setting as a whole is no secret. */
const shown = (text: string): string => JSON.stringify(text.slice(0, 100).replace(/\/\/[^/@]*@/, '//***@'));

function givenText(setting: Setting, env: Readonly<Record<string, string | undefined>>): { readonly text: string | undefined } | { readonly problem: string } {
  const text = env[setting.env] || undefined;
  const file = (setting.isSecret && env[`${setting.env}${fileSuffix}`]) || undefined;
  if (file === undefined) return { text };
  if (text !== undefined) return { problem: `is set twice, also as ${setting.env}${fileSuffix}; keep one` };
  try {
    const content = readFileSync(file);
    if (content.byteLength > maxSecretFileBytes) return { problem: `${setting.env}${fileSuffix} names a file that is larger than 64 KiB` };
    // An editor's newline at the end is no part of the secret.
    return { text: content.toString('utf8').replace(/\r?\n$/, '') || undefined };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { problem: `the file ${JSON.stringify(file)} that ${setting.env}${fileSuffix} names cannot be read (${code})` };
  }
}

const knownNames = entries.flatMap(([, { env, isSecret }]) => (isSecret ? [env, `${env}${fileSuffix}`] : [env]));

/** A mistyped name would otherwise be a setting that silently does not hold. */
function unknownNames(env: Readonly<Record<string, string | undefined>>): SettingProblem[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('BULWARK_') && !name.startsWith(testPrefix) && env[name] !== '' && env[name] !== undefined && !knownNames.includes(name))
    .sort()
    .map((name) => {
      const similar = nearest(name, knownNames);
      const isFileOfPlain = name.endsWith(fileSuffix) && knownNames.includes(name.slice(0, -fileSuffix.length));
      const hint = isFileOfPlain ? '; only secrets are read from files' : similar ? `; did you mean ${similar}?` : '';
      return { env: name, detail: `there is no such setting${hint}` };
    });
}

const cursorKeyFrom = (pepper: string): Buffer => Buffer.from(hkdfSync('sha256', pepper, '', 'bulwark list cursors v1', 32));
