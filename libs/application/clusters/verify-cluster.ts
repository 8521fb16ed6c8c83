import { CollectionError, type ClusterCollector, type Verification } from '../ports/cluster-collector.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import { storable } from '../storable.js';
import { learnedFacts } from './learned-facts.js';
import { openConnection } from './sealed-connection.js';

const MOST_ATTEMPTS = 5;
const crashed: Verification = { reachable: false, problem: { reason: 'verification-crashed', detail: `The worker ended ${MOST_ATTEMPTS} times before the verification did.` }, rights: [] };

/** The worker's part of a verification. Safe to run again: the later answer replaces the earlier. */
export class VerifyCluster {
  constructor(
    private readonly store: Store,
    private readonly collector: ClusterCollector,
    private readonly vault: CredentialVault,
  ) {}

  async run(tenantId: string, clusterId: string, signal: AbortSignal): Promise<void> {
    const loaded = await this.store.inTenant(tenantId, async (tx) => {
      const cluster = await tx.clusters.get(clusterId);
      const organisation = await tx.organisation.get();
      const attempt = await tx.dueWork.beginAttempt('cluster.verify', clusterId);
      if (!cluster || !organisation || attempt === undefined) return undefined;
      return { attempt, requestedAt: cluster.verification?.requestedAt, wrappedDataKey: organisation.wrappedDataKey, sealed: await tx.clusters.credentials(clusterId) };
    });
    if (!loaded) return;

    const result = loaded.attempt > MOST_ATTEMPTS ? crashed : storable(await this.verify({ tenantId, clusterId, ...loaded }, signal));
    const finishedAt = new Date().toISOString();
    await this.store.inTenant(tenantId, async (tx) => {
      const cluster = await tx.clusters.lock(clusterId);
      // Asked again meanwhile: that request's own run answers it.
      if (!cluster || cluster.verification?.requestedAt !== loaded.requestedAt) return;
      await tx.clusters.update(clusterId, {
        verification: { state: 'done', requestedAt: loaded.requestedAt ?? finishedAt, finishedAt, result },
        ...(result.cluster && learnedFacts(cluster, result.cluster)),
      });
      await tx.dueWork.complete('cluster.verify', clusterId);
    });
  }

  private async verify(of: Parameters<typeof openConnection>[1], signal: AbortSignal): Promise<Verification> {
    try {
      return await this.collector.verify(await openConnection(this.vault, of), signal);
    } catch (error) {
      if (!(error instanceof CollectionError)) throw error;
      return { reachable: false, problem: { reason: error.reason, detail: error.message }, rights: [] };
    }
  }
}
