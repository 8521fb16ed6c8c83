import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Engines } from '../ports/engines.js';
import type { FromScan, OfCluster } from '../rbac/access.service.js';
import type { KeptEvidence, KeptScan } from '../scans/kept-evidence.js';
import type { MapFormat, PairQuery, ReachabilityAnswers, ReachabilityQuestions, ReachQuestion } from './reachability-questions.js';

type Found<Q extends keyof ReachabilityAnswers> = FromScan<{ readonly answer: NonNullable<ReachabilityAnswers[Q]> }>;

/** What reaches what in a cluster, by the policies that are evaluated; what no policy is about is not in it. */
export class ReachabilityService {
  constructor(
    private readonly evidence: KeptEvidence,
    private readonly engines: Engines,
  ) {}

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

  private async ask<Q extends keyof ReachabilityQuestions & keyof ReachabilityAnswers>(caller: Caller, { clusterId, scanId }: OfCluster, ask: Q, question: ReachabilityQuestions[Q], before?: string): Promise<Found<Q>> {
    caller.may('access:read');
    const { tenantId } = caller;
    const kept = new Map<string, KeptScan>();
    const found = await this.evidence.find(tenantId, clusterId, scanId);
    kept.set(found.scan.id, found);
    const then = before === undefined ? undefined : await this.evidence.find(tenantId, clusterId, before);
    if (then) kept.set(then.scan.id, then);
    const answer = await this.engines.ask<'reachability', Q>({
      engine: 'reachability', ask, question, scanIds: then ? [found.scan.id, then.scan.id] : [found.scan.id],
      load: (sorts, id) => this.evidence.open(tenantId, kept.get(id)!, sorts),
    });
    if (answer === undefined) throw notFound('party');
    return { answer, scanId: found.scan.id, scannedAt: found.scan.startedAt ?? found.scan.requestedAt };
  }
}
