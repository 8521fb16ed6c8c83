import type { EngineName } from '#application/ports/engines.js';
import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';

export interface AskMessage {
  readonly type: 'ask';
  readonly id: number;
  readonly engine: EngineName;
  readonly ask: string;
  readonly question: unknown;
  readonly scanIds: readonly [string, before?: string];
}

export type ToEngine =
  | AskMessage
  | { readonly type: 'evidence'; readonly id: number; readonly pieces: readonly KeptPiece[] }
  /** What was needed cannot be had; the asker has been told. */
  | { readonly type: 'lost'; readonly id: number };

export type FromEngine =
  /** It has started; `id` is of no question. */
  | { readonly type: 'ready'; readonly id: 0 }
  /** An index is not at hand: send these sorts of evidence of the scan. */
  | { readonly type: 'need'; readonly id: number; readonly scanId: string; readonly sorts: ReadonlySet<PieceSort> }
  /** What comes next takes its time: it is for this question. */
  | { readonly type: 'busy'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  /** What was asked for takes more room than there is. */
  | { readonly type: 'too-large'; readonly id: number }
  /** A bug of ours, or evidence that was damaged: the kind of error, and where. */
  | { readonly type: 'failed'; readonly id: number; readonly name: string; readonly frames: string };
