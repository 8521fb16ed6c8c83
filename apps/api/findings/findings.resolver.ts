import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { ControlsService } from '#application/controls/controls.service.js';
import { FindingsService } from '#application/findings/findings.service.js';
import { AsCaller } from '../access/principal.js';
import { ClusterView } from '../clusters/cluster.view.js';
import { ControlView } from '../controls/control.view.js';
import { eventPages } from '../events/event.view.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { ScanView } from '../scans/scan.view.js';
import { FindingHistoryParameters, ListFindingsParameters } from './finding.input.js';
import { findingPages, FindingView } from './finding.view.js';

@Resolver(() => FindingView)
export class FindingsResolver {
  constructor(
    private readonly service: FindingsService,
    private readonly controls: ControlsService,
  ) {}

  @Query(() => findingPages.Connection, { description: 'Findings, worst first, then latest change first.' })
  findings(@AsCaller() caller: Caller, @Args() { first, after, orderBy, ...filter }: ListFindingsParameters) {
    return this.service.list(caller, filter, { first, after }, orderBy).then(findingPages.connectionOf);
  }

  @Query(() => FindingView, { description: 'One finding.' })
  finding(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(FindingView.of);
  }

  @Query(() => eventPages.Connection, { description: 'How a finding came to be, latest first.' })
  findingHistory(@AsCaller() caller: Caller, @Args() { findingId, ...page }: FindingHistoryParameters) {
    return this.service.history(caller, findingId, page).then(eventPages.connectionOf);
  }

  @ResolveField(() => ClusterView, { nullable: true, description: 'Its cluster.' })
  async cluster(@Parent() { clusterId }: FindingView, @Context() { loaders }: GraphqlContext) {
    const cluster = await loaders.cluster.load(clusterId);
    return cluster && ClusterView.of(cluster);
  }

  @ResolveField(() => ControlView, { nullable: true, description: 'The control that fails; null where this release no longer has it.' })
  control(@Parent() { controlId }: FindingView, @AsCaller() caller: Caller) {
    const control = this.controls.list(caller).find(({ id, aliases }) => id === controlId || aliases.includes(controlId));
    return control ? ControlView.of(control) : null;
  }

  @ResolveField(() => ScanView, { nullable: true, description: 'The scan that last changed it.' })
  async lastScan(@Parent() { lastScanId }: FindingView, @Context() { loaders }: GraphqlContext) {
    const scan = await loaders.scan.load(lastScanId);
    return scan && ScanView.of(scan);
  }
}
