import type { ListedKey } from '../inventory.js';

/**
 * What a piece holds: the head (cluster, outcomes, components, kubelets), what the API server showed the probe, one of the lists, or a part of the workloads.
 * `exposures` are the places of credentials in plain text, without them. `networks` are the few fields of the templates that the network sees, `identities` the pods' names and addresses. `node-evidence` is what collectors saw on nodes.
 */
export type PieceSort = 'head' | 'probe' | 'workloads' | 'templates' | 'networks' | 'pods' | 'identities' | 'exposures' | 'node-evidence' | ListedKey;

/**
 * Some of the facts of a scan, in an order that does not depend on how they were read. Facts that did not change
 * between two scans make equal texts.
 */
export interface Piece {
  readonly sort: PieceSort;
  /** Facts, templates, workloads, or workloads whose pods these are. */
  readonly items: number;
  /** JSON. */
  readonly text: string;
}

/** A piece as it is kept: its text compressed. */
export interface KeptPiece {
  readonly sort: PieceSort;
  readonly items: number;
  readonly bytes: Uint8Array;
}
