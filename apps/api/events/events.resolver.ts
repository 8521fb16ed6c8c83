import { Args, Context, ID, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { EventsService } from '#application/events/events.service.js';
import { AsCaller, callerIn } from '../access/principal.js';
import { ClusterView } from '../clusters/cluster.view.js';
import { FindingView } from '../findings/finding.view.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { Shutdown } from '../http/shutdown.js';
import { ScanView } from '../scans/scan.view.js';
import { eventPages, EventView, ListEventsParameters } from './event.view.js';
import { followFindings } from './follow-findings.js';

@Resolver(() => EventView)
export class EventsResolver {
  constructor(
    private readonly service: EventsService,
    private readonly shutdown: Shutdown,
  ) {}

  @Query(() => eventPages.Connection, { description: 'The feed: what happened, in order and without gaps. Keep `endCursor` and ask again.' })
  events(@AsCaller() caller: Caller, @Args() parameters: ListEventsParameters) {
    return this.service.feed(caller, parameters).then(eventPages.connectionOf);
  }

  @Query(() => EventView, { description: 'One event.' })
  event(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(EventView.of);
  }

  @Subscription(() => EventView, { description: 'Events of findings as they happen, of one cluster or of all.', resolve: (event: EventView) => event })
  async findingsChanged(
    @AsCaller() caller: Caller,
    @Context() { identify }: GraphqlContext,
    @Args('clusterId', { type: () => ID, nullable: true }) clusterId?: string,
  ) {
    const start = await this.service.lastPosition(caller);
    const read = async (after: number) => this.service.feed(callerIn(await identify()), { after: String(after), first: 100 });
    return followFindings({ read, start, clusterId: clusterId ?? undefined, signal: this.shutdown.signal });
  }

  @ResolveField(() => ClusterView, { nullable: true, description: 'The cluster it is about; null where that was deleted.' })
  async cluster(@Parent() { clusterId }: EventView, @Context() { loaders }: GraphqlContext) {
    const cluster = clusterId === null ? null : await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }

  @ResolveField(() => ScanView, { nullable: true, description: 'The scan that noticed.' })
  async scan(@Parent() { scanId }: EventView, @Context() { loaders }: GraphqlContext) {
    const scan = scanId === null ? null : await loaders.scan.load(scanId);
    return scan && ScanView.of(scan);
  }

  @ResolveField(() => FindingView, { nullable: true, description: 'The finding as it is now; null where it was deleted with its cluster.' })
  async finding(@Parent() { findingId }: EventView, @Context() { loaders }: GraphqlContext) {
    const finding = findingId === null ? null : await loaders.finding.load(findingId);
    return finding && FindingView.of(finding);
  }
}
