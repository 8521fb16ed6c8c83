import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKey, KeySetBuilder, without, type KeySet } from './key-set.js';

const setOf = (keys: readonly string[]): KeySet => {
  const builder = new KeySetBuilder();
  for (const key of keys) builder.add(key);
  return builder.build();
};

describe('a set of keys', () => {
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
