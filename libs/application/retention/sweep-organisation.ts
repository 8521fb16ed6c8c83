import { OLDEST } from '#nodes/wire/read-bundle.js';
import type { DataKeyRotation } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';

export interface RetentionSettings {
  /** Events and ended deliveries are kept for this long. */
  readonly keepMs: number;
  /** An upload that has not ended after this is taken for abandoned. */
  readonly uploadMs: number;
  /** Until the next sweep. */
  readonly everyMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const retentionDefaults: RetentionSettings = { keepMs: 30 * 24 * HOUR, uploadMs: HOUR, everyMs: HOUR };

/** Rows a transaction: what is swept must not hold back what is alive. */
const BATCH = 1_000;
/** A snapshot has up to 512 MiB, a deleted cluster all its scans. */
const LARGE_BATCH = 1;
/** Evidence of a node has up to some megabytes. */
const NODES = 100;

/** Removes what an organisation no longer needs, and wraps its data key anew after a rotation. Safe to run again at any time. */
export class SweepOrganisation {
  constructor(
    private readonly store: Store,
    private readonly keys: DataKeyRotation,
    private readonly settings: RetentionSettings = retentionDefaults,
  ) {}

  async run(tenantId: string, signal: AbortSignal, now: Date = new Date()): Promise<void> {
    const { keepMs, uploadMs, everyMs } = this.settings;
    const before = (ms: number): Date => new Date(now.getTime() - ms);
    const sweeps: readonly ((tx: TenantTransaction) => Promise<boolean>)[] = [
      async (tx) => (await tx.snapshots.sweep(before(uploadMs), LARGE_BATCH)) === LARGE_BATCH,
      async (tx) => (await tx.deliveries.deleteBefore(before(keepMs), BATCH)) === BATCH,
      async (tx) => (await tx.events.deleteBefore(before(keepMs), BATCH)) === BATCH,
      async (tx) => tx.evidence.sweep(before((await tx.policies.current()).evidenceDays * DAY)),
      async (tx) => {
        const time = before((await tx.policies.current()).evidenceDays * DAY);
        // Remembered beyond the age at which its bundles are refused anyway: until then one that is sent again is known by it.
        const forgetBefore = new Date(Math.min(time.getTime(), before(OLDEST + DAY).getTime()));
        const swept = [await tx.nodeEvidence.sweep(time, forgetBefore, NODES), await tx.kubeBenchResults.sweep(time, NODES), await tx.cloudDescriptions.sweep(time, NODES)];
        return swept.includes(NODES);
      },
      async (tx) => (await tx.clusters.purge(before(keepMs), LARGE_BATCH)) === LARGE_BATCH,
    ];
    for (const sweep of sweeps) {
      while (await this.store.inTenant(tenantId, sweep)) {
        signal.throwIfAborted();
        await this.store.inTenant(tenantId, (tx) => tx.dueWork.touch('retention.sweep', tenantId));
      }
    }
    await this.store.inTenant(tenantId, (tx) => tx.dueWork.postpone('retention.sweep', tenantId, new Date(now.getTime() + everyMs)));
    // Last: where the old key is gone this fails, and the rest is to be done all the same.
    await this.store.inTenant(tenantId, (tx) => this.rewrap(tx));
  }

  private async rewrap(tx: TenantTransaction): Promise<void> {
    const organisation = await tx.organisation.lock();
    const wrappedDataKey = organisation && this.keys.rewrap(tx.tenantId, organisation.wrappedDataKey);
    if (wrappedDataKey) await tx.organisation.update({ wrappedDataKey });
  }
}
