import { Composer, Lexer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq, type CST, type Node, type Scalar } from 'yaml';
import { ConfigError } from './config-error.js';

// The library's composer is recursive, and near the end of the stack V8 may abort the process instead of throwing.
const MOST_OPEN_NODES = 64;
const MOST_TOKENS = 200_000;
/** Values after aliases were followed: a few lines of aliases can mean billions. */
const MOST_VALUES = 100_000;
const MOST_KEY = 200;

/**
 * Reads one YAML or JSON document the way Kubernetes' components do: YAML 1.1, where `off` is a boolean, without times of day
 * and dates as types of their own. Maps come back without a prototype. Merge keys, tags, keys given twice, several
 * documents and whatever is no YAML throw `ConfigError`. Undefined for a file without a document.
 */
export function readDocument(bytes: Uint8Array): unknown {
  const lines = new LineCounter();
  // Keys given twice are found below in linear time; the library's own check is quadratic.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: false, version: '1.1', schema: 'yaml-1.1', customTags: withoutTimes, keepSourceTokens: false });
  const [document] = [...composer.compose(boundedTokens(textOf(bytes), lines))];
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

function* boundedTokens(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let tokens = 0;
  let documents = 0;
  const counted = function* (found: Iterable<CST.Token>): Generator<CST.Token> {
    for (const token of found) {
      // A last `---` with nothing after it is no document more.
      if (token.type === 'document' && token.value !== undefined && (documents += 1) > 1) throw new ConfigError('It has several documents; which of them counts cannot be told.');
      yield token;
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    if ((tokens += 1) > MOST_TOKENS || parser.stack.length > MOST_OPEN_NODES) throw new ConfigError('It nests too deeply or has too many parts to be a configuration.');
    yield* counted(parser.next(lexeme));
  }
  yield* counted(parser.end());
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
