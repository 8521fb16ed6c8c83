import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { notFound } from '#application/app-error.js';
import { Caller } from '#application/caller.js';
import { FrameworksService } from '#application/frameworks/frameworks.service.js';
import { AsCaller } from '../access/principal.js';
import { ClusterView } from '../clusters/cluster.view.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { ClusterStandingsParameters, ClusterStandingView, FleetReportView, FrameworkReportView, standingPages } from './framework-report.view.js';
import { FrameworkView } from './framework.view.js';

const idArgument = { type: () => ID };

@Resolver(() => FrameworkView)
export class FrameworksResolver {
  constructor(private readonly service: FrameworksService) {}

  @Query(() => [FrameworkView], { description: 'Frameworks with their items, and the controls that answer them.' })
  frameworks(@AsCaller() caller: Caller) {
    return this.service.list(caller).map(FrameworkView.of);
  }

  @Query(() => FrameworkView, { description: 'One framework.' })
  framework(@AsCaller() caller: Caller, @Args('id', idArgument) id: string) {
    return FrameworkView.of(this.service.get(caller, id));
  }

  @Query(() => FrameworkReportView, { description: 'How a cluster stands by a framework, by its latest scan or the one that is named.', complexity: ({ childComplexity }) => 20 * childComplexity })
  frameworkReport(
    @AsCaller() caller: Caller, @Args('clusterId', idArgument) clusterId: string, @Args('frameworkId', idArgument) frameworkId: string,
    @Args('scan', { ...idArgument, nullable: true }) scanId?: string | null,
  ) {
    return this.service.report(caller, { clusterId, frameworkId, scanId: scanId ?? undefined }).then(FrameworkReportView.of);
  }

  // Goes through every cluster.
  @Query(() => FleetReportView, { description: 'How all clusters together stand by a framework, each by its latest scan.', complexity: ({ childComplexity }) => 500 + childComplexity })
  fleetReport(@AsCaller() caller: Caller, @Args('frameworkId', idArgument) id: string) {
    return this.service.fleet(caller, id).then(FleetReportView.of);
  }

  @Query(() => standingPages.Connection, { description: 'How each cluster stands by a framework, by its latest scan; clusters newest first.' })
  clusterStandings(@AsCaller() caller: Caller, @Args() { frameworkId, ...page }: ClusterStandingsParameters) {
    return this.service.ofClusters(caller, frameworkId, page).then(standingPages.connectionOf);
  }
}

@Resolver(() => ClusterStandingView)
export class ClusterStandingsResolver {
  @ResolveField(() => ClusterView, { nullable: true, description: 'Its cluster; null where that was deleted.' })
  async cluster(@Parent() { clusterId }: ClusterStandingView, @Context() { loaders }: GraphqlContext) {
    const cluster = await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }
}

@Resolver(() => ClusterView)
export class ClusterReportsResolver {
  // A hundred items and more come with each.
  @ResolveField(() => FrameworkReportView, { description: 'How it stands by a framework, by its latest scan.', complexity: ({ childComplexity }) => 20 * childComplexity })
  async frameworkReport(@Parent() { id: clusterId }: ClusterView, @Context() { loaders }: GraphqlContext, @Args('frameworkId', idArgument) frameworkId: string) {
    const report = await loaders.frameworkReport.load({ clusterId, frameworkId });
    if (!report) throw notFound('cluster');
    return FrameworkReportView.of(report);
  }
}
