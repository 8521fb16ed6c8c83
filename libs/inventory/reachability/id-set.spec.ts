import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBits, setBit } from './bits.js';
import { IdSet, IdSetPool } from './id-set.js';
import { LabelIndex } from './label-index.js';
import { selects } from '../readers/label-selector.js';

const SIZE = 300;
const ids = fc.uniqueArray(fc.nat(SIZE - 1), { maxLength: SIZE });

function bitsOf(members: readonly number[]): Uint32Array {
  const bits = newBits(SIZE);
  for (const id of members) setBit(bits, id);
  return bits;
}

describe('a set of ids', () => {
  it('holds its members in order, few or many', () => {
    fc.assert(fc.property(ids, (members) => {
      const set = IdSet.ofBits(bitsOf(members));
      const sorted = members.toSorted((a, b) => a - b);
      const visited: number[] = [];
      set.each((id) => visited.push(id));
      expect([set.count, set.isEmpty, visited, [...set]]).toEqual([members.length, members.length === 0, sorted, sorted]);
      for (let id = 0; id < SIZE; id++) expect(set.has(id)).toBe(members.includes(id));
    }), { numRuns: 200 });
  });

  it('stays what it was when the bits change', () => {
    const bits = bitsOf([1, 2, 3]);
    const many = bitsOf(Array.from({ length: 200 }, (_, id) => id));
    const sets = [IdSet.ofBits(bits), IdSet.ofBits(many)];
    bits.fill(0);
    many.fill(0);
    expect(sets.map((set) => set.has(2))).toEqual([true, true]);
  });

  it('is one object with its equals, and no other', () => {
    fc.assert(fc.property(fc.array(ids, { maxLength: 20 }), (lists) => {
      const pool = new IdSetPool();
      const known = new Map<string, IdSet>();
      for (const members of lists) {
        const set = pool.shared(bitsOf(members));
        const text = JSON.stringify(members.toSorted((a, b) => a - b));
        expect(JSON.stringify([...set])).toBe(text);
        expect(set).toBe(known.get(text) ?? set);
        known.set(text, set);
      }
      expect(new Set(known.values()).size).toBe(known.size);
    }));
  });
});

describe('an index of labels', () => {
  const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'env'), fc.constantFrom('a', 'b', 'c', '', ...Array.from({ length: 40 }, (_, i) => `v${i}`)), { maxKeys: 3 });
  const values = fc.array(fc.constantFrom('a', 'b', 'v1', 'v2', 'none'), { maxLength: 3 });
  const expression = fc.record({ key: fc.constantFrom('app', 'tier', 'none'), operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Odd'), values });

  it('finds what a selector matches one by one', () => {
    fc.assert(fc.property(fc.array(labels, { maxLength: 120 }), fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 3 }) }), (maps, selector) => {
      expect([...new LabelIndex(maps).select(selector)]).toEqual(maps.flatMap((map, id) => (selects(selector, map) ? [id] : [])));
    }), { numRuns: 500 });
  });
});
