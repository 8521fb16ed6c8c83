import type { Caller } from '../caller.js';
import type { EngineAnswers, EngineName, EngineQuestions, Engines } from '../ports/engines.js';
import type { KeptEvidence } from './kept-evidence.js';

/** What is asked, and of which scan: the cluster's latest whose evidence is kept, where none is named. */
export interface OfCluster {
  readonly clusterId: string;
  readonly scanId?: string | undefined;
}

/** The scan whose evidence an answer was read from. */
export interface FromScan {
  readonly scanId: string;
  readonly scannedAt: Date;
}

/** Asks engines of what scans of the caller's organisation have kept. */
export class EvidenceQuestions {
  constructor(
    private readonly evidence: KeptEvidence,
    private readonly engines: Engines,
  ) {}

  /** With `before`, of two scans of the cluster. Throws what `KeptEvidence.find` and the engines throw. */
  async ask<N extends EngineName, Q extends keyof EngineQuestions[N] & keyof EngineAnswers[N]>(
    caller: Caller, { clusterId, scanId }: OfCluster, engine: N, ask: Q, question: EngineQuestions[N][Q], before?: string,
  ): Promise<FromScan & { readonly answer: EngineAnswers[N][Q] }> {
    caller.may('access:read');
    const { tenantId } = caller;
    const now = await this.evidence.find(tenantId, clusterId, scanId);
    const then = before === undefined ? undefined : await this.evidence.find(tenantId, clusterId, before);
    const answer = await this.engines.ask<N, Q>({
      engine, ask, question, scanIds: then ? [now.scan.id, then.scan.id] : [now.scan.id],
      load: (sorts, id) => this.evidence.open(tenantId, then && id === then.scan.id ? then : now, sorts),
    });
    return { answer, scanId: now.scan.id, scannedAt: now.scan.startedAt ?? now.scan.requestedAt };
  }
}
