import type { PortRange } from './answer.js';
import type { Protocol } from './input.js';

export const protocols = ['TCP', 'UDP', 'SCTP'] as const satisfies readonly Protocol[];
const WIDTH = 65_536;
const END = WIDTH * protocols.length;

/** No port at all. */
export const NONE = 0;
/** Every port of every protocol. */
export const EVERY = 1;

/** Numbers that sets made of others may hold together: what is beyond is not worth its memory. */
const MAX_DERIVED = 1 << 20;

/** A port of a protocol as one number; undefined for what is none. */
export function portPoint(protocol: string, port: number): number | undefined {
  const at = (protocols as readonly string[]).indexOf(protocol);
  return at < 0 || !Number.isInteger(port) || port < 1 || port >= WIDTH ? undefined : at * WIDTH + port;
}

export interface PointRange {
  readonly start: number;
  /** Not in it. */
  readonly end: number;
}

export function pointRange(protocol: string, first: number, last: number): PointRange | undefined {
  const at = (protocols as readonly string[]).indexOf(protocol);
  // No port has the number 0: it goes with 1, so that all ports of all protocols are the one set of everything.
  const from = first <= 1 ? 0 : Math.ceil(first);
  const to = Math.min(WIDTH - 1, Math.floor(last));
  // Also false where either is no number.
  return at >= 0 && to >= 1 && from <= to ? { start: at * WIDTH + from, end: at * WIDTH + to + 1 } : undefined;
}

/**
 * Sets of ports, each once and called by a number. A set is the list of points where it begins and ends by turns; results of
 * set operations are remembered, so that a matrix of millions of cells makes few sets.
 */
export class PortSpace {
  private readonly sets: Uint32Array[] = [new Uint32Array(0), Uint32Array.of(0, END)];
  private readonly ids = new Map<string, number>([['', NONE], [`0,${END}`, EVERY]]);
  private readonly unions = new Map<number, number>();
  private readonly intersections = new Map<number, number>();
  private readonly differences = new Map<number, number>();
  private derived = 0;

  /** Sets grew past what is kept: results since are not to be used. */
  get isExhausted(): boolean {
    return this.derived > MAX_DERIVED;
  }

  of(ranges: readonly PointRange[]): number {
    const sorted = [...ranges].sort((a, b) => a.start - b.start);
    const bounds: number[] = [];
    for (const { start, end } of sorted) {
      const last = bounds.length - 1;
      if (last > 0 && start <= bounds[last]!) bounds[last] = Math.max(bounds[last]!, end);
      else bounds.push(start, end);
    }
    return this.intern(bounds);
  }

  /** All in one step: of many sets that differ, none of the sets on the way is kept. */
  unionOf(ids: readonly number[]): number {
    const ranges: PointRange[] = [];
    for (const id of new Set(ids)) {
      if (id === EVERY) return EVERY;
      const bounds = this.sets[id]!;
      for (let at = 0; at < bounds.length; at += 2) ranges.push({ start: bounds[at]!, end: bounds[at + 1]! });
    }
    return this.of(ranges);
  }

  has(id: number, point: number): boolean {
    if (id <= EVERY) return id === EVERY;
    const bounds = this.sets[id]!;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle]! <= point) low = middle + 1;
      else high = middle;
    }
    return (low & 1) === 1;
  }

  union(a: number, b: number): number {
    if (a === b || b === NONE || a === EVERY) return a;
    if (a === NONE || b === EVERY) return b;
    return this.remembered(this.unions, Math.min(a, b), Math.max(a, b), (inA, inB) => inA || inB);
  }

  intersect(a: number, b: number): number {
    if (a === b || a === NONE || b === EVERY) return a;
    if (b === NONE || a === EVERY) return b;
    return this.remembered(this.intersections, Math.min(a, b), Math.max(a, b), (inA, inB) => inA && inB);
  }

  minus(a: number, b: number): number {
    if (a === b || b === EVERY) return NONE;
    if (a === NONE || b === NONE) return a;
    return this.remembered(this.differences, a, b, (inA, inB) => inA && !inB);
  }

  ranges(id: number): readonly PortRange[] {
    const found: PortRange[] = [];
    const bounds = this.sets[id]!;
    for (let at = 0; at < bounds.length; at += 2) {
      for (let start = bounds[at]!; start < bounds[at + 1]!; ) {
        const protocol = Math.floor(start / WIDTH);
        const end = Math.min(bounds[at + 1]!, (protocol + 1) * WIDTH);
        found.push({ protocol: protocols[protocol]!, first: Math.max(1, start - protocol * WIDTH), last: end - 1 - protocol * WIDTH });
        start = end;
      }
    }
    return found;
  }

  private remembered(memory: Map<number, number>, a: number, b: number, keep: (inA: boolean, inB: boolean) => boolean): number {
    if (this.isExhausted) return NONE;
    const key = a * 0x4000000 + b;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const [left, right] = [this.sets[a]!, this.sets[b]!];
    const bounds: number[] = [];
    for (let i = 0, j = 0, inside = false; i < left.length || j < right.length; ) {
      const at = Math.min(left[i] ?? Infinity, right[j] ?? Infinity);
      if (left[i] === at) i++;
      if (right[j] === at) j++;
      const now = keep((i & 1) === 1, (j & 1) === 1);
      if (now !== inside) bounds.push(at);
      inside = now;
    }
    const count = this.sets.length;
    const id = this.intern(bounds);
    this.derived += this.sets.length > count ? bounds.length + 8 : 4;
    memory.set(key, id);
    return id;
  }

  private intern(bounds: readonly number[]): number {
    const key = bounds.join(',');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.sets.length);
    this.sets.push(Uint32Array.from(bounds));
    return this.sets.length - 1;
  }
}
