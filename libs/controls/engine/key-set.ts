import { grown } from '#inventory/grown.js';

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
    if (this.length === this.words.length) this.words = grown(new Uint32Array(this.words.length * 2), this.words);
    const [high, low] = hashKey(key);
    this.words[this.length++] = low;
    this.words[this.length++] = high;
  }

  /** Hands the keys out; the builder is empty then. */
  build(): KeySet {
    const { words, length } = this;
    this.words = new Uint32Array(64);
    this.length = 0;
    return length === 0 ? emptyKeySet : sortedPairs(words, length);
  }
}

/** Sorts in place. Low word first, two words are one number of 64 bits on every machine that we serve: those that are little-endian. */
function sortedPairs(words: Uint32Array<ArrayBuffer>, length: number): KeySet {
  new BigUint64Array(words.buffer, 0, length / 2).sort();
  const sorted = new Uint32Array(length);
  let kept = 0;
  for (let i = 0; i < length; i += 2) {
    const low = words[i]!;
    const high = words[i + 1]!;
    if (kept > 0 && sorted[kept - 2] === high && sorted[kept - 1] === low) continue;
    sorted[kept++] = high;
    sorted[kept++] = low;
  }
  return kept === length ? sorted : sorted.slice(0, kept);
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
