import { knownMatches } from '#inventory/credentials/known-forms.js';
import type { Expectation } from './expected-result.js';
import { valuesAtPath } from './values-at-path.js';
import { flagsRead, pathsRead } from './settings-read.js';

/** One setting as the evidence shows it. */
export interface ObservedValue {
  /** `--anonymous-auth`, `authentication.anonymous.enabled`, `permissions` or `owner`. */
  readonly name: string;
  /** Every occurrence, in order; empty where the evidence does not name the setting. */
  readonly values: readonly string[];
  /** Values that are not kept: too long, or not plainly a setting. */
  readonly withheld?: number;
}

/** Evidence beyond it is not searched: command lines and files of configuration are shorter. */
const MOST_EVIDENCE = 64 * 1024;
const MOST_VALUES = 8;
const LONGEST_VALUE = 1_000;

/**
 * What of the evidence a test was about. Evidence is whole lines of `ps` and whole files, which may hold secrets: only
 * settings that benchmark items read are kept, by name, and of them only what looks like a setting.
 */
export function observedValues(evidence: string | undefined, expectations: readonly Expectation[]): readonly ObservedValue[] {
  if (evidence === undefined || evidence === '') return [];
  const text = evidence.slice(0, MOST_EVIDENCE);
  const found: ObservedValue[] = [];
  for (const expectation of expectations) {
    const value = valueOf(text, expectation);
    if (value) found.push(value);
  }
  return found;
}

function valueOf(text: string, { name, kind }: Expectation): ObservedValue | undefined {
  if (kind === 'flag') return flagsRead.has(name.slice(2)) ? kept(name, flagValues(text, name)) : undefined;
  if (kind === 'path') {
    const path = pathOf(name);
    return path !== undefined && pathsRead.has(path) ? kept(path, valuesAtPath(text, path)) : undefined;
  }
  if (name === 'permissions') return kept(name, [...text.matchAll(/\bpermissions=([0-7]{1,5})\b/g)].map((match) => match[1]!));
  // A pair of user and group is both the name and what is printed.
  return /^[\w.-]{1,32}:[\w.-]{1,32}$/.test(name) ? kept('owner', [...text.matchAll(/(?:^|\s)([\w.-]{1,32}:[\w.-]{1,32})(?=\s|$)/g)].map((match) => match[1]!)) : undefined;
}

/** `{.a.b}` and `{range .a.b[:]}{}{','}{end}`; undefined for what is no plain path. */
const pathOf = (expression: string): string | undefined => /^\{(?:range )?\.([A-Za-z][\w.]{0,120})(?:\[[:*]\])?\}/.exec(expression)?.[1];

/** Exactly this flag: `--a-b` is no `--a`. The word behind it counts unless it is a flag itself. */
function flagValues(text: string, name: string): readonly string[] {
  const words = text.split(/\s+/);
  return words.flatMap((word, i) => {
    if (word.startsWith(`${name}=`)) return [word.slice(name.length + 1)];
    if (word !== name) return [];
    const next = words[i + 1];
    return [next === undefined || next.startsWith('-') ? 'true' : next];
  });
}

/** Words, numbers, durations, paths, addresses and lists of them. */
const setting = /^[\w.,:;/@%*=+[\]() -]*$/;

function kept(name: string, all: readonly string[]): ObservedValue {
  const values = all.filter((value) => value.length <= LONGEST_VALUE && setting.test(value) && !isCredential(value)).slice(0, MOST_VALUES);
  const withheld = all.length - values.length;
  return { name, values, ...(withheld > 0 && { withheld }) };
}

const isCredential = (value: string): boolean => /:\/\/[^\s/]*@/.test(value) || !knownMatches(value).next().done;
