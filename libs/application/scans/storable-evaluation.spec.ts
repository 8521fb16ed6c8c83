import { describe, expect, it } from 'vitest';
import type { Failure } from '#controls/engine/evaluation.js';
import { foundFailure, type FoundEvaluation } from '#findings/found-failure.js';
import { storableEvaluation } from './storable-evaluation.js';

const failure = (more: Partial<Failure> = {}) => foundFailure({
  key: 'workloads/privileged|Pod/shop/web|app', resource: { group: '', kind: 'Pod', namespace: 'shop', name: 'web' }, part: 'app', severity: 'high', message: 'm', basis: 'cluster', risk: 50, surroundings: '||', ...more,
});
const stored = (more: Partial<Failure>) => {
  const empty = new Uint32Array();
  const evaluation: FoundEvaluation = {
    controlId: 'workloads/privileged', layer: 'workloads', outcome: 'fail', complete: true, passed: 0, failed: 1, unknown: 0, notApplicable: 0,
    failures: [failure(more)], unknowns: [], notApplicables: [], passedKeys: empty, heldKeys: empty,
  };
  const [given] = [...evaluation.failures];
  return { given: given!, kept: [...storableEvaluation(evaluation).failures][0]! };
};

describe('a failure that is to be stored', () => {
  it('stays what it is where nothing is wrong with it', () => {
    const { given, kept } = stored({ detail: { text: 'größe 😀 \\u0000' }, patch: { a: [null, 1] } });
    expect(JSON.parse(kept.detail!)).toEqual(JSON.parse(given.detail!));
    expect(stored({ detail: { text: 'größe 😀' } }).kept).toEqual(failure({ detail: { text: 'größe 😀' } }));
  });

  it('loses what Postgres cannot keep, in texts and in the JSON of what is behind it', () => {
    expect(stored({ message: 'a\0b', detail: { 'k\0': ['x\ud800'] }, patch: { deep: { text: '\udfff' } } }).kept).toMatchObject({
      message: 'a\uFFFDb', detail: JSON.stringify({ 'k\uFFFD': ['x\uFFFD'] }), patch: JSON.stringify({ deep: { text: '\uFFFD' } }),
    });
  });
});
