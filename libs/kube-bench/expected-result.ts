/** What a test looked at: a flag, a key of a file, or a word that its own command prints. */
export interface Expectation {
  readonly name: string;
  readonly kind: 'flag' | 'path' | 'word';
}

/** The phrases that kube-bench writes; the name comes first in all of them. */
const phrase = /^(?:'(?<quoted>[^']{1,200}(?:'[,}][^']{0,100})*)'|(?<bare>[A-Za-z][\w-]{0,60})) (?:is (?:not )?(?:present|equal to .{0,2000}|greater (?:than|or equal to) .{0,40}|lower (?:than|or equal to) .{0,40})|(?:has|does not have) '.{0,2000}'|matched by regex expression '.{0,2000}'|contains valid elements from '.{0,4000}'|has permissions [0-7]{1,5}, expected [0-7]{1,5} or more restrictive)$/s;

/** Settings that one check looks at; the most of any benchmark is four. */
const MOST_NAMES = 8;

/** Longest phrase that is kept; the lists of cipher suites have some 600 characters. */
const LONGEST = 2_000;

/**
 * What a check expected, as kube-bench says it, and the names it looked at. Undefined where it is none of its
 * phrases: some repeat the value that was found.
 */
export function expectedOf(text: string | undefined): { readonly text: string; readonly names: readonly Expectation[] } | undefined {
  if (text === undefined || text === '' || text.length > LONGEST || !isPlain(text)) return undefined;
  const names = new Map<string, Expectation>();
  for (const clause of text.split(/ (?:AND|OR) /)) {
    const match = phrase.exec(clause);
    const name = match?.groups?.['quoted'] ?? match?.groups?.['bare'];
    if (name === undefined) return undefined;
    names.set(name, { name, kind: name.startsWith('{') ? 'path' : name.startsWith('--') ? 'flag' : 'word' });
  }
  return { text, names: [...names.values()].slice(0, MOST_NAMES) };
}

/** Without anything that a terminal or a log would obey. */
const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text);
