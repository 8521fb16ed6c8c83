import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '#application/events/event.js';
import type { Page } from '#application/paging.js';
import { EventView } from './event.view.js';

const pollMs = 1_000;

export interface FollowFindings {
  /** The feed after a position. Throws where the key may no longer look. */
  readonly read: (after: number) => Promise<Page<Event>>;
  readonly start: number;
  /** Only of this cluster. */
  readonly clusterId: string | undefined;
  readonly signal: AbortSignal;
}

/** Events of findings from a position on, as they come into the feed. */
export async function* followFindings({ read, start, clusterId, signal }: FollowFindings): AsyncGenerator<EventView> {
  let position = start;
  while (!signal.aborted) {
    const { edges, hasNextPage } = await read(position);
    for (const { node } of edges) {
      position = node.position;
      if (node.findingId !== null && (clusterId === undefined || node.clusterId === clusterId)) yield EventView.of(node);
    }
    if (!hasNextPage) await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
