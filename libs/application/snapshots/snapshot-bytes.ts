import type { Store } from '../ports/store.js';

/** Chunks a read: 2 MiB at most in memory. */
const CHUNKS = 8;

/** The bytes of an upload, as received. Opens a short transaction a few chunks, so a slow reader holds none. */
export async function* snapshotBytes(store: Store, tenantId: string, snapshotId: string): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; position += CHUNKS) {
    const chunks = await store.inTenant(tenantId, (tx) => tx.snapshots.chunks(snapshotId, position, CHUNKS));
    yield* chunks;
    if (chunks.length < CHUNKS) return;
  }
}
