import { CollectionError, type ClusterConnection } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';

/** Name under which a cluster's connection is sealed. */
export const connectionField = 'connection';

/** Opens a cluster's connection, for a worker that is about to use it. */
export async function openConnection(
  vault: CredentialVault,
  of: { readonly tenantId: string; readonly clusterId: string; readonly wrappedDataKey: Uint8Array; readonly sealed: Uint8Array | undefined },
): Promise<ClusterConnection> {
  if (!of.sealed) throw new CollectionError('no-connection', 'The cluster has no connection.');
  let text: string;
  try {
    text = await vault.open(of.tenantId, of.wrappedDataKey, of.clusterId, connectionField, of.sealed);
  } catch (cause) {
    const error = new CollectionError('credentials-unreadable', 'The stored credentials cannot be decrypted. Give the cluster new ones, or restore the key-encryption key.');
    error.cause = cause;
    throw error;
  }
  return JSON.parse(text) as ClusterConnection;
}
