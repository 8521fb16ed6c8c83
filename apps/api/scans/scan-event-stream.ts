import { createHash } from 'node:crypto';
import { isActive, type Scan } from '#application/scans/scan.js';
import { followScan, progressState, type FollowOptions } from './follow-scan.js';
import { ScanView } from './scan.view.js';

/** Id of what an event shows: a reader that comes back with it is not shown the same again. */
export const eventIdOf = (scan: Scan): string => createHash('sha256').update(`${scan.id}/${progressState(scan)}`).digest('base64url').slice(0, 22);

/** Server-sent events: `progress` while the scan is under way, then `end`, each with the scan; comments as signs of life. */
export async function* scanEventStream(options: FollowOptions, lastEventId: string | undefined): AsyncGenerator<string> {
  // Opens the line through proxies that wait for a first byte.
  yield 'retry: 2000\n\n';
  for await (const scan of followScan(options)) {
    if (!scan) yield ': still there\n\n';
    else if (eventIdOf(scan) !== lastEventId) {
      yield `id: ${eventIdOf(scan)}\nevent: ${isActive(scan.state) ? 'progress' : 'end'}\ndata: ${JSON.stringify(ScanView.of(scan))}\n\n`;
    }
  }
}
