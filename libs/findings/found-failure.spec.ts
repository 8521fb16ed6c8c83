import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '#controls/engine/evaluation.js';
import { foundFailure } from './found-failure.js';

const failure = (detail: unknown): Failure => ({
  key: 'workloads/privileged|Pod/shop/web|app', resource: { group: '', kind: 'Pod', namespace: 'shop', name: 'web' }, part: 'app', severity: 'critical', message: 'runs privileged', basis: 'cluster', risk: 50, surroundings: '||', detail: detail as NonNullable<Failure['detail']>,
});

/** The same value with the keys of its objects the other way round. */
const turned = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(turned) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, turned(item)])) : value;

describe('foundFailure', () => {
  it('gives one digest for one detail, whatever the order of its keys', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (detail) => {
      expect(foundFailure(failure(turned(detail))).digest).toBe(foundFailure(failure(detail)).digest);
    }));
  });

  it('gives another for another detail', () => {
    const digests = [{ a: 1 }, { a: 2 }, { a: '1' }, { b: 1 }, { a: [1] }, { a: { a: 1 } }, { a: null }, {}].map((detail) => foundFailure(failure(detail)).digest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('gives what it always gave: a digest that changes rewrites every finding', () => {
    expect([foundFailure(failure({ a: 1, b: [{ c: 'x' }] })).digest, foundFailure(failure({ b: [{ c: 'x' }], a: 1 })).digest]).toEqual(['dc92ed189c110d15', 'dc92ed189c110d15']);
  });
});
