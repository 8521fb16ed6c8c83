import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKey, KeySetBuilder, without, type KeySet } from './key-set.js';

const setOf = (keys: readonly string[]): KeySet => {
  const builder = new KeySetBuilder();
  for (const key of keys) builder.add(key);
  return builder.build();
};

describe('a set of keys', () => {
  it.each([0, 1, 31, 32, 33, 2_047, 2_048, 2_049, 10_000])('of %i has each once, in order, and its builder is empty then', (count) => {
    const builder = new KeySetBuilder();
    for (let i = 0; i < count; i++) for (const key of i % 7 === 0 ? [`k${i}`, `k${i}`] : [`k${i}`]) builder.add(key);
    const set = builder.build();
    expect(set.length).toBe(2 * count);
    expect(set.buffer.byteLength).toBe(set.byteLength);
    for (let i = 2; i < set.length; i += 2) expect(set[i - 2]! < set[i]! || (set[i - 2] === set[i] && set[i - 1]! < set[i + 1]!)).toBe(true);
    for (let i = 0; i < count; i++) expect(hasKey(set, `k${i}`)).toBe(true);
    expect(hasKey(set, `k${count}`)).toBe(false);
    expect(builder.build()).toHaveLength(0);
  });

  it('without another has those that are not in it, however much larger the other is', () => {
    const many = Array.from({ length: 500 }, (_, i) => `k${i}`);
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 600 }).map((i) => `k${i}`), { maxLength: 600 });
    fc.assert(fc.property(some, fc.oneof(some, fc.constant(many)), (a, b) => {
      expect(without(setOf(a), setOf(b))).toEqual(setOf(a.filter((key) => !b.includes(key))));
    }), { numRuns: 200 });
    const few = without(setOf(['k0', 'k499', 'x']), setOf(many));
    expect(['k0', 'k499', 'x'].map((key) => hasKey(few, key))).toEqual([false, false, true]);
  });
});
