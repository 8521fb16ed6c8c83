import type { KeptPiece, PieceSort } from '#inventory/evidence/piece.js';
import type { AccessQuery, AccessRequest, Identity } from '#inventory/access/access-facts.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { EngineAnswers, Engines } from '../ports/engines.js';
import type { KeptEvidence, KeptScan } from '../scans/kept-evidence.js';
import type { AccessAnswers, AccessBasis, AccessQuestions, EscalationAnswer, EscalationQuestion, RulesOf } from './access-questions.js';

/** What is asked, and of which scan: the cluster's latest whose evidence is kept, where none is named. */
export interface OfCluster {
  readonly clusterId: string;
  readonly scanId?: string | undefined;
}

/** An answer, and the scan whose evidence it was read from. */
export type FromScan<A> = A & { readonly scanId: string; readonly scannedAt: Date };

/** Who can do what in a cluster, by RBAC alone: Node, ABAC and webhook authorizers may allow more. */
export class AccessService {
  constructor(
    private readonly evidence: KeptEvidence,
    private readonly engines: Engines,
  ) {}

  /** Answers each query, in order. */
  canI(caller: Caller, of: OfCluster, queries: readonly AccessQuery[]): Promise<FromScan<AccessAnswers['can-i']>> {
    return this.ask(caller, of, 'can-i', queries);
  }

  whoCan(caller: Caller, of: OfCluster, request: AccessRequest): Promise<FromScan<AccessAnswers['who-can']>> {
    return this.ask(caller, of, 'who-can', request);
  }

  /** Every rule that holds for a subject; with a namespace, those that hold there. */
  whatCan(caller: Caller, of: OfCluster, subject: Identity, namespace?: string): Promise<FromScan<AccessAnswers['what-can']>> {
    return this.ask(caller, of, 'what-can', { subject, ...(namespace !== undefined && { namespace }) });
  }

  /** Whether the one side's rights hold all of the other's. */
  covers(caller: Caller, of: OfCluster, owner: RulesOf, servant: RulesOf): Promise<FromScan<AccessAnswers['covers']>> {
    return this.ask(caller, of, 'covers', { owner, servant });
  }

  unused(caller: Caller, of: OfCluster): Promise<FromScan<AccessAnswers['unused']>> {
    return this.ask(caller, of, 'unused', {});
  }

  /** The shortest ways to cluster-admin. Throws not-found `workload-not-found` where one is asked for that is not there. */
  async escalationPaths(caller: Caller, of: OfCluster, question: EscalationQuestion): Promise<FromScan<AccessBasis & { readonly escalation: EscalationAnswer }>> {
    const { escalation, ...basis } = await this.askEngine(caller, of, (kept, load) => this.engines.ask<'escalation', 'paths'>({ engine: 'escalation', ask: 'paths', question, scanIds: [kept.scan.id], load }));
    if (!escalation) throw notFound('workload');
    return { ...basis, escalation };
  }

  /** What may be done by the one scan and might not by the other, of the same cluster. */
  async difference(caller: Caller, { clusterId, scanId }: OfCluster, before: string): Promise<FromScan<AccessAnswers['difference']>> {
    caller.may('access:read');
    const { tenantId } = caller;
    const then = await this.evidence.find(tenantId, clusterId, before);
    return this.askEngine(caller, { clusterId, scanId }, (kept) => this.engines.ask<'access', 'difference'>({
      engine: 'access', ask: 'difference', question: {}, scanIds: [kept.scan.id, then.scan.id],
      load: (sorts, id) => this.evidence.open(tenantId, id === kept.scan.id ? kept : then, sorts),
    }));
  }

  private ask<Q extends keyof AccessQuestions & keyof EngineAnswers['access']>(caller: Caller, of: OfCluster, ask: Q, question: AccessQuestions[Q]): Promise<FromScan<AccessAnswers[Q]>> {
    return this.askEngine(caller, of, (kept, load) => this.engines.ask<'access', Q>({ engine: 'access', ask, question, scanIds: [kept.scan.id], load }));
  }

  private async askEngine<A>(caller: Caller, { clusterId, scanId }: OfCluster, ask: (kept: KeptScan, load: Load) => Promise<A>): Promise<FromScan<A>> {
    caller.may('access:read');
    const kept = await this.evidence.find(caller.tenantId, clusterId, scanId);
    const answer = await ask(kept, (sorts) => this.evidence.open(caller.tenantId, kept, sorts));
    return { ...answer, scanId: kept.scan.id, scannedAt: kept.scan.startedAt ?? kept.scan.requestedAt };
  }
}

type Load = (sorts: ReadonlySet<PieceSort>) => Promise<readonly KeptPiece[]>;
