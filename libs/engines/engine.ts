import type { EngineAnswers, EngineName, EngineQuestions } from '#application/ports/engines.js';
import type { PieceSort } from '#inventory/evidence/piece.js';
import type { Inventory } from '#inventory/inventory.js';

/** One engine: the evidence it needs, the index it makes of it once, and how it answers from that. */
export interface Engine<N extends EngineName, I> {
  readonly sorts: ReadonlySet<PieceSort>;
  build(inventory: Inventory): I;
  /** `before` is there for questions that compare two scans. */
  readonly answers: { readonly [Q in keyof EngineQuestions[N]]: (index: I, question: EngineQuestions[N][Q], before?: I) => Q extends keyof EngineAnswers[N] ? EngineAnswers[N][Q] : never };
}

/** An engine whose index only it knows. */
export interface AnyEngine {
  readonly sorts: ReadonlySet<PieceSort>;
  build(inventory: Inventory): unknown;
  readonly answers: Readonly<Record<string, (index: never, question: never, before?: never) => unknown>>;
}
