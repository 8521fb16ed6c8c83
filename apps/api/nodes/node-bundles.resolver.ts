import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { NodeBundlesService } from '#application/nodes/node-bundles.service.js';
import { AsCaller } from '../access/principal.js';
import { NodeBundleHistoryView, nodeBundlePages, NodeBundleView } from './node-bundle.view.js';
import { OfClusterArguments } from './of-cluster.js';

@Resolver(() => NodeBundleView)
export class NodeBundlesResolver {
  constructor(private readonly service: NodeBundlesService) {}

  @Query(() => nodeBundlePages.Connection, { description: 'Of which nodes of a cluster there is evidence, and since when; by name of the node.' })
  nodeBundles(@AsCaller() caller: Caller, @Args() { clusterId, ...page }: OfClusterArguments) {
    return this.service.list(caller, clusterId, page).then(nodeBundlePages.connectionOf);
  }

  @Query(() => NodeBundleHistoryView, { description: 'The last bundles of a node.' })
  nodeBundle(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('node') node: string) {
    return this.service.history(caller, clusterId, node).then(NodeBundleHistoryView.of);
  }

  @Mutation(() => String, { description: 'Deletes the evidence of a node; answers with its name. What was found on a machine outside of the cluster stays open until it is deleted as retired.' })
  async deleteNodeBundle(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('node') node: string, @Args('retired', { type: () => Boolean, defaultValue: false }) retired: boolean) {
    await this.service.delete(caller, clusterId, node, retired);
    return node;
  }
}
