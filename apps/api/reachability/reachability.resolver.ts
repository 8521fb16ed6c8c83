import { Args, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { ReachabilityService } from '#application/reachability/reachability.service.js';
import { AsCaller } from '../access/principal.js';
import { clusterArgument, scanArgument } from '../scans/of-scan.js';
import { fewItems } from '../schema/few-items.js';
import { PairInput, PairsInput, ReachInput } from './reachability.input.js';
import { ExposureListView, IsolationView, PairAnswersView, ReachabilityDifferenceView, ReachListView, ReachMapView } from './reachability.view.js';

@Resolver()
export class ReachabilityResolver {
  constructor(private readonly service: ReachabilityService) {}

  @Query(() => PairAnswersView, { description: 'Whether up to 100 connections are let through, and by which rules.' })
  reachabilityPairs(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') { pairs }: PairsInput) {
    return this.service.pairs(caller, { clusterId, scanId }, fewItems(pairs, 'pairs').map(PairInput.read)).then(PairAnswersView.of);
  }

  @Query(() => ReachListView, { description: 'All that a party, a namespace or the outside reaches, or that reaches it.' })
  reach(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('input') input: ReachInput) {
    return this.service.reach(caller, { clusterId, scanId }, ReachInput.read(input)).then(ReachListView.of);
  }

  @Query(() => IsolationView, { description: 'Whether anything isolates a pod or workload, `namespace/name`.' })
  isolation(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined, @Args('party') party: string) {
    return this.service.isolation(caller, { clusterId, scanId }, party).then(IsolationView.of);
  }

  @Query(() => ExposureListView, { description: 'From how far each workload can be reached, and by which way.' })
  exposure(
    @AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined,
    @Args('namespace', { type: () => String, nullable: true }) namespace: string | undefined,
  ) {
    return this.service.exposure(caller, { clusterId, scanId }, namespace ?? undefined).then(ExposureListView.of);
  }

  @Query(() => ReachMapView, { description: 'What reaches what, workloads alike put together.' })
  reachabilityMap(
    @AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('scanId', scanArgument) scanId: string | undefined,
    @Args('namespaces', { type: () => [String], nullable: true }) namespaces: string[] | undefined,
  ) {
    return this.service.map(caller, { clusterId, scanId }, 'json', namespaces ?? undefined).then(ReachMapView.of);
  }

  @Query(() => ReachabilityDifferenceView, { description: 'What is reachable that was not at an earlier scan.' })
  reachabilityDifference(@AsCaller() caller: Caller, @Args('clusterId', clusterArgument) clusterId: string, @Args('before', clusterArgument) before: string, @Args('scanId', scanArgument) scanId: string | undefined) {
    return this.service.difference(caller, { clusterId, scanId }, before).then(ReachabilityDifferenceView.of);
  }
}
