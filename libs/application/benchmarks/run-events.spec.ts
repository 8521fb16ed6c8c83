import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { itemsOf } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import { foundFailure } from '#findings/found-failure.js';
import type { FindingTransition } from '#findings/reconcile.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import type { BenchmarkRun, StoredRegression } from './benchmark-run.js';
import { runEvents } from './run-events.js';

let fresh: FreshStore;
beforeAll(async () => {
  fresh = await freshStore(inject('postgresAdminUrl'));
});
afterAll(() => fresh.drop());

it('a regression names open findings of the part that answers its item, whatever else its control has open', async () => {
  const tenantId = await fresh.organisation();
  const clusterId = await fresh.cluster(tenantId);
  const [item, { controlId, part }] = itemsOf(benchmarks['cis-1.12']).flatMap((each) => (each.answeredBy ?? []).flatMap(({ controlId: id, part: own }) => (own === undefined ? [] : [[each, { controlId: id, part: own }] as const])))[0]!;
  const opened = (name: string, findingPart: string, severity: 'high' | 'low'): FindingTransition => {
    const key = `${controlId}|Node//${name}|${findingPart}`;
    const failure = foundFailure({ key, resource: { group: '', kind: 'Node', namespace: '', name }, part: findingPart, severity, message: 'm', basis: 'cluster', risk: severity === 'high' ? 90 : 1, surroundings: '' });
    return { transition: 'opened', key, controlId, sequence: 1, severity, digest: 'd', failure };
  };
  const others = Array.from({ length: 30 }, (_, at) => opened(`n${at}`, `${part}-of-another`, 'high'));
  const regression: StoredRegression = {
    id: randomUUID(), tenantId, clusterId, meaning: item.id, benchmark: 'cis-1.12', itemId: item.id, beforeRunId: randomUUID(), runId: randomUUID(), at: new Date(), subjects: [], subjectCount: 1, resolvedRunId: null, resolvedAt: null,
  };
  const events = await fresh.store.inTenant(tenantId, async (tx) => {
    await tx.findings.apply({ clusterId, scanId: randomUUID(), isBaseline: false, at: new Date() }, [...others, opened('a', part, 'low'), opened('b', `kubelet/${part}`, 'low')], []);
    const cluster = (await tx.clusters.get(clusterId))!;
    const run: BenchmarkRun = {
      id: regression.runId, tenantId, clusterId, benchmark: 'cis-1.12', reason: '', caveat: null, source: 'live', gatheredAt: new Date(), judgedAt: new Date(), judgedBy: 'test', requestedBy: 'test', previousRunId: null,
      pass: 0, fail: 1, unknown: 0, manual: 0, notApplicable: 0, regressed: 1, nodesListed: 1, nodesWithEvidence: 1, advice: [],
    };
    const named = (await runEvents(tx, cluster, run, [regression], { opened: 0, reopened: 0, regressed: 0, resolved: 0, stillOpen: 0 }))[0]!.data['regression'];
    const all = (await tx.findings.list({ clusterId }, { first: 100 })).items;
    return (named as { readonly findings: readonly { readonly id: string }[] }).findings.map(({ id }) => all.find((finding) => finding.id === id)!.name).sort();
  });
  expect(events).toEqual(['a', 'b']);
});
