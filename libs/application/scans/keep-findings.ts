import type { FoundEvaluation } from '#findings/found-failure.js';
import { reconcile, type ChangeCounts } from '#findings/reconcile.js';
import type { NewEvent } from '../events/event.js';
import type { TenantTransaction } from '../ports/store.js';
import type { ScanSummary } from './scan.js';
import { findingEvents, severityEvents, type EventContext, type ValuesOf } from './scan-events.js';

export interface KeptFindings {
  readonly changes: ChangeCounts;
  /** Made as they are asked for. */
  readonly events: Iterable<NewEvent>;
}

/** Brings findings to what a scan found, and remembers its passes unless it is told to forget them. Controls that are not among the evaluations keep theirs. */
export async function keepFindings(
  tx: TenantTransaction, context: EventContext, evaluations: readonly FoundEvaluation[], at: Date,
  { remembers = true, valuesOf }: { readonly remembers?: boolean; readonly valuesOf?: ValuesOf } = {},
): Promise<KeptFindings> {
  const { cluster, scan, isBaseline } = context;
  const controlIds = evaluations.map(({ controlId }) => controlId);
  const changes = reconcile(await tx.findings.known(cluster.id, controlIds), evaluations, await tx.controlStates.memories(cluster.id, controlIds), scan.id);
  const closed = new Map((await tx.findings.apply({ clusterId: cluster.id, scanId: scan.id, isBaseline, at }, changes.transitions, changes.rewrites)).map((finding) => [finding.key, finding]));
  if (remembers) await tx.controlStates.record({ clusterId: cluster.id, scanId: scan.id, at }, evaluations, changes.memories);
  const scans = new Map((await tx.scans.getMany([...changes.passedIn])).map((earlier) => [earlier.id, earlier]));
  const events = function* (): Generator<NewEvent> {
    yield* findingEvents(context, changes.transitions, { closed, scans, at, ...(valuesOf && { valuesOf }) });
    yield* severityEvents(context, changes.severityChanges);
  };
  return { changes: changes.counts, events: events() };
}

/** How many findings changed how, of all that were kept. */
export function changesOf(kept: readonly Pick<KeptFindings, 'changes'>[]): Omit<ScanSummary['findings'], 'open'> {
  const sum = (change: keyof ChangeCounts): number => kept.reduce((total, { changes }) => total + changes[change], 0);
  return { opened: sum('opened'), reopened: sum('reopened'), regressed: sum('regressed'), resolved: sum('resolved'), stillOpen: sum('stillOpen') };
}
