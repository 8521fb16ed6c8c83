import { describe, expect, it } from 'vitest';
import type { Severity } from '#controls/engine/control.js';
import { emptyKeySet } from '#controls/engine/key-set.js';
import type { Evaluation } from '#controls/engine/evaluation.js';
import { isCompleteScan } from './coverage.js';
import { decidedOf, summariseScores } from './score.js';

const evaluation = (controlId: string, passed: number, failing: readonly Severity[], rest: Partial<Evaluation> = {}): Evaluation => ({
  controlId, layer: 'workloads', outcome: failing.length > 0 ? 'fail' : 'pass', complete: true, passed, failed: failing.length, unknown: 0, notApplicable: 0,
  failures: failing.map((severity, i) => ({ key: `${controlId}|${i}`, resource: { group: '', kind: 'Pod', namespace: 'a', name: `${i}` }, part: '', severity, message: '', basis: 'cluster', risk: 50, surroundings: '||' })),
  unknowns: [], notApplicables: [], passedKeys: emptyKeySet, heldKeys: emptyKeySet, ...rest,
});
const scoreOf = (evaluations: readonly Evaluation[]) => summariseScores(evaluations, severityOf).score;
const severityOf = (id: string): Severity => (id === 'workloads/critical' ? 'critical' : 'low');

describe('the score', () => {
  it('weighs passes by their control and failures by themselves', () => {
    expect(scoreOf([evaluation('workloads/critical', 1, ['critical'])])).toBe(50);
    expect(scoreOf([evaluation('workloads/critical', 1, []), evaluation('workloads/low', 0, ['low'])])).toBe(90.9);
    expect(scoreOf([evaluation('workloads/critical', 1, ['high'])])).toBe(66.7);
  });

  it('is null where nothing was decided, and never 100 with a failure or 0 with a pass', () => {
    expect(scoreOf([])).toBeNull();
    expect(scoreOf([evaluation('workloads/low', 0, [], { outcome: 'unknown', unknown: 9 })])).toBeNull();
    expect(scoreOf([evaluation('workloads/critical', 100_000, ['low'])])).toBe(99.9);
    expect(scoreOf([evaluation('workloads/critical', 1, ['info'])])).toBe(99.9);
    expect(scoreOf([evaluation('workloads/low', 1, Array.from({ length: 1_000 }, () => 'critical' as const))])).toBe(0.1);
  });

  it('has beside it how much was decided, a control that could not be judged counting as one', () => {
    const evaluations = [evaluation('workloads/critical', 2, ['high']), evaluation('workloads/low', 0, [], { outcome: 'unknown' }), evaluation('workloads/low', 0, [], { outcome: 'not-applicable', notApplicable: 4 })];
    expect(decidedOf(evaluations)).toEqual({ decided: 3, applicable: 4, ratio: 0.75 });
    const someUnseen = evaluation('workloads/critical', 1, ['high'], { unknowns: [{ missing: { fact: 'pods', reason: 'forbidden', detail: '' }, count: 0, sample: [] }] });
    expect(decidedOf([someUnseen])).toEqual({ decided: 2, applicable: 3, ratio: 2 / 3 });
    expect(decidedOf([])).toEqual({ decided: 0, applicable: 0, ratio: null });
  });

  it('is told a layer, of the layers that have controls', () => {
    expect(summariseScores([evaluation('workloads/critical', 1, []), evaluation('network/low', 0, ['low'])], severityOf).layers).toMatchObject([
      { layer: 'workloads', score: 100, controls: { pass: 1 } },
      { layer: 'network', score: 0, controls: { fail: 1 } },
    ]);
  });
});

describe('a complete scan', () => {
  it('read all it may, refusals being part of the picture', () => {
    expect(isCompleteScan({ pods: { state: 'observed', count: 1 }, secrets: { state: 'missing', reason: 'forbidden', detail: '' }, 'policies.kyverno.io': { state: 'not-served' } })).toBe(true);
  });

  it.each([
    [{ pods: { state: 'partial', count: 1, reason: 'too-large', detail: '' } }],
    [{ pods: { state: 'observed', count: 1 }, nodes: { state: 'missing', reason: 'unauthorized', detail: '' } }],
    [{ pods: { state: 'given', count: 1 } }],
    [{ pods: { state: 'missing', reason: 'forbidden', detail: '' } }],
    [{}],
  ] as const)('is not %j', (outcomes) => {
    expect(isCompleteScan(outcomes)).toBe(false);
  });
});
