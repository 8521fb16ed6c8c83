/**
 * Sets of finding keys as sorted 64-bit hashes, two 32-bit words each: 8 bytes a key, so that a cluster's
 * passing subjects can be remembered whole. FNV-1a twice with different seeds, mixed; a collision could at
 * worst call a first failure a regression.
 */
export type KeySet = Uint32Array;

export const emptyKeySet: KeySet = new Uint32Array(0);

/** High and low word of a key's hash. */
export function hashKey(key: string): readonly [number, number] {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995);
    low ^= low >>> 15;
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b);
  high = Math.imul(high ^ (high >>> 13) ^ low, 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 13) ^ high, 0x1b873593);
  return [(high ^ (high >>> 16)) >>> 0, (low ^ (low >>> 15)) >>> 0];
}

/** Collects hashes and hands them out sorted and distinct. */
export class KeySetBuilder {
  private words = new Uint32Array(64);
  private length = 0;

  add(key: string): void {
    if (this.length === this.words.length) {
      const grown = new Uint32Array(this.words.length * 2);
      grown.set(this.words);
      this.words = grown;
    }
    const [high, low] = hashKey(key);
    this.words[this.length++] = high;
    this.words[this.length++] = low;
  }

  build(): KeySet {
    return sortedPairs(this.words.subarray(0, this.length));
  }
}

function sortedPairs(words: Uint32Array): KeySet {
  const count = words.length / 2;
  if (count === 0) return emptyKeySet;
  const order = new BigUint64Array(count);
  for (let i = 0; i < count; i++) {
    order[i] = (BigInt(words[2 * i]!) << 32n) | BigInt(words[2 * i + 1]!);
  }
  order.sort();
  const sorted = new Uint32Array(words.length);
  let length = 0;
  let previous: bigint | undefined;
  for (const word of order) {
    if (word === previous) continue;
    previous = word;
    sorted[length++] = Number(word >> 32n);
    sorted[length++] = Number(word & 0xffffffffn);
  }
  return sorted.slice(0, length);
}

export function hasKey(set: KeySet, key: string): boolean {
  const [high, low] = hashKey(key);
  let from = 0;
  let to = set.length / 2 - 1;
  while (from <= to) {
    const middle = (from + to) >>> 1;
    const h = set[2 * middle]!;
    const l = set[2 * middle + 1]!;
    if (h === high && l === low) return true;
    if (h < high || (h === high && l < low)) from = middle + 1;
    else to = middle - 1;
  }
  return false;
}

export function unionOf(a: KeySet, b: KeySet): KeySet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const out = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  let length = 0;
  while (i < a.length || j < b.length) {
    const takesA = j >= b.length || (i < a.length && comesFirst(a, i, b, j));
    const high = takesA ? a[i]! : b[j]!;
    const low = takesA ? a[i + 1]! : b[j + 1]!;
    if (takesA) i += 2;
    else j += 2;
    if (length >= 2 && out[length - 2] === high && out[length - 1] === low) continue;
    out[length++] = high;
    out[length++] = low;
  }
  return out.slice(0, length);
}

function comesFirst(a: KeySet, i: number, b: KeySet, j: number): boolean {
  const left = a[i]!;
  const right = b[j]!;
  return left === right ? a[i + 1]! <= b[j + 1]! : left < right;
}

export const equalSets = (a: KeySet, b: KeySet): boolean => a.length === b.length && a.every((word, i) => word === b[i]);
