import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidFrom } from './deterministic-id.js';

// Lone surrogates included: a hostile API server may send them.
const text = fc.string({ unit: 'binary' });

describe('uuidFrom', () => {
  it('gives the same id on every machine and for ever', () => {
    expect(uuidFrom('finding', 'cluster-1', 'workloads/privileged')).toBe('acfe8eae-ff76-8ff4-8865-8303294d0590');
    expect(uuidFrom('finding')).not.toBe(uuidFrom('event'));
  });

  it('is a version 8 UUID', () => {
    fc.assert(
      fc.property(text, fc.array(text), (namespace, parts) => {
        expect(uuidFrom(namespace, ...parts)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });

  it('tells lists apart that look alike when joined', () => {
    const lists = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['a', 'b', 'c'],
      ['a\u0000b', 'c'],
      ['a', 'b\u0000c'],
      ['\ud800'],
      ['\ud801'],
      ['\ufffd'],
    ];
    expect(new Set(lists.map((parts) => uuidFrom('n', ...parts))).size).toBe(lists.length);
    expect(uuidFrom('n', 'a')).not.toBe(uuidFrom('na'));
  });

  it('gives different ids to different lists', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (one, other) => {
        expect(uuidFrom('n', ...one) === uuidFrom('n', ...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});
