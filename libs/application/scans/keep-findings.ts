import type { FoundEvaluation } from '#findings/found-failure.js';
import { reconcile, type ChangeCounts } from '#findings/reconcile.js';
import type { NewEvent } from '../events/event.js';
import type { JudgedControl } from '../ports/cluster-collector.js';
import type { TenantTransaction } from '../ports/store.js';
import type { WrittenFindings } from './early-findings.js';
import type { ScanSummary } from './scan.js';
import { fieldsByControl, findingEvents, severityEvents, type EventContext, type ToldBeside } from './scan-events.js';

export interface KeptFindings {
  readonly changes: ChangeCounts;
  /** Those that are not written yet, made as they are asked for. */
  readonly events: Iterable<NewEvent>;
}

/** Brings findings to what a scan found, and remembers its passes unless it is told to forget them. Controls that are not among the evaluations keep theirs. */
export async function keepFindings(
  tx: TenantTransaction, context: EventContext, evaluations: readonly FoundEvaluation[], at: Date,
  { controls = [], remembers = true, foundWhere, written }: { /** Of the evaluations; none that an item of a benchmark stands for. */ readonly controls?: readonly JudgedControl[]; readonly remembers?: boolean; /** Of a cluster without any before. */ readonly written?: WrittenFindings } & Pick<ToldBeside, 'foundWhere'> = {},
): Promise<KeptFindings> {
  const { cluster, scan, isBaseline } = context;
  const controlIds = evaluations.map(({ controlId }) => controlId);
  const known = written ? [] : await tx.findings.known(cluster.id, controlIds);
  const changes = reconcile(known, evaluations, written?.memories ?? (await tx.controlStates.memories(cluster.id, controlIds)), scan.id, written);
  const closed = new Map((await tx.findings.apply({ clusterId: cluster.id, scanId: scan.id, isBaseline, at }, changes.transitions, changes.rewrites)).map((finding) => [finding.key, finding]));
  if (remembers) await tx.controlStates.record({ clusterId: cluster.id, scanId: scan.id, at }, evaluations, changes.memories);
  const scans = await scansThatPassed(tx, changes.passedIn);
  const events = function* (): Generator<NewEvent> {
    yield* findingEvents(context, changes.transitions, { closed, scans, at, fieldsOf: fieldsByControl(controls), ...(foundWhere && { foundWhere }) });
    yield* severityEvents(context, changes.severityChanges);
  };
  return { changes: changes.counts, events: events() };
}

/** By id, those that are still kept. */
export async function scansThatPassed(tx: TenantTransaction, ids: Iterable<string>): Promise<ToldBeside['scans']> {
  return new Map((await tx.scans.getMany([...new Set(ids)])).map((scan) => [scan.id, scan]));
}

/** How many findings changed how, of all that were kept. */
export function changesOf(kept: readonly Pick<KeptFindings, 'changes'>[]): Omit<ScanSummary['findings'], 'open'> {
  const sum = (change: keyof ChangeCounts): number => kept.reduce((total, { changes }) => total + changes[change], 0);
  return { opened: sum('opened'), reopened: sum('reopened'), regressed: sum('regressed'), resolved: sum('resolved'), stillOpen: sum('stillOpen') };
}
