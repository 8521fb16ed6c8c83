import { grown } from '#inventory/grown.js';

/**
 * Sets of finding keys as sorted 64-bit hashes, two 32-bit words each: 8 bytes a key, so that a cluster's
 * passing subjects can be remembered whole. A collision could at worst call a first failure a regression.
 */
export type KeySet = Uint32Array;

export const emptyKeySet: KeySet = new Uint32Array(0);

const FIRST = 0x9e3779b1 | 0;
const SECOND = 0x85ebca77 | 0;

/**
 * A piece of keys, hashed by itself: two polynomials modulo 2^32. That of a whole follows from those of its pieces, so
 * that the name of an object is gone through once, not once a control.
 */
export class KeyPiece {
  private constructor(
    readonly first: number,
    readonly second: number,
    /** What a piece before this one is multiplied by: the multipliers to the power of this one's length. */
    readonly firstPower: number,
    readonly secondPower: number,
  ) {}

  static readonly empty = new KeyPiece(0, 0, 1, 1);

  static of(text: string): KeyPiece {
    if (text === '') return KeyPiece.empty;
    let [first, second, firstPower, secondPower] = [0, 0, 1, 1];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      first = (Math.imul(first, FIRST) + code) | 0;
      second = (Math.imul(second, SECOND) + code) | 0;
      firstPower = Math.imul(firstPower, FIRST);
      secondPower = Math.imul(secondPower, SECOND);
    }
    return new KeyPiece(first, second, firstPower, secondPower);
  }

  /** Of this piece with another behind it. */
  followedBy(next: KeyPiece): KeyPiece {
    return new KeyPiece(
      (Math.imul(this.first, next.firstPower) + next.first) | 0,
      (Math.imul(this.second, next.secondPower) + next.second) | 0,
      Math.imul(this.firstPower, next.firstPower),
      Math.imul(this.secondPower, next.secondPower),
    );
  }

  /** High and low word of the hash. */
  get words(): readonly [number, number] {
    const high = highOf(this.first, this.second);
    return [high, lowOf(high, this.second)];
  }
}

function highOf(first: number, second: number): number {
  let high = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
  high = Math.imul(high ^ (high >>> 13) ^ second, 0xc2b2ae35);
  return (high ^ (high >>> 16)) >>> 0;
}

function lowOf(high: number, second: number): number {
  const low = Math.imul(second ^ (second >>> 13) ^ high, 0x1b873593);
  return (low ^ (low >>> 15)) >>> 0;
}

/** High and low word of a key's hash. */
export const hashKey = (key: string): readonly [number, number] => KeyPiece.of(key).words;

/** Words that are collected in one piece: 16 KB. */
const CHUNK = 4_096;

/** Collects hashes and hands them out sorted and distinct. In pieces: there is a set for each control, and an array that grows leaves as much garbage as it holds. */
export class KeySetBuilder {
  private readonly full: Uint32Array[] = [];
  private chunk = new Uint32Array(64);
  private length = 0;

  add(key: string): void {
    this.addPieces(KeyPiece.of(key), KeyPiece.empty, KeyPiece.empty);
  }

  /** The key that these make together: what is one after the other is hashed at once, for there is one for every verdict. */
  addPieces(a: KeyPiece, b: KeyPiece, c: KeyPiece): void {
    const first = (Math.imul(Math.imul(a.first, b.firstPower) + b.first, c.firstPower) + c.first) | 0;
    const second = (Math.imul(Math.imul(a.second, b.secondPower) + b.second, c.secondPower) + c.second) | 0;
    if (this.length === this.chunk.length) this.makeRoom();
    const high = highOf(first, second);
    this.chunk[this.length++] = lowOf(high, second);
    this.chunk[this.length++] = high;
  }

  /** Hands the keys out; the builder is empty then. */
  build(): KeySet {
    const { full, chunk, length } = this;
    if (full.length === 0 && length === 0) return emptyKeySet;
    const words = new Uint32Array(full.length * CHUNK + length);
    full.forEach((piece, at) => words.set(piece, at * CHUNK));
    words.set(chunk.subarray(0, length), full.length * CHUNK);
    this.full.length = 0;
    this.chunk = new Uint32Array(64);
    this.length = 0;
    return sortedPairs(words);
  }

  private makeRoom(): void {
    if (this.length < CHUNK) {
      this.chunk = grown(new Uint32Array(this.length * 2), this.chunk);
      return;
    }
    this.full.push(this.chunk);
    this.chunk = new Uint32Array(CHUNK);
    this.length = 0;
  }
}

/** Sorts in place. Low word first, two words are one number of 64 bits on every machine that we serve: those that are little-endian. */
function sortedPairs(words: Uint32Array<ArrayBuffer>): KeySet {
  new BigUint64Array(words.buffer).sort();
  let kept = 0;
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i]!;
    const high = words[i + 1]!;
    if (kept > 0 && words[kept - 2] === high && words[kept - 1] === low) continue;
    words[kept++] = high;
    words[kept++] = low;
  }
  return kept === words.length ? words : words.slice(0, kept);
}

export const hasKey = (set: KeySet, key: string): boolean => hasHash(set, hashKey(key));

/** Whether a set holds a key, of which only the hash is at hand: who asks many sets hashes once. */
export function hasHash(set: KeySet, [high, low]: readonly [number, number]): boolean {
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

/** So many times as large, a set is sooner asked for each key than gone through. */
const MUCH_LARGER = 32;

/** Those of the first that are not in the second. */
export function without(a: KeySet, b: KeySet): KeySet {
  if (a.length === 0 || b.length === 0) return a;
  const out = new Uint32Array(a.length);
  const isMuchLarger = b.length > MUCH_LARGER * a.length;
  let j = 0;
  let length = 0;
  for (let i = 0; i < a.length; i += 2) {
    const [high, low] = [a[i]!, a[i + 1]!];
    if (isMuchLarger) {
      if (hasHash(b, [high, low])) continue;
    } else {
      while (j < b.length && comesFirst(b, j, a, i) && (b[j] !== high || b[j + 1] !== low)) j += 2;
      if (j < b.length && b[j] === high && b[j + 1] === low) continue;
    }
    out[length++] = high;
    out[length++] = low;
  }
  return length === a.length ? a : out.slice(0, length);
}

function comesFirst(a: KeySet, i: number, b: KeySet, j: number): boolean {
  const left = a[i]!;
  const right = b[j]!;
  return left === right ? a[i + 1]! <= b[j + 1]! : left < right;
}

export const equalSets = (a: KeySet, b: KeySet): boolean => a.length === b.length && a.every((word, i) => word === b[i]);
