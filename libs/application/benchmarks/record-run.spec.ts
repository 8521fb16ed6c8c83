import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { itemsOf } from '#benchmarks/benchmark.js';
import { benchmarks } from '#benchmarks/benchmarks.js';
import type { BenchmarkJudgement, JudgedItem } from '#benchmarks/judge/judgement.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { countsOf, recordRun, type RecordedRun } from './record-run.js';

const NODES = 5_000;
const names = Array.from({ length: NODES }, (_, i) => `node-${String(i).padStart(4, '0')}.compute.example`);

/** Every item on every node; those of `failing` fail on these. */
function judgement(failing: Readonly<Record<string, readonly string[]>> = {}, without = 0): BenchmarkJudgement {
  const all = new Set(Object.values(failing).flat());
  const passing = names.filter((name) => !all.has(name));
  const items = itemsOf(benchmarks['cis-1.12']).map(({ id }): JudgedItem => {
    const failed = failing[id] ?? [];
    const outcome = failed.length > 0 ? 'fail' : without > 0 ? 'unknown' : 'pass';
    const pass = NODES - failed.length - without;
    return {
      id, outcome, decidedByMachine: false, gathered: [], sentence: `${pass} of ${NODES} pass.`, nodes: { pass, fail: failed.length, unknown: without, notApplicable: 0, manual: 0, total: NODES },
      causes: outcome === 'pass' ? [] : [{ text: 'too wide', subjects: failed.slice(0, 1_000), count: failed.length }],
      subjects: [...failed.map((subject) => ({ subject, status: 'fail' as const, text: 'too wide', found: '0666' })), ...passing.map((subject) => ({ subject, status: 'pass' as const, text: '', found: '0600' }))].slice(0, 100),
    };
  });
  return { benchmark: 'cis-1.12', reason: 'it fits', items, nodes: { listed: NODES, withEvidence: NODES - without }, advice: [] };
}

describe('runs of 5,000 nodes', () => {
  let fresh: FreshStore;
  let tenantId: string;
  let clusterId: string;
  beforeAll(async () => {
    fresh = await freshStore(inject('postgresAdminUrl'));
  });
  afterAll(() => fresh.drop());
  beforeEach(async () => {
    tenantId = await fresh.organisation();
    clusterId = await fresh.cluster(tenantId);
  });

  async function recorded(judged: BenchmarkJudgement, at = new Date()): Promise<RecordedRun> {
    return fresh.store.inTenant(tenantId, async (tx) => {
      const scan = await tx.scans.insert({ id: randomUUID(), clusterId, kind: 'benchmark', snapshotId: null, requestedBy: 'test', withBenchmark: true });
      await tx.scans.update(scan.id, { state: 'finished' });
      return recordRun(tx, { id: clusterId }, scan, { judgement: judged, nodes: names, source: 'live', gatheredAt: at }, { at, product: 'test' });
    });
  }

  it('are kept in a second or so, remember every node, and find the one that regressed', async () => {
    const begun = performance.now();
    const first = await recorded(judgement({ '4.1.1': ['node-0007.compute.example'] }));
    const second = await recorded(judgement({ '4.1.1': ['node-0007.compute.example', 'node-4321.compute.example'], '4.1.9': names.slice(0, 3_000) }));
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(first.regressions).toEqual([]);
    expect(second.regressions.map(({ itemId, beforeRunId, subjectCount, subjects }) => ({ itemId, beforeRunId, subjectCount, named: subjects.length }))).toEqual([
      { itemId: '4.1.1', beforeRunId: first.run.id, subjectCount: 1, named: 1 }, { itemId: '4.1.9', beforeRunId: first.run.id, subjectCount: 3_000, named: 100 },
    ]);
    expect(second.run).toMatchObject({ ...countsOf(judgement({ '4.1.1': ['x'], '4.1.9': ['x'] }).items), regressed: 2, previousRunId: first.run.id });
    const memory = await fresh.store.inTenant(tenantId, (tx) => tx.benchmarks.memory(clusterId));
    expect(memory!.length).toBeLessThan(4_000_000);
    const { items } = await fresh.store.inTenant(tenantId, (tx) => tx.benchmarks.items(second.run.id, { under: '4.1.9' }, { first: 1 }, 'subjects'));
    expect(items[0]).toMatchObject({ outcome: 'fail', nodes: { fail: 3_000 }, causes: [{ count: 3_000 }] });
    expect(items[0]!.subjects).toHaveLength(100);
  });

  it('are mended by nothing but being seen to pass: not by half of the nodes', async () => {
    await recorded(judgement());
    await recorded(judgement({ '4.1.9': ['node-4321.compute.example'] }));
    const open = () => fresh.store.inTenant(tenantId, async (tx) => (await tx.benchmarks.regressions(clusterId, { isOpen: true }, { first: 10 })).items.length);
    expect(await open()).toBe(1);
    await recorded(judgement({}, 2_500));
    expect(await open()).toBe(1);
    await recorded(judgement());
    expect(await open()).toBe(0);
  });

  it('forget single subjects when evidence is too old, but not of the latest run', async () => {
    const day = 24 * 3_600_000;
    const old = await recorded(judgement(), new Date(Date.now() - 40 * day));
    const latest = await recorded(judgement(), new Date(Date.now() - 35 * day));
    const swept = await fresh.store.inTenant(tenantId, (tx) => tx.benchmarks.sweepSubjects(new Date(Date.now() - 30 * day), 1_000));
    expect(swept).toBe(old.run.pass);
    const of = (id: string) => fresh.store.inTenant(tenantId, async (tx) => (await tx.benchmarks.items(id, {}, { first: 1 }, 'subjects')).items[0]!);
    expect((await of(old.run.id)).subjects).toBeUndefined();
    expect((await of(old.run.id)).outcome).toBe('pass');
    expect((await of(latest.run.id)).subjects).toHaveLength(100);
  });
});
