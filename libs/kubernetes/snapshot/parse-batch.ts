import type { ParsedYaml, ParsingAnswer, ParsingBatch } from './parsing-messages.js';
import { parseYaml } from './yaml-parse.js';

export function parseBatch({ bytes, ends, depths }: ParsingBatch): ParsingAnswer {
  const batch = Buffer.from(bytes.buffer);
  return ends.map((end, index) => parseAhead(batch.subarray(ends[index - 1] ?? 0, end), depths[index]!));
}

/**
 * A document before its turn. Undefined where it is to be parsed in its turn: whatever is bad about it, so that the error says which
 * object it is and comes after those before it; and values of more than JSON's types, which threads do not tell each other as they are.
 */
export function parseAhead(bytes: Buffer, maxDepth: number): ParsedYaml | undefined {
  try {
    const value = parseYaml(bytes, { line: 1, text: () => '' }, maxDepth);
    return isPlain(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Give it values of bounded depth. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'symbol';
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
