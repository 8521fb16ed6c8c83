import type { Listed } from '../reading.js';
import type { NodeEvidence } from '../node-evidence.js';

const lists = ['processes', 'files', 'trees', 'configs', 'certificates', 'units'] as const;

/** Evidence that takes at most so many bytes as JSON: its longest lists are cut in half, and say so, until it fits. */
export function fitted(evidence: NodeEvidence, most: number): NodeEvidence {
  const sizes = new Map(lists.map((name) => [name, sizeOf(evidence[name])]));
  let total = sizeOf(evidence);
  let cut = evidence;
  while (total > most) {
    const [name, size] = [...sizes].reduce((longest, each) => (each[1] > longest[1] ? each : longest));
    const list = cut[name] as Listed<unknown>;
    if (list.items.length === 0) return cut;
    const half = { items: list.items.slice(0, Math.floor(list.items.length / 2)), truncated: true };
    cut = { ...cut, [name]: half };
    sizes.set(name, sizeOf(half));
    total += sizes.get(name)! - size;
  }
  return cut;
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
