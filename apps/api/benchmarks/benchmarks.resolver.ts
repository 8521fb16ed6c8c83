import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { BenchmarkCatalogueService } from '#application/benchmarks/benchmark-catalogue.service.js';
import { BenchmarkRunsService } from '#application/benchmarks/benchmark-runs.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { ClusterView } from '../clusters/cluster.view.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { ClusterItemArguments, ClusterRegressionsArguments, MatrixArguments, RunItemsArguments } from './benchmark.arguments.js';
import { ListRunsParameters } from './benchmark.input.js';
import { BenchmarkDifferenceView, BenchmarkSummaryView, BenchmarkView } from './benchmark.view.js';
import { BenchmarkReportView, BenchmarkRunView, historyPages, itemPages, regressionPages, runPages } from './benchmark-run.view.js';
import { FleetBenchmarkView, MatrixRowView, matrixPages, RunDifferenceView } from './fleet.view.js';

const idArgument = { type: () => ID };
/** A hundred items and more come with each. */
const many = ({ childComplexity }: { readonly childComplexity: number }): number => 20 * childComplexity;

@Resolver(() => BenchmarkView)
export class BenchmarksResolver {
  constructor(
    private readonly catalogue: BenchmarkCatalogueService,
    private readonly runs: BenchmarkRunsService,
  ) {}

  @Query(() => [BenchmarkSummaryView], { description: 'The benchmarks that are carried.' })
  benchmarks(@AsCaller() caller: Caller) {
    return this.catalogue.list(caller).map(BenchmarkSummaryView.of);
  }

  @Query(() => BenchmarkView, { description: 'A benchmark with its items.', complexity: many })
  benchmark(@AsCaller() caller: Caller, @Args('id', idArgument) id: string) {
    return BenchmarkView.of(this.catalogue.get(caller, id));
  }

  @Query(() => BenchmarkDifferenceView, { description: 'What changes where a cluster is judged by `to` instead of `from`.' })
  benchmarkDifference(@AsCaller() caller: Caller, @Args('from', idArgument) from: string, @Args('to', idArgument) to: string) {
    return BenchmarkDifferenceView.of(this.catalogue.difference(caller, from, to));
  }

  // Goes through every cluster.
  @Query(() => FleetBenchmarkView, { description: 'How all clusters together stand by a benchmark, each by its latest run, and where they differ.', complexity: ({ childComplexity }) => 500 + childComplexity })
  benchmarkFleet(@AsCaller() caller: Caller, @Args('benchmarkId', idArgument) id: string) {
    return this.runs.fleet(caller, id).then(FleetBenchmarkView.of);
  }

  @Query(() => matrixPages.Connection, { description: 'Each cluster by each item of a benchmark, by its latest run; clusters newest first.' })
  benchmarkMatrix(@AsCaller() caller: Caller, @Args() { benchmarkId, ...page }: MatrixArguments) {
    return this.runs.matrix(caller, benchmarkId, page).then(matrixPages.connectionOf);
  }
}

@Resolver(() => BenchmarkRunView)
export class BenchmarkRunsResolver {
  constructor(private readonly runs: BenchmarkRunsService) {}

  @Query(() => runPages.Connection, { description: 'Runs of benchmarks, newest first: the trend.' })
  benchmarkRuns(@AsCaller() caller: Caller, @Args() { first, after, ...filter }: ListRunsParameters) {
    return this.runs.list(caller, filter, { first, after }).then(runPages.connectionOf);
  }

  @Query(() => BenchmarkReportView, { description: 'One run, whole.', complexity: many })
  benchmarkRun(@AsCaller() caller: Caller, @Args('id', idArgument) id: string) {
    return this.runs.report(caller, id).then(BenchmarkReportView.of);
  }

  @Query(() => BenchmarkReportView, { description: 'How a cluster stands by its benchmark, by its latest run.', complexity: many })
  clusterBenchmark(@AsCaller() caller: Caller, @Args('clusterId', idArgument) clusterId: string) {
    return this.runs.latest(caller, clusterId).then(BenchmarkReportView.of);
  }

  @Query(() => itemPages.Connection, { description: 'The items of a run with their evidence, subject by subject.' })
  benchmarkRunItems(@AsCaller() caller: Caller, @Args() { runId, first, after, outcome, under }: RunItemsArguments) {
    return this.runs.items(caller, runId, { ...(outcome && { outcomes: outcome }), ...(under !== undefined && { under }) }, { first, after }).then(itemPages.connectionOf);
  }

  @Query(() => historyPages.Connection, { description: 'What the runs of a cluster said of one item, latest first.' })
  benchmarkItemHistory(@AsCaller() caller: Caller, @Args() { clusterId, itemId, ...page }: ClusterItemArguments) {
    return this.runs.history(caller, clusterId, itemId, page).then(historyPages.connectionOf);
  }

  @Query(() => regressionPages.Connection, { description: 'What passed and failed later, newest first.' })
  benchmarkRegressions(@AsCaller() caller: Caller, @Args() { clusterId, isOpen, first, after }: ClusterRegressionsArguments) {
    return this.runs.regressions(caller, clusterId, { ...(isOpen !== undefined && { isOpen }) }, { first, after }).then(regressionPages.connectionOf);
  }

  @Query(() => RunDifferenceView, { description: 'Where a run differs from an earlier one, or from that of another cluster.', complexity: many })
  benchmarkRunDifference(@AsCaller() caller: Caller, @Args('runId', idArgument) runId: string, @Args('from', { ...idArgument, nullable: true }) from?: string | null) {
    return this.runs.difference(caller, runId, from ?? undefined).then(RunDifferenceView.of);
  }

  @ResolveField(() => ClusterView, { nullable: true, description: 'Its cluster.' })
  async cluster(@Parent() { clusterId }: BenchmarkRunView, @Context() { loaders }: GraphqlContext) {
    const cluster = await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }
}

@Resolver(() => MatrixRowView)
export class MatrixRowsResolver {
  @ResolveField(() => ClusterView, { nullable: true, description: 'The cluster; null where that was deleted meanwhile.' })
  async cluster(@Parent() { clusterId }: MatrixRowView, @Context() { loaders }: GraphqlContext) {
    const cluster = await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }
}
