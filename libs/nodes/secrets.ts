import { WITHHELD } from './component-process.js';

/** Words with their secrets out, and the names of what was withheld. */
export interface Withheld {
  readonly words: readonly string[];
  readonly withheld: readonly string[];
}

/** Names, in lower case with dashes, whose value is a secret whatever it looks like. */
const secretNames = /(^|-)(token|tokens|password|passwd|passphrase|secret|psk|api-?key|access-key|secret-key|session-token|credentials?|basic-auth|userinfo|authorization)$/;
/** Names of keys: a path to one is none, the key itself is. */
const keyNames = /(^|-)key$/;
const shortPath = /^\/[\w.@-]+(\/[\w.@-]+)+$/;
const booleans = /^(true|false|t|f|0|1)$/i;
/** Addresses of data stores carry their password in forms of their own. */
const addressNames = /(^|-)datastore-endpoint$/;

/** Secrets by their shape, wherever they stand. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, WITHHELD],
  // Up to the last @: a password may hold slashes and an @ of its own.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s'"]*@/gi, `$1${WITHHELD}@`],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s?'"]*\?)[^\s'"]+/gi, `$1${WITHHELD}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${WITHHELD}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, WITHHELD],
  [/\bK10[0-9a-f]{64}::\S+/g, WITHHELD],
  // A bootstrap token of Kubernetes.
  [/(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])/g, WITHHELD],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, WITHHELD],
  [/((?:^|\s)--?[\w-]*(?:token|password|passwd|secret|api-?key|secret-key)(?:=|\s+))(?!-)\S+/gi, `$1${WITHHELD}`],
];

/** Replaces secrets that stand inside a text. */
export const withholdText = (text: string): string => shapes.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);

const plainName = (name: string): string => name.replace(/^-+/, '').replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').replaceAll(/[_.]/g, '-').toLowerCase();

/** Whether a value of this name is to be replaced, by the name and what the value is. */
export function isSecret(name: string, value: string): boolean {
  const plain = plainName(name);
  if (value === '') return false;
  if (secretNames.test(plain)) return !booleans.test(value);
  return keyNames.test(plain) && !shortPath.test(value);
}

/** The value of an option or a variable with what is secret of it replaced. */
export function withholdValue(name: string, value: string): string {
  if (isSecret(name, value)) return WITHHELD;
  if (addressNames.test(plainName(name)) && !/^(https?|unix):/.test(value)) return `${/^[a-z0-9+.-]+:\/\//i.exec(value)?.[0] ?? ''}${WITHHELD}`;
  return withholdText(value);
}

/** Both forms of flags, `--name=value` and `--name value`, and `NAME=value`. */
export function withholdWords(words: readonly string[]): Withheld {
  const withheld = new Set<string>();
  let previous: string | undefined;
  const kept = words.map((word) => {
    const flag = previous;
    previous = undefined;
    const [, name, value] = /^(--?[A-Za-z][\w.-]*|[A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(word) ?? [];
    if (name !== undefined && value !== undefined) return marked(`${name}=${withholdValue(name, value)}`, word, name);
    if (flag !== undefined && !word.startsWith('--')) return marked(withholdValue(flag, word), word, flag);
    if (/^--?[A-Za-z][\w.-]*$/.test(word)) previous = word;
    return marked(withholdText(word), word, 'word');
  });
  return { words: kept, withheld: [...withheld] };

  function marked(safe: string, word: string, name: string): string {
    if (safe !== word) withheld.add(name.replace(/^-+/, ''));
    return safe;
  }
}
