import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import type { AccessAnswers, AccessQuestions, EscalationAnswers, EscalationQuestions } from '../rbac/access-questions.js';
import type { ReachabilityAnswers, ReachabilityQuestions } from '../reachability/reachability-questions.js';

/** What can be asked of a scan's evidence, and the answer to each, as plain data. */
export interface EngineQuestions {
  readonly access: AccessQuestions;
  readonly escalation: EscalationQuestions;
  readonly reachability: ReachabilityQuestions;
}
export interface EngineAnswers {
  readonly access: AccessAnswers;
  readonly escalation: EscalationAnswers;
  readonly reachability: ReachabilityAnswers;
}
export type EngineName = keyof EngineQuestions;

/** One question to one engine. */
export interface EngineCall<N extends EngineName, Q extends keyof EngineQuestions[N] & keyof EngineAnswers[N]> {
  readonly engine: N;
  readonly ask: Q;
  readonly question: EngineQuestions[N][Q];
  /** The scan whose evidence it is asked of, and one to compare it with; a scan's evidence never changes. */
  readonly scanIds: readonly [string, before?: string];
  /** Gets the evidence of one of them, where the engine does not have it at hand. */
  readonly load: (sorts: ReadonlySet<PieceSort>, scanId: string) => Promise<readonly KeptPiece[]>;
}

/** Answers questions on kept evidence, off the event loop and in bounded memory. */
export interface Engines {
  /** Throws unavailable `engine-too-small` or `engine-too-slow` where the evidence is too much for it. */
  ask<N extends EngineName, Q extends keyof EngineQuestions[N] & keyof EngineAnswers[N]>(call: EngineCall<N, Q>): Promise<EngineAnswers[N][Q]>;
}
