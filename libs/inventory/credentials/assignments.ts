import { isFixedInText, isObjectName, looksMade } from './literal-values.js';
import { namedKind, type NamedKind } from './secret-names.js';

/** A value that a text gives to a name of a credential. */
export interface Assignment {
  readonly start: number;
  readonly end: number;
}

/** What every such name has a piece of. */
const telling = /pass|pwd|secret|token|cred|key|jwt/gi;

const isNamePart = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 45 || code === 46;

const LONGEST_NAME = 100;
/** How far back a line is looked at. */
const LONGEST_INDENT = 500;

/** From behind the name: `= value`, `: value`, `=> "value"`. */
const assigned = /["']?[ \t]{0,20}(=>|:=|=|:)[ \t]{0,20}(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"',;#|&]{3,200}))/y;

/** What may stand on a line before a name that is given a value by a colon: indentation, a list's dash, an opening quote. */
const beforeKey = /^[\s\-"']*$/;
const comment = /^\s*(?:#|;|\/\/|--|\*|<!--)/;
/** Code and templates, not values. */
const computed = /[(){}[\]<>*\\$]|\w\.\w+\.\w/;

/** The first assignment to a name of a credential in properties, dotenv files, INI, TOML, YAML, JSON or shell. */
export function assignmentIn(text: string): Assignment | undefined {
  telling.lastIndex = 0;
  for (let hit = telling.exec(text); hit; hit = telling.exec(text)) {
    let start = hit.index;
    while (start > 0 && hit.index - start < LONGEST_NAME && isNamePart(text.charCodeAt(start - 1))) start--;
    let end = telling.lastIndex;
    while (end < text.length && end - hit.index < LONGEST_NAME && isNamePart(text.charCodeAt(end))) end++;
    telling.lastIndex = end;
    assigned.lastIndex = end;
    const match = assigned.exec(text);
    if (!match) continue;
    const isQuoted = match[4] === undefined;
    const value = match[2] ?? match[3] ?? match[4]!;
    const kind = namedKind(text.slice(start, end));
    if (kind === undefined) continue;
    const before = text.slice(Math.max(0, start - LONGEST_INDENT), start);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    if (comment.test(line) || (match[1] === ':' && !beforeKey.test(line.slice(Math.max(line.lastIndexOf(','), line.lastIndexOf('{')) + 1)))) continue;
    if (!isValue(value, kind, isQuoted)) continue;
    const behind = assigned.lastIndex - (isQuoted ? 1 : 0);
    return { start: behind - value.length, end: behind };
  }
  return undefined;
}

function isValue(value: string, kind: NamedKind, isQuoted: boolean): boolean {
  if (/\s/.test(value) || !isFixedInText(value) || (!isQuoted && computed.test(value))) return false;
  // Words such as `token` mean much in texts that is no credential, so that a value must look like one as well.
  return kind === 'password' ? namedKind(value) === undefined : looksMade(value) && !isObjectName(value);
}
