import { noPasses, type PassMemory } from '#findings/pass-memory.js';
import { firstTransition, type FailingTransition, type WrittenFailures } from '#findings/reconcile.js';
import { AppError } from '../app-error.js';
import type { FailuresOfControl, FindingsListener, JudgedControl, ScanResult } from '../ports/cluster-collector.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import type { Attempt } from './attempt.js';
import { scansThatPassed } from './keep-findings.js';
import { fieldsByControl, findingEvents, type EventContext } from './scan-events.js';
import { standingOf } from './scan-standing.js';
import { storableFailure } from './storable-evaluation.js';

/** Findings that stand in a transaction that is still open, and so do the events that tell of them. */
export interface WrittenFindings extends WrittenFailures {
  readonly at: Date;
  /** As events tell of it. */
  readonly cluster: EventContext['cluster'];
  /** What was remembered of passes. */
  readonly memories: ReadonlyMap<string, PassMemory>;
}

/** Batches that are written together. */
const MOST_AT_ONCE = 8;

/** Connections to the database that scans may hold while they judge. */
export class SparedConnections {
  private taken = 0;

  constructor(private readonly most: number) {}

  take(): boolean {
    if (this.taken >= this.most) return false;
    this.taken++;
    return true;
  }

  giveBack(): void {
    this.taken--;
  }
}

/** The transaction is not to be committed: what was written early is not to stay. */
export class WrittenInVain extends Error {
  override readonly name = 'WrittenInVain';
}

interface Ended<R> {
  readonly result: R;
}

/** Ends the scan in the transaction that holds what was written of it. */
type End<R> = (tx: TenantTransaction, written: WrittenFindings) => Promise<R>;

/**
 * Writes a cluster's first findings while its scan is still judging, so that the database works meanwhile: in the one transaction
 * in which the scan then ends, or never. Only where nothing is known of the cluster yet, for then no row that others may want is
 * locked; where anything stands in the way, the scan's end writes all of them as usual.
 */
export class EarlyFindings<R> implements FindingsListener {
  private readonly waiting: (readonly FailuresOfControl[])[] = [];
  private isOver = false;
  private end: End<R> | undefined;
  private transaction: Promise<Ended<R> | undefined> | undefined;
  private wake = (): void => undefined;

  constructor(
    private readonly store: Store,
    private readonly attempt: Attempt,
    private readonly connections: SparedConnections,
  ) {}

  judging(controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']): void {
    const { tenantId } = this.attempt;
    if (this.transaction || this.isOver) return;
    if (!this.connections.take()) {
      this.isOver = true;
      return;
    }
    this.transaction = this.store.inTenant(tenantId, (tx) => this.write(tx, controls, outcomes)).finally(() => {
      this.isOver = true;
      this.waiting.length = 0;
      this.connections.giveBack();
    });
    // Who ends the scan, or gives it up, hears of it.
    this.transaction.catch(() => undefined);
  }

  found(failures: readonly FailuresOfControl[]): void {
    if (this.isOver) return;
    this.waiting.push(failures);
    this.wake();
  }

  /** Undefined where nothing was written, or where it could not stay: the scan is then to be ended as usual. */
  async finish(end: End<R>): Promise<Ended<R> | undefined> {
    this.end = end;
    this.wake();
    try {
      return await this.transaction;
    } catch (error) {
      // A database that is away or busy, or a commit of which nobody heard: the usual end finds out.
      if (error instanceof WrittenInVain || (error instanceof AppError && error.kind === 'unavailable')) return undefined;
      throw error;
    }
  }

  /** Nothing of it stays. Why the scan was given up counts, and not what happens here. */
  async abandon(): Promise<void> {
    this.isOver = true;
    this.wake();
    await this.transaction?.catch(() => undefined);
  }

  private async write(tx: TenantTransaction, controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']): Promise<Ended<R> | undefined> {
    const written = await this.begin(tx, controls, outcomes).catch((error: unknown) => {
      // Whatever a transaction that stays open for so long ran into: the usual end is short, and meets it again if it is there to be met.
      throw new WrittenInVain('findings could not be written early', { cause: error });
    });
    if (!written) return undefined;
    if (!this.end) throw new WrittenInVain();
    return { result: await this.end(tx, written) };
  }

  /** Writes until the scan is to be ended. */
  private async begin(tx: TenantTransaction, controls: readonly JudgedControl[], outcomes: ScanResult['outcomes']): Promise<WrittenFindings | undefined> {
    const { cluster: { id: clusterId }, scan } = this.attempt;
    if (!(await tx.findings.tryTurn(clusterId)) || (await tx.findings.hasAny(clusterId))) return undefined;
    const cluster = await tx.clusters.get(clusterId);
    if (!cluster) return undefined;
    const { isBaseline } = standingOf(this.attempt, cluster, outcomes);
    const memories = await tx.controlStates.memories(clusterId, controls.map(({ id }) => id));
    const at = new Date();
    const fieldsOf = fieldsByControl(controls);
    const failures = new Map<string, number>();
    const counts = { opened: 0, regressed: 0 };
    const context: EventContext = { tenantId: this.attempt.tenantId, cluster, scan, isBaseline };
    for await (const found of this.batches()) {
      const transitions = opened(found, memories);
      await tx.findings.insert({ clusterId, scanId: scan.id, isBaseline, at }, transitions);
      await tx.events.write(findingEvents(context, transitions, { closed: new Map(), fieldsOf, scans: await scansThatPassed(tx, transitions.flatMap(({ passedIn }) => passedIn ?? [])), at }));
      for (const { transition } of transitions) counts[transition === 'regressed' ? 'regressed' : 'opened']++;
      for (const { controlId, failures: { length } } of found) failures.set(controlId, (failures.get(controlId) ?? 0) + length);
    }
    return { at, cluster, failures, counts, memories };
  }

  /** What was found, until the scan is to be ended: as much as has come meanwhile, but no more than makes a few statements. */
  private async *batches(): AsyncGenerator<readonly FailuresOfControl[]> {
    for (;;) {
      if (this.isOver) throw new WrittenInVain();
      if (this.waiting.length > 0) yield this.waiting.splice(0, MOST_AT_ONCE).flat();
      else if (this.end) return;
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}

/** Of those with one key the first. Where it was written before, which only objects that no API server takes make happen, the database refuses it. */
function opened(found: readonly FailuresOfControl[], memories: ReadonlyMap<string, PassMemory>): readonly FailingTransition[] {
  const byKey = new Map<string, FailingTransition>();
  for (const { controlId, failures } of found) {
    const memory = memories.get(controlId) ?? noPasses;
    for (const failure of failures) {
      const transition = firstTransition(controlId, storableFailure(failure), memory);
      if (!byKey.has(transition.key)) byKey.set(transition.key, transition);
    }
  }
  return [...byKey.values()];
}
