import type { IdSet } from './id-set.js';

/** Items in classes that are split, set by set, until no set tells two of a class apart. Each split costs the size of its set. */
export class Partition {
  readonly classOf: Uint32Array;
  private readonly sizes: number[] = [];
  private readonly seen: number[] = [];
  private readonly moved: number[] = [];

  /** `first`: the class each item starts in, numbered from zero without a gap. */
  constructor(first: Uint32Array) {
    this.classOf = first;
    for (const id of first) {
      this.sizes[id] = (this.sizes[id] ?? 0) + 1;
      this.seen[id] = 0;
      this.moved[id] = -1;
    }
  }

  get classes(): number {
    return this.sizes.length;
  }

  split(set: IdSet): void {
    const touched: number[] = [];
    set.each((item) => {
      const id = this.classOf[item]!;
      if (this.seen[id]!++ === 0) touched.push(id);
    });
    let splits = false;
    for (const id of touched) {
      if (this.seen[id] !== this.sizes[id]) {
        this.moved[id] = this.sizes.length;
        this.sizes.push(this.seen[id]!);
        this.sizes[id]! -= this.seen[id]!;
        this.seen.push(0);
        this.moved.push(-1);
        splits = true;
      }
      this.seen[id] = 0;
    }
    if (splits) {
      set.each((item) => {
        const next = this.moved[this.classOf[item]!]!;
        if (next >= 0) this.classOf[item] = next;
      });
    }
    for (const id of touched) this.moved[id] = -1;
  }
}
