import { setTimeout as sleep } from 'node:timers/promises';
import { isActive, type Scan } from '#application/scans/scan.js';

/** How soon a change shows. The row is the truth, and any process may have written it, so it is looked at. */
const pollMs = 500;

export interface FollowOptions {
  /** Asked at each look: throws where the key may no longer look. */
  readonly look: () => Promise<Scan>;
  readonly signal: AbortSignal;
  /** Says that nothing changed for a while, so that a reader can tell silence from a broken line. */
  readonly heartbeatMs?: number;
}

/** The scan as it is, then as it changes, until it has ended; undefined in between as a sign of life. */
export async function* followScan({ look, signal, heartbeatMs = 15_000 }: FollowOptions): AsyncGenerator<Scan | undefined> {
  let shown = '';
  let shownAt = 0;
  while (!signal.aborted) {
    const scan = await look();
    const state = progressState(scan);
    if (state !== shown) {
      shown = state;
      shownAt = performance.now();
      yield scan;
    } else if (performance.now() - shownAt >= heartbeatMs) {
      shownAt = performance.now();
      yield undefined;
    }
    if (!isActive(scan.state)) return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Two looks with the same one show the same. */
export const progressState = ({ state, generation, progress, cancelRequested }: Scan): string =>
  [state, generation ?? '', progress?.phase ?? '', progress?.resource ?? '', progress?.objects ?? '', cancelRequested].join('/');
