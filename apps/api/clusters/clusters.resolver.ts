import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { notFound } from '#application/app-error.js';
import { Caller } from '#application/caller.js';
import { ClustersService } from '#application/clusters/clusters.service.js';
import { AsCaller } from '../access/principal.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { Traceparent } from '../http/traceparent.js';
import { ScanView } from '../scans/scan.view.js';
import { PageParameters } from '../schema/page.js';
import { ConnectionFields, connectionInput, RegisterClusterInput, UpdateClusterInput } from './cluster.input.js';
import { clusterPages, ClusterView, ControlFreshnessView, VerificationView } from './cluster.view.js';

@Resolver(() => ClusterView)
export class ClustersResolver {
  constructor(private readonly service: ClustersService) {}

  @Query(() => clusterPages.Connection, { description: 'Clusters, newest first.' })
  clusters(@AsCaller() caller: Caller, @Args() page: PageParameters) {
    return this.service.list(caller, page).then(clusterPages.connectionOf);
  }

  @Query(() => ClusterView, { description: 'One cluster.' })
  cluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(ClusterView.of);
  }

  @Query(() => VerificationView, { description: 'The latest verification of a cluster.' })
  async clusterVerification(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) id: string) {
    const { verification } = await this.service.get(caller, id);
    if (!verification) throw notFound('verification');
    return VerificationView.of(id, verification);
  }

  @Query(() => [ControlFreshnessView], { description: 'When each control last had good evidence of a cluster.' })
  async clusterFreshness(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) id: string) {
    return (await this.service.freshness(caller, id)).map(ControlFreshnessView.of);
  }

  @Mutation(() => ClusterView, { description: 'Registers a cluster.' })
  registerCluster(@AsCaller() caller: Caller, @Args('input') input: RegisterClusterInput) {
    return this.service.register(caller, RegisterClusterInput.toRegistration(input)).then(ClusterView.of);
  }

  @Mutation(() => ClusterView, { description: 'Changes name, labels or environment.' })
  updateCluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('input') input: UpdateClusterInput) {
    return this.service.update(caller, id, input).then(ClusterView.of);
  }

  @Mutation(() => ClusterView, { description: 'Replaces address and credentials.' })
  rotateClusterCredentials(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('input') input: ConnectionFields) {
    return this.service.rotateCredentials(caller, id, connectionInput(input, '')).then(ClusterView.of);
  }

  @Mutation(() => ClusterView, { description: 'Stops scanning a cluster.' })
  pauseCluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.pause(caller, id).then(ClusterView.of);
  }

  @Mutation(() => ClusterView, { description: 'Scans a paused cluster again.' })
  resumeCluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.resume(caller, id).then(ClusterView.of);
  }

  @Mutation(() => ID, { description: 'Deletes a cluster with its findings, credentials and schedule; answers with its id.' })
  async deleteCluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    await this.service.delete(caller, id);
    return id;
  }

  @Mutation(() => VerificationView, { description: 'Finds out which rights the credentials have; look at `clusterVerification` for the answer.' })
  async verifyCluster(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Traceparent() traceparent: string | undefined) {
    const { verification } = await this.service.verify(caller, id, traceparent);
    if (!verification) throw notFound('verification');
    return VerificationView.of(id, verification);
  }

  @ResolveField(() => ScanView, { nullable: true, description: 'Its last scan.' })
  async lastScan(@Parent() { lastScanId }: ClusterView, @Context() { loaders }: GraphqlContext) {
    const scan = lastScanId === null ? null : await loaders.scan.load(lastScanId);
    return scan && ScanView.of(scan);
  }
}
