import type { EngineName } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';

export interface AskMessage {
  readonly type: 'ask';
  readonly id: number;
  readonly engine: EngineName;
  readonly ask: string;
  readonly question: unknown;
  readonly scanId: string;
}

export type ToEngine = AskMessage | { readonly type: 'evidence'; readonly id: number; readonly pieces: readonly KeptPiece[] } | { readonly type: 'forget'; readonly id: number };

export type FromEngine =
  /** The index is not at hand: send these sorts of evidence. */
  | { readonly type: 'need'; readonly id: number; readonly sorts: ReadonlySet<PieceSort> }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  /** A bug of ours, or evidence that was damaged: the kind of error, and where. */
  | { readonly type: 'failed'; readonly id: number; readonly name: string; readonly frames: string };
