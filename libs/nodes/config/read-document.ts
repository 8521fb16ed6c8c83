import { Composer, LineCounter, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { boundedTokens, type TokenBounds } from './bounded-tokens.js';
import { ConfigError } from './config-error.js';

const MOST_OPEN_NODES = 64;
const MOST_TOKENS = 200_000;
/** Values after aliases were followed: a few lines of aliases can mean billions. */
const MOST_VALUES = 100_000;
const MOST_KEY = 200;

const problems = {
  'several-documents': 'It has several documents; which of them counts cannot be told.',
  'too-large': 'It nests too deeply or has too many parts to be a configuration.',
} as const;
const bounds: TokenBounds = { tokens: MOST_TOKENS, openNodes: MOST_OPEN_NODES, countsEmptyDocuments: false, error: (problem) => new ConfigError(problems[problem]) };

/**
 * Reads one YAML or JSON document the way Kubernetes' components do: YAML 1.1, where `off` is a boolean, without times of day
 * and dates as types of their own. Maps come back without a prototype. Merge keys, tags, keys given twice, several
 * documents and whatever is no YAML throw `ConfigError`. Undefined for a file without a document.
 */
export function readDocument(bytes: Uint8Array): unknown {
  const lines = new LineCounter();
  // Keys given twice are found below in linear time; the library's own check is quadratic.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: false, version: '1.1', schema: 'yaml-1.1', customTags: withoutTimes, keepSourceTokens: false });
  const [document] = [...composer.compose(boundedTokens(textOf(bytes), lines, bounds))];
  const fault = document?.errors[0];
  if (fault) throw new ConfigError(`It is neither YAML nor JSON: ${fault.code} in line ${lines.linePos(fault.pos[0]).line}.`);
  return document?.contents ? new Plain().of(document.contents, '') : undefined;
}

/** Text of a file that is to have no NUL and to be UTF-8. */
export function textOf(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new ConfigError('It holds a NUL, which no configuration does.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError('It is not UTF-8 text.');
  }
}

type Tags = Extract<NonNullable<ConstructorParameters<typeof Composer>[0]>['customTags'], (...arguments_: never) => unknown>;

const withoutTimes: Tags = (tags) => tags.filter((tag) => typeof tag === 'string' || !(tag.tag === 'tag:yaml.org,2002:timestamp' || ('format' in tag && tag.format === 'TIME')));

class Plain {
  readonly #anchors = new Map<string, Node>();
  #values = 0;

  of(node: Node | null | undefined, at: string, depth = 0): unknown {
    if (++this.#values > MOST_VALUES || depth > MOST_OPEN_NODES) throw new ConfigError('Its aliases unfold to more than a configuration has.');
    if (!node) return null;
    if (isAlias(node)) return this.#aliased(node.source, at, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined) throw new ConfigError(`It has a YAML tag at ${at || 'its top'}; what that means cannot be told.`);
    if (isScalar(node)) return scalarOf(node);
    if (isSeq(node)) return node.items.map((item) => this.of(item as Node | null, `${at}[]`, depth + 1));
    if (!isMap(node)) throw new ConfigError(`It has something at ${at || 'its top'} that is no YAML.`);
    const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const { key, value } of node.items) {
      const name = isScalar(key) && key.tag === undefined ? String(key.source ?? key.value) : undefined;
      if (name === undefined) throw new ConfigError(`It has a key at ${at || 'its top'} that is no text.`);
      const inner = `${at && `${at}.`}${shown(name)}`;
      if (name === '<<') throw new ConfigError(`It has a merge key at ${inner}; what that gives is not worked out.`);
      if (Object.hasOwn(map, name)) throw new ConfigError(`It gives the key ${inner} twice; which one counts cannot be told.`);
      map[name] = this.of(value as Node | null, inner, depth + 1);
    }
    return map;
  }

  #aliased(name: string, at: string, depth: number): unknown {
    const target = this.#anchors.get(name);
    if (!target) throw new ConfigError(`It refers at ${at || 'its top'} to an anchor that is not there.`);
    return this.of(target, at, depth + 1);
  }
}

function scalarOf({ value, source }: Scalar): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : (source ?? String(value));
}

const shown = (name: string): string => name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, MOST_KEY);
