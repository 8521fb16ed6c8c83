import type { CloudDescription } from '#benchmarks/cloud/cloud-description.js';
import type { KubeBenchRun } from '#kube-bench/report.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { notFound } from '../app-error.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import { cloudDescriptionField, type StoredCloudDescription } from './cloud-description.js';
import { kubeBenchField, type KubeBenchResult } from './kube-bench-result.js';
import { nodeEvidenceField, type NodeBundle } from './node-bundle.js';
import { openJson } from './seal-json.js';

/** One node as its latest bundle shows it. */
export interface KeptNode {
  readonly node: string;
  readonly collectedAt: Date;
  readonly bundle: NodeBundle;
  readonly evidence: NodeEvidence;
}

export interface KeptKubeBenchRun {
  readonly result: KubeBenchResult;
  readonly run: KubeBenchRun;
}

export interface KeptCloudDescription {
  readonly stored: StoredCloudDescription;
  readonly description: CloudDescription;
}

/** Opens what is kept of a cluster's nodes. Some megabytes are in memory at a time, and no transaction waits for whoever reads. */
export class KeptNodes {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
  ) {}

  /** Every node once, by name, as it is when its turn comes. */
  async *evidence(tenantId: string, clusterId: string): AsyncGenerator<KeptNode> {
    let after: string | undefined;
    for (;;) {
      const { wrappedDataKey, found } = await this.batch(tenantId, (tx) => tx.nodeEvidence.read(clusterId, after));
      for (const { bundle, sealed } of found) {
        const evidence = await openJson<NodeEvidence>(this.vault, { tenantId, wrappedDataKey, id: bundle.id, field: nodeEvidenceField }, sealed);
        yield { node: bundle.node, collectedAt: bundle.collectedAt, bundle, evidence };
      }
      after = found.at(-1)?.bundle.node;
      if (after === undefined) return;
    }
  }

  /** kube-bench's latest run on each node, by name. */
  async *kubeBench(tenantId: string, clusterId: string): AsyncGenerator<KeptKubeBenchRun> {
    let after: string | undefined;
    for (;;) {
      const { wrappedDataKey, found } = await this.batch(tenantId, (tx) => tx.kubeBenchResults.read(clusterId, after));
      for (const { result, sealed } of found) {
        yield { result, run: await openJson<KubeBenchRun>(this.vault, { tenantId, wrappedDataKey, id: result.id, field: kubeBenchField }, sealed) };
      }
      after = found.at(-1)?.result.node;
      if (after === undefined) return;
    }
  }

  /** What the provider says of the cluster; undefined where nobody has sent it. */
  async cloud(tenantId: string, clusterId: string): Promise<KeptCloudDescription | undefined> {
    const { wrappedDataKey, found } = await this.batch(tenantId, (tx) => tx.cloudDescriptions.get(clusterId));
    if (!found) return undefined;
    const description = await openJson<CloudDescription>(this.vault, { tenantId, wrappedDataKey, id: found.description.id, field: cloudDescriptionField }, found.sealed);
    return { stored: found.description, description };
  }

  private async batch<T>(tenantId: string, read: (tx: TenantTransaction) => Promise<T>): Promise<{ readonly wrappedDataKey: Uint8Array; readonly found: T }> {
    return this.store.inTenant(tenantId, async (tx) => {
      const organisation = await tx.organisation.get();
      if (!organisation) throw notFound('organisation');
      return { wrappedDataKey: organisation.wrappedDataKey, found: await read(tx) };
    });
  }
}
