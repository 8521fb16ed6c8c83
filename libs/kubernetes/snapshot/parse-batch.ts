import type { ParsedYaml, ParsingAnswer, ParsingBatch } from './parsing-messages.js';
import { SnapshotError } from './snapshot-error.js';
import { parseYaml } from './yaml-parse.js';

export function parseBatch({ bytes, ends, depths }: ParsingBatch): ParsingAnswer {
  const batch = Buffer.from(bytes.buffer);
  return ends.map((end, index) => parseAhead(batch.subarray(ends[index - 1] ?? 0, end), depths[index]!));
}

/** A document before its turn. What is bad is parsed again then, so that the error says which object it is. */
export function parseAhead(bytes: Buffer, maxDepth: number): ParsedYaml | undefined {
  try {
    return { value: parseYaml(bytes, { line: 1, text: () => '' }, maxDepth) };
  } catch (error) {
    if (error instanceof SnapshotError) return undefined;
    throw error;
  }
}
