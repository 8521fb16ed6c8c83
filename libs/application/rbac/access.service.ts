import type { AccessQuery, AccessRequest, Identity } from '#inventory/access/access-facts.js';
import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { EvidenceQuestions, FromScan, OfCluster } from '../scans/evidence-questions.js';
import type { AccessAnswers, AccessBasis, AccessQuestions, EscalationAnswer, EscalationQuestion, RulesOf } from './access-questions.js';

export type Answered<Q extends keyof AccessAnswers> = FromScan & AccessAnswers[Q];

/** Who can do what in a cluster, by RBAC alone: Node, ABAC and webhook authorizers may allow more. */
export class AccessService {
  constructor(private readonly questions: EvidenceQuestions) {}

  /** Answers each query, in order. */
  canI(caller: Caller, of: OfCluster, queries: readonly AccessQuery[]): Promise<Answered<'can-i'>> {
    return this.ask(caller, of, 'can-i', queries);
  }

  whoCan(caller: Caller, of: OfCluster, request: AccessRequest): Promise<Answered<'who-can'>> {
    return this.ask(caller, of, 'who-can', request);
  }

  /** Every rule that holds for a subject; with a namespace, those that hold there. */
  whatCan(caller: Caller, of: OfCluster, subject: Identity, namespace?: string): Promise<Answered<'what-can'>> {
    return this.ask(caller, of, 'what-can', { subject, ...(namespace !== undefined && { namespace }) });
  }

  /** Whether the one side's rights hold all of the other's. */
  covers(caller: Caller, of: OfCluster, owner: RulesOf, servant: RulesOf): Promise<Answered<'covers'>> {
    return this.ask(caller, of, 'covers', { owner, servant });
  }

  unused(caller: Caller, of: OfCluster): Promise<Answered<'unused'>> {
    return this.ask(caller, of, 'unused', {});
  }

  /** Roles of exactly what a subject was seen to use, as far as it may. `byName`: of those objects alone. */
  rightSize(caller: Caller, of: OfCluster, subject: Identity, used: readonly AccessRequest[], byName: boolean): Promise<Answered<'right-size'>> {
    return this.ask(caller, of, 'right-size', { subject, used, byName });
  }

  /** The shortest ways to cluster-admin. Throws not-found `workload-not-found` where one is asked for that is not there. */
  async escalationPaths(caller: Caller, of: OfCluster, question: EscalationQuestion): Promise<FromScan & AccessBasis & { readonly escalation: EscalationAnswer }> {
    const { answer: { escalation, ...basis }, ...from } = await this.questions.ask(caller, of, 'escalation', 'paths', question);
    if (!escalation) throw notFound('workload');
    return { ...basis, escalation, ...from };
  }

  /** What may be done by the one scan and might not by the other, of the same cluster. */
  difference(caller: Caller, of: OfCluster, before: string): Promise<Answered<'difference'>> {
    return this.ask(caller, of, 'difference', {}, before);
  }

  private async ask<Q extends keyof AccessQuestions & keyof AccessAnswers>(caller: Caller, of: OfCluster, ask: Q, question: AccessQuestions[Q], before?: string): Promise<Answered<Q>> {
    const { answer, ...from } = await this.questions.ask(caller, of, 'access', ask, question, before);
    return { ...answer, ...from };
  }
}
