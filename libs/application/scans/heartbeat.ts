import { AppError } from '../app-error.js';
import type { ScanProgress } from '../ports/cluster-collector.js';
import type { Store } from '../ports/store.js';
import { Fenced, type Attempt } from './attempt.js';

/** Why a scan was stopped from outside. */
export class ScanCancelled extends Error {
  override readonly name = 'ScanCancelled';
}

export interface HeartbeatSettings {
  /** A worker that showed no life for this long is taken for dead. */
  readonly leaseMs: number;
  /** Progress is written at most this often. */
  readonly progressMs: number;
}

/**
 * Shows that an attempt is alive, writes its progress, and learns whether it is still wanted. `signal` aborts with
 * `ScanCancelled` or `Fenced` as its reason.
 */
export class Heartbeat {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private latest: ScanProgress | undefined;
  private written: ScanProgress | undefined;
  private touchedAt = Date.now();
  private beating: Promise<void> | undefined;

  constructor(
    private readonly store: Store,
    private readonly attempt: Attempt,
    private readonly settings: HeartbeatSettings,
  ) {
    this.timer = setInterval(() => {
      this.beating ??= this.beat().finally(() => (this.beating = undefined));
    }, settings.progressMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  progress(progress: ScanProgress): void {
    this.latest = progress;
  }

  /** Waits for a beat under way, so that none is written after the scan's end. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
  }

  private async beat(): Promise<void> {
    const mustTouch = Date.now() - this.touchedAt >= this.settings.leaseMs / 4;
    const progress = this.latest === this.written ? undefined : this.latest;
    if (!mustTouch && progress === undefined) return;
    const { tenantId, scan, generation } = this.attempt;
    try {
      const alive = await this.store.inTenant(tenantId, async (tx) => {
        const beat = await tx.scans.heartbeat(scan.id, generation, progress);
        // After the scan, as its end does: the other way round the two could wait for each other.
        if (beat && mustTouch) await tx.dueWork.touch('scan.run', scan.id);
        return beat;
      });
      if (mustTouch) this.touchedAt = Date.now();
      this.written = progress ?? this.written;
      if (alive === undefined) this.controller.abort(new Fenced(scan.id, generation));
      else if (alive.cancelRequested) this.controller.abort(new ScanCancelled('the scan was cancelled'));
    } catch (error) {
      // An outage: the next beat tries again. Should it outlast the lease, the fence sees to the rest.
      if (error instanceof AppError && error.kind === 'unavailable') return;
      this.controller.abort(error);
    }
  }
}
