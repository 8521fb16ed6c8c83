import type { ControlPolicy } from '#controls/engine/world.js';
import type { ClusterConnection, Completeness } from '#application/ports/cluster-collector.js';
import type { KeptPiece } from '#inventory/evidence/piece.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import type { CollectSettings } from './collector/collect-settings.js';
import type { SnapshotSettings } from './snapshot/snapshot-settings.js';

/** One scan as plain data, so that it can go to a thread. Holds credentials: it is never logged or kept. */
export interface ScanRequest {
  readonly source: { readonly kind: 'live'; readonly connection: ClusterConnection; readonly addresses: AddressPolicy } | { readonly kind: 'snapshot'; readonly complete: Completeness } | { readonly kind: 'kept'; readonly pieces: readonly KeptPiece[]; readonly at: number } | { readonly kind: 'nothing' };
  readonly policy: ControlPolicy;
  readonly collect: CollectSettings;
  readonly snapshot: SnapshotSettings;
  /** Digests of the pieces of evidence that need not be handed on again. */
  readonly knownEvidence: readonly string[];
  /** Machines outside of the cluster that are remembered: those of which no evidence comes are lost. */
  readonly knownMachines?: readonly string[];
  /** Nothing is handed on of the facts, and of what controls find only how many fail. */
  readonly discardsEvidence?: boolean;
}
