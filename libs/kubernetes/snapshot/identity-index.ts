import { hashKey } from '#controls/engine/key-set.js';

/** Where each identity was first seen, in 16 bytes a slot: open addressing on 64-bit hashes. */
export class IdentityIndex {
  private size = 0;
  private slots = 1 << 12;
  /** High word, low word, number of the object + 1, position. */
  private words = new Uint32Array(this.slots * 4);

  /** Remembers an object. If its identity is known already, says where it was. */
  add(identity: string, ordinal: number, position: number): { readonly ordinal: number; readonly position: number } | undefined {
    if (this.size * 2 >= this.slots) this.grow();
    const [high, low] = hashKey(identity);
    const at = this.slotOf(high, low);
    if (this.words[at + 2] !== 0) return { ordinal: this.words[at + 2]! - 1, position: this.words[at + 3]! };
    this.words.set([high, low, ordinal + 1, position], at);
    this.size++;
    return undefined;
  }

  private slotOf(high: number, low: number): number {
    for (let slot = low & (this.slots - 1); ; slot = (slot + 1) & (this.slots - 1)) {
      const at = slot * 4;
      if (this.words[at + 2] === 0 || (this.words[at] === high && this.words[at + 1] === low)) return at;
    }
  }

  private grow(): void {
    const old = this.words;
    this.slots *= 2;
    this.words = new Uint32Array(this.slots * 4);
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 2] !== 0) this.words.set(old.subarray(at, at + 4), this.slotOf(old[at]!, old[at + 1]!));
    }
  }
}
