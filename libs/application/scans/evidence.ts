import type { PieceSort } from '#inventory/evidence/piece.js';

/** One piece of a scan's evidence as it is named: a digest of its text, and what it holds. */
export interface EvidencePart {
  readonly sort: PieceSort;
  readonly items: number;
  /** The first 128 bits of the text's SHA-256, in the form of a UUID. */
  readonly digest: string;
}

/** A part as a scan hands it on; without bytes where the cluster's memory has it already. */
export interface FreshEvidence extends EvidencePart {
  /** The text, compressed. */
  readonly bytes?: Uint8Array;
}

/** A part that is new to the cluster's memory, encrypted. */
export interface SealedPiece {
  readonly digest: string;
  readonly sealed: Uint8Array;
}

/** What binds a sealed piece to its place. */
export const pieceField = 'evidence_pieces.sealed';
