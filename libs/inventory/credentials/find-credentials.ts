import { assignmentIn } from './assignments.js';
import type { ExposedCredential } from './exposed-credential.js';
import { hintOf, knownMatches } from './known-forms.js';
import { libraryMatches } from './library-rules.js';
import { isFixed, isMasked, isNumberOrTime, isObjectName, looksMade } from './literal-values.js';
import { partitionPoint } from '../partition-point.js';
import { namedKind } from './secret-names.js';

/** A text of an object that may hold a credential. */
export interface NamedText {
  readonly path: string;
  /** What the text is the value of; '' where it has no name. */
  readonly name: string;
  readonly value: string;
  /** Whether names tell here. Those of annotations mostly say where a Secret is. */
  readonly isNamed: boolean;
}

/** Characters of one object's texts that are looked through: as much as a ConfigMap or an object's annotations can hold. */
export const MOST_CHARACTERS = 1024 * 1024;
/** Paths that are told of one object. */
export const MOST_PATHS = 100;

export interface Finding {
  readonly found: readonly ExposedCredential[];
  readonly more: number;
  readonly isUnread: boolean;
}

export const nothingFound: Finding = { found: [], more: 0, isUnread: false };

/** Shortest that any form of credential is. */
const SHORTEST = 12;

/** Texts that are remembered, at least, and how long they may be. */
const MOST_CLEAN = 256;
const LONGEST_CLEAN = 4_096;

/** Texts of a cluster in which no form was found: pods and what owns them say the same. Not for more than one cluster. */
export class CleanTexts {
  private latest = new Set<string>();
  /** Those that came before, dropped all at once: a set that forgets one for each new one makes itself anew all the time. */
  private earlier: ReadonlySet<string> = new Set();

  has(text: string): boolean {
    if (this.latest.has(text)) return true;
    if (!this.earlier.has(text)) return false;
    this.add(text);
    return true;
  }

  add(text: string): void {
    if (text.length > LONGEST_CLEAN) return;
    if (this.latest.size >= MOST_CLEAN) {
      this.earlier = this.latest;
      this.latest = new Set();
    }
    this.latest.add(text);
  }
}

/**
 * The credentials in an object's texts, one a path. They are put together to one text, so that each detector goes
 * through an object once, and sees the name before the value.
 */
export function findCredentials(texts: readonly NamedText[], clean: CleanTexts = new CleanTexts()): Finding {
  const length = texts.reduce((sum, { value }) => sum + value.length, 0);
  if (length > MOST_CHARACTERS) return { found: [], more: 0, isUnread: true };
  const found = new Map<string, ExposedCredential>();
  const forms = length < SHORTEST ? [] : new Joined(texts).matches(clean);
  // Named first, in the order of the texts; a form says more than a name.
  for (const { text, detector, start, end } of forms) if (!found.has(text.path)) found.set(text.path, credential(text, detector, start, end));
  for (const text of texts) {
    if (!text.isNamed || found.has(text.path)) continue;
    const named = namedIn(text);
    if (named) found.set(text.path, credential(text, 'secret-name', named.start, named.end));
  }
  if (found.size === 0) return nothingFound;
  const all = [...found.values()];
  return { found: all.slice(0, MOST_PATHS), more: Math.max(0, all.length - MOST_PATHS), isUnread: false };
}

function credential({ path, value }: NamedText, detector: string, start: number, end: number): ExposedCredential {
  const hint = hintOf(value.slice(start, end).trim());
  return value.includes('\n') ? { path, detector, hint, line: lineAt(value, start) } : { path, detector, hint };
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Whether the name says that the value is a credential, or a part of the text says it of another. */
function namedIn({ name, value }: NamedText): { readonly start: number; readonly end: number } | undefined {
  const isOneValue = !value.trim().includes('\n');
  if (isOneValue && isNamedCredential(name, value)) return { start: 0, end: value.length };
  // A single word assigns nothing.
  if (isOneValue && !/[\s=:]/.test(value.trim())) return undefined;
  return assignmentIn(value);
}

function isNamedCredential(name: string, value: string): boolean {
  const kind = namedKind(name);
  const text = value.trim();
  if (kind === undefined || !isFixed(text)) return false;
  if (kind === 'password') return true;
  return !isNumberOrTime(text) && !isObjectName(text) && !/\s/.test(text) && (kind !== 'key' || looksMade(text) || isMasked(text));
}

interface TextMatch {
  readonly text: NamedText;
  readonly detector: string;
  /** In the value. */
  readonly start: number;
  readonly end: number;
}

/** Texts as lines `name=value`, and the way back. */
class Joined {
  private readonly content: string;
  /** Where each value begins. */
  private readonly starts: number[] = [];

  constructor(private readonly texts: readonly NamedText[]) {
    const parts: string[] = [];
    let length = 0;
    for (const { name, value } of texts) {
      const before = name === '' ? '' : `${name}=`;
      this.starts.push(length + before.length);
      parts.push(before, value, '\n');
      length += before.length + value.length + 1;
    }
    this.content = parts.join('');
  }

  /** In the order of the texts; what a form tells exactly before what is told loosely. */
  matches(clean: CleanTexts): readonly TextMatch[] {
    if (clean.has(this.content)) return [];
    const found: TextMatch[] = [];
    for (const { detector, start, end } of [...libraryMatches(this.content), ...knownMatches(this.content)]) {
      const at = Math.max(0, partitionPoint(this.starts.length, (text) => this.starts[text]! < end) - 1);
      const text = this.texts[at]!;
      const begin = this.starts[at]!;
      // Some rules name the setting and its value together.
      const isWhole = start < begin && !text.value.includes('\n');
      found.push(isWhole ? { text, detector, start: 0, end: text.value.length } : { text, detector, start: Math.max(0, start - begin), end: Math.min(text.value.length, end - begin) });
    }
    if (found.length === 0) clean.add(this.content);
    return found;
  }
}
