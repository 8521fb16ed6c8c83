import type { CloudDescription } from '#benchmarks/cloud/cloud-description.js';
import { notFound } from '../app-error.js';
import type { EvidencePack } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import { cloudDescriptionField, type StoredCloudDescription } from './cloud-description.js';
import { kubeBenchField } from './kube-bench-result.js';
import { nodeEvidenceField } from './node-bundle.js';
import { openJson } from './seal-json.js';

export interface KeptCloudDescription {
  readonly stored: StoredCloudDescription;
  readonly description: CloudDescription;
}

/** With the key that it is sealed under. */
interface KeptRow<T> {
  readonly row: T;
  readonly wrappedDataKey: Uint8Array;
}

/** Opens what is kept of a cluster's nodes. Some megabytes are in memory at a time, and no transaction waits for whoever reads. */
export class KeptNodes {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
  ) {}

  /** Every node once, by name, as it is kept when its turn comes: for who unpacks it elsewhere. */
  async *nodes(tenantId: string, clusterId: string): AsyncGenerator<EvidencePack> {
    const bundles = this.rows(tenantId, (tx, after) => tx.nodeEvidence.read(clusterId, after), ({ bundle }) => bundle.node);
    for await (const { row: { bundle, sealed }, wrappedDataKey } of bundles) {
      yield { kind: 'node', node: bundle.node, collectedAt: bundle.collectedAt.toISOString(), packed: await this.vault.openBytes(tenantId, wrappedDataKey, bundle.id, nodeEvidenceField, sealed) };
    }
  }

  async knownMachines(tenantId: string, clusterId: string): Promise<readonly string[]> {
    return this.store.inTenant(tenantId, (tx) => tx.nodeEvidence.knownMachines(clusterId));
  }

  /** What kube-bench said last of each node, and then every node. */
  async *packs(tenantId: string, clusterId: string): AsyncGenerator<EvidencePack> {
    const runs = this.rows(tenantId, (tx, after) => tx.kubeBenchResults.read(clusterId, after), ({ result }) => result.node);
    for await (const { row: { result, sealed }, wrappedDataKey } of runs) {
      yield { kind: 'kube-bench', node: result.node, toolVersion: result.toolVersion, packed: await this.vault.openBytes(tenantId, wrappedDataKey, result.id, kubeBenchField, sealed) };
    }
    yield* this.nodes(tenantId, clusterId);
  }

  /** What the provider says of the cluster; undefined where nobody has sent it. */
  async cloud(tenantId: string, clusterId: string): Promise<KeptCloudDescription | undefined> {
    const { wrappedDataKey, found } = await this.batch(tenantId, (tx) => tx.cloudDescriptions.get(clusterId));
    if (!found) return undefined;
    const description = await openJson<CloudDescription>(this.vault, { tenantId, wrappedDataKey, id: found.description.id, field: cloudDescriptionField }, found.sealed);
    return { stored: found.description, description };
  }

  private async *rows<T>(tenantId: string, read: (tx: TenantTransaction, after: string | undefined) => Promise<readonly T[]>, nodeOf: (row: T) => string): AsyncGenerator<KeptRow<T>> {
    let after: string | undefined;
    do {
      const { wrappedDataKey, found } = await this.batch(tenantId, (tx) => read(tx, after));
      for (const row of found) yield { row, wrappedDataKey };
      const last = found.at(-1);
      after = last && nodeOf(last);
    } while (after !== undefined);
  }

  private async batch<T>(tenantId: string, read: (tx: TenantTransaction) => Promise<T>): Promise<{ readonly wrappedDataKey: Uint8Array; readonly found: T }> {
    return this.store.inTenant(tenantId, async (tx) => {
      const organisation = await tx.organisation.get();
      if (!organisation) throw notFound('organisation');
      return { wrappedDataKey: organisation.wrappedDataKey, found: await read(tx) };
    });
  }
}
