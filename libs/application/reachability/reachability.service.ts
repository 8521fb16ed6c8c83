import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { EvidenceQuestions, FromScan, OfCluster } from '../scans/evidence-questions.js';
import type { MapFormat, PairQuery, ReachabilityAnswers, ReachabilityBasis, ReachabilityQuestions, ReachQuestion } from './reachability-questions.js';

export type Found<Q extends keyof ReachabilityAnswers> = FromScan & ReachabilityBasis & { readonly answer: NonNullable<ReachabilityAnswers[Q]['answer']> };

/** What reaches what in a cluster, by the policies that are evaluated; what no policy is about is not in it. */
export class ReachabilityService {
  constructor(private readonly questions: EvidenceQuestions) {}

  /** Answers each pair, in order. */
  pairs(caller: Caller, of: OfCluster, pairs: readonly PairQuery[]): Promise<Found<'pairs'>> {
    return this.ask(caller, of, 'pairs', pairs);
  }

  /** Throws not-found `party-not-found` where nobody of the name is there. */
  reach(caller: Caller, of: OfCluster, question: ReachQuestion): Promise<Found<'reach'>> {
    return this.ask(caller, of, 'reach', question);
  }

  isolation(caller: Caller, of: OfCluster, party: string): Promise<Found<'isolation'>> {
    return this.ask(caller, of, 'isolation', { party });
  }

  exposure(caller: Caller, of: OfCluster, namespace?: string): Promise<Found<'exposure'>> {
    return this.ask(caller, of, 'exposure', namespace === undefined ? {} : { namespace });
  }

  map(caller: Caller, of: OfCluster, format: MapFormat, namespaces?: readonly string[]): Promise<Found<'map'>> {
    return this.ask(caller, of, 'map', { format, ...(namespaces && { namespaces }) });
  }

  /** What is reachable by the one scan and was not by the other, of the same cluster. */
  difference(caller: Caller, of: OfCluster, before: string): Promise<Found<'difference'>> {
    return this.ask(caller, of, 'difference', {}, before);
  }

  private async ask<Q extends keyof ReachabilityQuestions & keyof ReachabilityAnswers>(caller: Caller, of: OfCluster, ask: Q, question: ReachabilityQuestions[Q], before?: string): Promise<Found<Q>> {
    const { answer: { answer, incomplete }, ...from } = await this.questions.ask(caller, of, 'reachability', ask, question, before);
    if (answer === undefined) throw notFound('party');
    return { answer, incomplete, ...from };
  }
}
