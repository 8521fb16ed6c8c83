import { isUtf8 } from 'node:buffer';
import { parseDocument, type ScalarTag } from 'yaml';
import { isValueDeeperThan } from '../json-depth.js';
import { isStorable } from '../storable-text.js';
import { SnapshotError } from './snapshot-error.js';

/** `yes` and `on` are flags to kubectl, which reads YAML 1.1; a text field that says so unquoted is refused by the API server. */
const flag = (value: boolean, test: RegExp): ScalarTag => ({
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (candidate) => candidate === value,
  test,
  resolve: () => value,
});
const legacyFlags = [flag(true, /^(?:y|Y|yes|Yes|YES|on|On|ON)$/), flag(false, /^(?:n|N|no|No|NO|off|Off|OFF)$/)];
/** File modes: `0644` is octal. */
const legacyOctal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  identify: () => false,
  test: /^[-+]?0[0-7_]+$/,
  resolve: (text: string) => Number.parseInt(text.replaceAll('_', ''), 8),
};

/** Where a document stands, for messages. */
export interface YamlPlace {
  /** Its first line. */
  readonly line: number;
  readonly text: () => string;
}

/** One YAML document as plain values; undefined for an empty one. Errors say where, and never what stands there. */
export function parseYaml(bytes: Buffer, place: YamlPlace, maxDepth: number): unknown {
  if (!isUtf8(bytes)) throw new SnapshotError('snapshot-invalid-encoding', `${place.text()}, is not valid UTF-8`);
  if (bytes.includes(0)) throw new SnapshotError('snapshot-invalid-encoding', `${place.text()}, holds NUL bytes`);
  const value = valueOf(bytes.toString('utf8'), place);
  if (value === null || value === undefined) return undefined;
  if (isValueDeeperThan(value, maxDepth)) throw tooDeep(place);
  if (!isStorable(value)) throw new SnapshotError('snapshot-invalid-encoding', `${place.text()}, holds NUL or half of a surrogate pair, which is no text`);
  return value;
}

function valueOf(text: string, place: YamlPlace): unknown {
  try {
    const document = parseDocument(text, {
      schema: 'core',
      customTags: (tags) => [...legacyFlags, legacyOctal, ...tags],
      merge: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [error] = document.errors;
    if (error) {
      const line = place.line + countLines(text, error.pos[0]);
      // Its composer descends one call a level, and reports where the stack ended.
      if (error.code === 'RESOURCE_EXHAUSTION') throw tooDeep(place);
      if (error.code === 'BAD_ALIAS') throw badAlias(`line ${line}`);
      throw new SnapshotError('snapshot-syntax', `the YAML of ${place.text()}, cannot be read at line ${line} (${error.code})`);
    }
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(place);
    if (error instanceof ReferenceError) throw badAlias(`line ${place.line}`);
    if (error instanceof SnapshotError || error instanceof TypeError) throw error;
    // Such as a merge of what is no map, which the library refuses once it makes values of the document.
    throw new SnapshotError('snapshot-syntax', `the YAML of ${place.text()}, is none that can be read`);
  }
}

const tooDeep = (place: YamlPlace): SnapshotError => new SnapshotError('snapshot-too-deep', `${place.text()}, is nested too deep`);
const badAlias = (where: string): SnapshotError =>
  new SnapshotError('snapshot-yaml-alias', `the YAML at ${where} uses an alias that unfolds to too much or that refers to another object; write the values out`);

function countLines(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
