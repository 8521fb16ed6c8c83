import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';

/** Chunks a read: 2 MiB at most in memory. */
const CHUNKS = 8;

/** Name under which a chunk is sealed: an upload may hold Secrets, and none lies readable in the database. */
export const chunkField = (position: number): string => `snapshot chunk ${position}`;

/** The bytes of an upload, packed as it came or by us. Opens a short transaction a few chunks, so a slow reader holds none. */
export async function* snapshotBytes(store: Store, vault: CredentialVault, of: { readonly tenantId: string; readonly wrappedDataKey: Uint8Array; readonly snapshotId: string }): AsyncGenerator<Uint8Array> {
  const { tenantId, wrappedDataKey, snapshotId } = of;
  for (let position = 0; ; position += CHUNKS) {
    const chunks = await store.inTenant(tenantId, (tx) => tx.snapshots.chunks(snapshotId, position, CHUNKS));
    for (const [index, chunk] of chunks.entries()) yield vault.openBytes(tenantId, wrappedDataKey, snapshotId, chunkField(position + index), chunk);
    if (chunks.length < CHUNKS) return;
  }
}
