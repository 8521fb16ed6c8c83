import { CollectionError, type ClusterConnection } from '#application/ports/cluster-collector.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EgressClient } from '#egress/egress-client.js';
import type { EgressConnection } from '#egress/egress-connection.js';
import { EgressError } from '#egress/egress-error.js';

export interface OpenCluster {
  readonly connection: EgressConnection;
  readonly close: () => Promise<void>;
}

/** Prepares the one connection pool to a cluster. Throws `CollectionError` for an address or key that cannot be used. */
export function openCluster({ server, ca, serverName, credential }: ClusterConnection, addresses: AddressPolicy): OpenCluster {
  const client = new EgressClient({ policy: addresses });
  try {
    const connection = client.connection({
      url: server,
      ...(ca !== undefined && { ca }),
      ...(serverName !== undefined && { serverName }),
      ...(credential.kind === 'client-certificate' && { clientCert: credential.certificate, clientKey: credential.key }),
    });
    return { connection, close: () => connection.close() };
  } catch (error) {
    throw error instanceof EgressError ? new CollectionError(error.code, error.message) : error;
  }
}
