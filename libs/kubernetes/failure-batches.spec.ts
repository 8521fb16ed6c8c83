import { describe, expect, it } from 'vitest';
import type { FailuresOfControl, JudgedControl, ScanResult } from '#application/ports/cluster-collector.js';
import type { FoundFailure } from '#findings/found-failure.js';
import { FailureBatches, FailuresByControl, type ControlFailures } from './failure-batches.js';

const failure = (control: string, i: number): FoundFailure => ({
  key: `${control}|Pod/shop/web-${i}|`, resource: { group: '', kind: 'Pod', namespace: 'shop', name: `web-${i}` }, part: '', severity: 'high', message: `web-${i} says no`, basis: 'cluster', risk: i % 100, surroundings: '||', digest: `${i}`.padStart(16, '0'),
});
const judged = (id: string): JudgedControl => ({ id, severity: 'high' });
const evaluation = (controlId: string): ScanResult['evaluations'][number] => ({ controlId, failures: [] }) as unknown as ScanResult['evaluations'][number];

describe('failures on their way', () => {
  it('are told as they come and stand in the result, in the order in which each control found them', () => {
    const told: { [controlId: string]: FoundFailure[] } = {};
    const judging: unknown[] = [];
    const calls: number[] = [];
    const failures = new FailuresByControl({
      judging: (...args) => judging.push(args),
      found: (found: readonly FailuresOfControl[]) => {
        calls.push(found.reduce((sum, one) => sum + one.failures.length, 0));
        for (const one of found) (told[one.controlId] ??= []).push(...one.failures);
      },
    });
    const batches = new FailureBatches((found) => failures.add(found));
    failures.judging(['a', 'b', 'never'].map(judged), {});
    const all = Array.from({ length: 600 }, (_, i) => failure(i % 3 === 0 ? 'a' : 'b', i));
    for (const [i, one] of all.entries()) batches.add(i % 3 === 0 ? 0 : 1, one);
    batches.flush();
    batches.flush();
    const result = failures.into({ evaluations: [evaluation('a'), evaluation('b'), evaluation('never')] } as unknown as ScanResult);
    const of = (control: string): readonly FoundFailure[] => all.filter(({ key }) => key.startsWith(control));
    expect(judging).toEqual([[['a', 'b', 'never'].map(judged), {}]]);
    expect(calls).toEqual([250, 250, 100]);
    expect(told).toEqual({ a: of('a'), b: of('b') });
    expect(result.evaluations.map(({ failures: found }) => [...found])).toEqual([of('a'), of('b'), []]);
  });

  it('of a benchmark\'s items come behind those of controls, and nobody else hears of them', () => {
    const told: unknown[] = [];
    const failures = new FailuresByControl({ judging: () => undefined, found: (found) => told.push(...found) });
    failures.judging([judged('a')], {});
    const batches = new FailureBatches((found: readonly ControlFailures[]) => failures.add(found));
    batches.add(1, failure('item', 1));
    batches.flush();
    const result = failures.into({ evaluations: [evaluation('a')], benchmark: { state: 'judged', findings: [evaluation('item')] } } as unknown as ScanResult);
    expect(told).toEqual([]);
    expect(result.benchmark?.state === 'judged' && result.benchmark.findings.map(({ failures: found }) => [...found])).toEqual([[failure('item', 1)]]);
  });
});
