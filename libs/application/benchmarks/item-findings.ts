import type { ItemFindingDetail } from '#benchmarks/findings/own-findings.js';
import type { FoundFailure } from '#findings/found-failure.js';
import type { FoundWhere } from '../scans/scan-events.js';
import type { BenchmarkRun } from './benchmark-run.js';

/** The run saw less of the cluster's API than the one before, which asked it later: it says how things stood, and makes and ends no findings. */
export const isOutdated = (run: Pick<BenchmarkRun, 'source' | 'gatheredAt'>, previous: Pick<BenchmarkRun, 'source' | 'gatheredAt'> | undefined): boolean =>
  run.source === 'kept' && previous?.source === 'live' && previous.gatheredAt > run.gatheredAt;

/** As the run names the subject, and says where the value was found. */
export function itemFoundWhere({ detail }: Pick<FoundFailure, 'detail'>): FoundWhere {
  if (detail === undefined) return {};
  const { subject, at, source } = JSON.parse(detail) as ItemFindingDetail;
  return { subject, ...(at !== undefined && { at }), ...(source !== undefined && { source }) };
}
