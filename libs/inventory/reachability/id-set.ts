import { eachBit, hasBit, type Bits } from './bits.js';

/** A set of small numbers that does not change, in the smaller of two forms: its members in order, or a bit for each number that may be one. */
export class IdSet {
  private constructor(
    readonly count: number,
    private readonly members: readonly number[] | undefined,
    private readonly bits: Bits | undefined,
  ) {}

  /** The set bits; they may change afterwards. */
  static ofBits(bits: Bits): IdSet {
    const count = countBits(bits);
    if (count > bits.length) return new IdSet(count, undefined, bits.slice());
    const members: number[] = [];
    eachBit(bits, (id) => members.push(id));
    // As long as it is: what grows by itself keeps room for sixteen.
    return new IdSet(count, members.slice(), undefined);
  }

  /** Few of many: in order, each once. */
  static ofMembers(members: readonly number[]): IdSet {
    return new IdSet(members.length, members, undefined);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  has(id: number): boolean {
    const { members, bits } = this;
    if (bits) return hasBit(bits, id);
    let from = 0;
    let to = members!.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (members![middle]! < id) from = middle + 1;
      else to = middle;
    }
    return members![from] === id;
  }

  /** In order. */
  each(visit: (id: number) => void): void {
    if (this.bits) eachBit(this.bits, visit);
    else for (const id of this.members!) visit(id);
  }

  /** In order. */
  *[Symbol.iterator](): Generator<number> {
    if (this.members) yield* this.members;
    else for (let id = 0; id < this.bits!.length * 32; id++) if (hasBit(this.bits!, id)) yield id;
  }

  isOf(bits: Bits, count: number): boolean {
    if (count !== this.count) return false;
    return this.bits ? this.bits.every((word, at) => word === bits[at]) : this.members!.every((id) => hasBit(bits, id));
  }
}

/** Equal sets are one object: thousands of rules that match nobody, or everybody, take the memory of one. */
export class IdSetPool {
  private readonly known = new Map<number, IdSet[]>();

  /** The set bits; they may change afterwards. */
  shared(bits: Bits): IdSet {
    let hash = 0;
    for (let at = 0; at < bits.length; at++) if (bits[at] !== 0) hash = (Math.imul(hash ^ at, 0x01000193) ^ bits[at]!) | 0;
    const same = this.known.get(hash);
    const count = same ? countBits(bits) : 0;
    const known = same?.find((set) => set.isOf(bits, count));
    if (known) return known;
    const set = IdSet.ofBits(bits);
    if (same) same.push(set);
    else this.known.set(hash, [set]);
    return set;
  }
}

function countBits(bits: Bits): number {
  let count = 0;
  for (let word of bits) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
