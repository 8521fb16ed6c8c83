import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { ScansService } from '#application/scans/scans.service.js';
import { AsCaller, callerIn } from '../access/principal.js';
import { ClusterView } from '../clusters/cluster.view.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { Shutdown } from '../http/shutdown.js';
import { Traceparent } from '../http/traceparent.js';
import { followScan } from './follow-scan.js';
import type { ScheduleKind } from '#application/schedules/schedule.js';
import { scheduleKindEnum } from '../schedules/schedule-kind-enum.js';
import { ListScansParameters } from './scan.input.js';
import { scanPages, ScanResultsView, ScanView } from './scan.view.js';

@Resolver(() => ScanView)
export class ScansResolver {
  constructor(
    private readonly service: ScansService,
    private readonly shutdown: Shutdown,
  ) {}

  @Query(() => scanPages.Connection, { description: 'Scans, newest first.' })
  scans(@AsCaller() caller: Caller, @Args() { first, after, ...filter }: ListScansParameters) {
    return this.service.list(caller, filter, { first, after }).then(scanPages.connectionOf);
  }

  @Query(() => ScanView, { description: 'One scan.' })
  scan(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(ScanView.of);
  }

  @Query(() => ScanResultsView, { description: 'What each control says, and what could not be judged.' })
  scanResults(@AsCaller() caller: Caller, @Args('scanId', { type: () => ID }) id: string) {
    return this.service.results(caller, id).then(ScanResultsView.of);
  }

  @Mutation(() => ScanView, { description: 'Scans a cluster: its posture where no kind is given.' })
  requestScan(
    @AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Traceparent() traceparent: string | undefined,
    @Args('kind', { type: () => scheduleKindEnum.members, nullable: true }) kind?: ScheduleKind | null,
  ) {
    return this.service.request(caller, { clusterId, ...(kind && { kind }) }, traceparent).then(ScanView.of);
  }

  @Mutation(() => ScanView, { description: 'Judges the evidence that a scan has kept by the controls of today; resolves nothing.' })
  rejudgeScan(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Traceparent() traceparent: string | undefined) {
    return this.service.rejudge(caller, id, traceparent).then(ScanView.of);
  }

  @Mutation(() => ScanView, { description: 'Cancels a scan; one that has ended is left as it is.' })
  cancelScan(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.cancel(caller, id).then(ScanView.of);
  }

  @Subscription(() => ScanView, { description: 'A scan as it is, then as it changes, until it has ended.', resolve: (scan: ScanView) => scan })
  async scanProgress(@AsCaller() caller: Caller, @Args('scanId', { type: () => ID }) id: string, @Context() { identify }: GraphqlContext) {
    await this.service.get(caller, id);
    const look = async () => this.service.get(callerIn(await identify()), id);
    return shown(followScan({ look, signal: this.shutdown.signal }));
  }

  @ResolveField(() => ClusterView, { nullable: true, description: 'Its cluster; null where that was deleted.' })
  async cluster(@Parent() { clusterId }: ScanView, @Context() { loaders }: GraphqlContext) {
    const cluster = await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }
}

/** The protocol has signs of life of its own. */
async function* shown(scans: ReturnType<typeof followScan>): AsyncGenerator<ScanView> {
  for await (const scan of scans) if (scan) yield ScanView.of(scan);
}
