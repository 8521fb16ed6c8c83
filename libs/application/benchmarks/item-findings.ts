import { meaningIn } from '#benchmarks/editions.js';
import type { ItemFindingDetail } from '#benchmarks/findings/own-findings.js';
import type { ClusterMemory } from '#benchmarks/memory/cluster-memory.js';
import type { ValuesOf } from '../scans/scan-events.js';
import type { BenchmarkRun } from './benchmark-run.js';

/** The run saw less of the cluster's API than the one before, which asked it later: it says how things stood, and makes and ends no findings. */
export const isOutdated = (run: Pick<BenchmarkRun, 'source' | 'gatheredAt'>, previous: Pick<BenchmarkRun, 'source' | 'gatheredAt'> | undefined): boolean =>
  run.source === 'kept' && previous?.source === 'live' && previous.gatheredAt > run.gatheredAt;

/** Values of items' findings: as they were in the run that saw the subject pass, and as they are. `memory`: as it was before the run. */
export function itemValues(memory: ClusterMemory | undefined): ValuesOf {
  return ({ failure, passedIn }) => {
    if (failure?.detail === undefined) return undefined;
    const { benchmark, item, subject, found, at, source } = JSON.parse(failure.detail) as ItemFindingDetail;
    const known = memory?.items[meaningIn(benchmark, item)]?.subjects.find(([name, , runId]) => name === subject && runId === passedIn);
    return { subject, before: known?.[3] ?? null, after: found ?? null, at: at ?? null, source: source ?? null };
  };
}
