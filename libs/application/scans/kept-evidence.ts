import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import { conflict, notFound, type AppError } from '../app-error.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import { pieceField, type EvidencePart } from './evidence.js';
import type { Scan } from './scan.js';

/** A scan whose evidence is kept. */
export interface KeptScan {
  readonly scan: Scan;
  readonly parts: readonly EvidencePart[];
}

export const noEvidence = (): AppError => conflict('no-evidence', 'Nothing is kept of this scan: it did not finish, or its evidence is older than the organisation keeps it.');

/** Pieces a query: some megabytes. */
const BATCH = 200;

/** Finds and opens what scans have kept. */
export class KeptEvidence {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
  ) {}

  /** The scan that is named, or the cluster's latest whose evidence is kept. Throws not-found, or conflict `no-evidence`. */
  async find(tenantId: string, clusterId: string, scanId?: string): Promise<KeptScan> {
    return this.store.inTenant(tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      const id = scanId ?? (await tx.evidence.latest(clusterId));
      if (id === undefined) throw conflict('no-evidence', 'No scan of this cluster has kept its evidence yet. Scan it, or upload a snapshot.');
      const named = await tx.scans.get(id);
      // One that judged another's evidence has none of its own.
      const scan = named?.sourceScanId ? await tx.scans.get(named.sourceScanId) : named;
      if (!scan || scan.clusterId !== clusterId) throw notFound('scan');
      const parts = await tx.evidence.parts(scan.id);
      if (!parts) throw noEvidence();
      return { scan, parts };
    });
  }

  /** The pieces of these sorts, of all sorts where none is named, in their order. */
  async open(tenantId: string, { scan, parts }: KeptScan, sorts?: ReadonlySet<PieceSort>): Promise<readonly KeptPiece[]> {
    const wanted = sorts ? parts.filter(({ sort }) => sorts.has(sort)) : parts;
    const digests = [...new Set(wanted.map(({ digest }) => digest))];
    const opened = new Map<string, Uint8Array>();
    for (let i = 0; i < digests.length; i += BATCH) {
      const batch = digests.slice(i, i + BATCH);
      const { wrappedDataKey, pieces } = await this.store.inTenant(tenantId, async (tx) => {
        const organisation = await tx.organisation.get();
        if (!organisation) throw notFound('organisation');
        return { wrappedDataKey: organisation.wrappedDataKey, pieces: await tx.evidence.pieces(scan.clusterId, batch) };
      });
      for (const { digest, sealed } of pieces) opened.set(digest, await this.vault.openBytes(tenantId, wrappedDataKey, digest, pieceField, sealed));
    }
    return wanted.map(({ sort, items, digest }) => {
      const bytes = opened.get(digest);
      // Retention took it between two of our transactions.
      if (!bytes) throw conflict('no-evidence', 'The evidence of this scan has just been removed: it is older than the organisation keeps it.');
      return { sort, items, bytes };
    });
  }
}
