import type { Store } from '../ports/store.js';
import { attestationExpiring } from './benchmark-events.js';
import type { StoredAttestation } from './stored-attestation.js';

/** How long ahead of its end an attestation is told of: long enough to look again. */
export const AHEAD_MS = 14 * 24 * 3_600_000;

/** Of one that is made for less than twice as long, at half its time. */
export const tellAt = ({ createdAt, expiresAt }: Pick<StoredAttestation, 'createdAt' | 'expiresAt'>): Date =>
  new Date(Math.max(expiresAt.getTime() - AHEAD_MS, (createdAt.getTime() + expiresAt.getTime()) / 2));

/** The worker's part: tells once that an attestation is about to end. One that was revoked or replaced meanwhile ends unnoticed. */
export class TellExpiring {
  constructor(private readonly store: Store) {}

  async run(tenantId: string, attestationId: string, now: Date = new Date()): Promise<void> {
    await this.store.inTenant(tenantId, async (tx) => {
      // A second delivery of what is done.
      if (!(await tx.dueWork.lock('attestation.expire', attestationId))) return;
      const attestation = await tx.attestations.lock(attestationId);
      const cluster = attestation && (await tx.clusters.get(attestation.clusterId));
      // The database's clock is ahead of ours: it comes again when its lease ends.
      if (attestation && tellAt(attestation) > now) return;
      await tx.dueWork.complete('attestation.expire', attestationId);
      if (!attestation || !cluster || attestation.revokedAt) return;
      const standing = (await tx.attestations.standing([cluster.id])).find(({ meaning }) => meaning === attestation.meaning);
      if (standing?.id === attestation.id) await tx.events.append([attestationExpiring(cluster, attestation)]);
    });
  }
}
