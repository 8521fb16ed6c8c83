import { randomUUID } from 'node:crypto';
import { readCloudDescription, type CloudDescription } from '#benchmarks/cloud/cloud-description.js';
import { CloudDescriptionError, type CloudDescriptionFault } from '#benchmarks/cloud/cloud-description-error.js';
import type { CloudProvider } from '#benchmarks/rules/rule.js';
import { invalid, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import { cloudDescriptionField } from './cloud-description.js';
import { KeptNodes, type KeptCloudDescription } from './kept-nodes.js';
import { sealJson } from './seal-json.js';
import { whole } from './whole.js';

const MOST_BYTES = 4 * 1024 * 1024;

const reasons = {
  'not-json': 'cloud-description-not-json',
  'too-large': 'cloud-description-too-large',
  'other-description': 'not-a-cloud-description',
  'other-shape': 'cloud-description-of-another-shape',
} as const satisfies Record<CloudDescriptionFault, string>;

/** Takes what a provider's own command says of a cluster. Of it the fields are kept that items read, and nothing else. */
export class CloudDescriptionsService {
  private readonly kept: KeptNodes;

  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
  ) {
    this.kept = new KeptNodes(store, vault);
  }

  /** Replaces what was kept of the cluster. */
  async upload(caller: Caller, clusterId: string, provider: CloudProvider, bytes: AsyncIterable<Uint8Array>): Promise<KeptCloudDescription> {
    caller.may('scans:write');
    const { tenantId, keyId } = caller;
    const wrappedDataKey = await this.store.inTenant(tenantId, async (tx) => {
      const organisation = await tx.organisation.get();
      if (!organisation || !(await tx.clusters.get(clusterId))) throw notFound('cluster');
      return organisation.wrappedDataKey;
    });
    const description = await read(provider, bytes);
    const id = randomUUID();
    const sealed = await sealJson(this.vault, { tenantId, wrappedDataKey, id, field: cloudDescriptionField }, description);
    const stored = await this.store.inTenant(tenantId, (tx) => tx.cloudDescriptions.keep({ id, clusterId, provider, uploadedBy: keyId }, sealed));
    if (!stored) throw notFound('cluster');
    return { stored, description };
  }

  async get(caller: Caller, clusterId: string): Promise<KeptCloudDescription> {
    caller.may('scans:read');
    if (!(await this.store.inTenant(caller.tenantId, (tx) => tx.clusters.get(clusterId)))) throw notFound('cluster');
    const kept = await this.kept.cloud(caller.tenantId, clusterId);
    if (!kept) throw notFound('cloud-description');
    return kept;
  }

  async delete(caller: Caller, clusterId: string): Promise<void> {
    caller.may('scans:write');
    await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      if (!(await tx.cloudDescriptions.delete(clusterId))) throw notFound('cloud-description');
    });
  }
}

async function read(provider: CloudProvider, bytes: AsyncIterable<Uint8Array>): Promise<CloudDescription> {
  try {
    const all = await whole(bytes, MOST_BYTES, () => new CloudDescriptionError('too-large', `A description has at most ${MOST_BYTES / 1024 / 1024} MiB.`));
    return readCloudDescription(provider, all);
  } catch (error) {
    if (!(error instanceof CloudDescriptionError)) throw error;
    throw invalid(reasons[error.code], error.message);
  }
}
