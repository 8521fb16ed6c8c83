import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { KubeBenchService } from '#application/nodes/kube-bench.service.js';
import { AsCaller } from '../access/principal.js';
import { kubeBenchPages, KubeBenchReportView } from './kube-bench.view.js';
import { OfClusterArguments } from './of-cluster.js';

@Resolver(() => KubeBenchReportView)
export class KubeBenchResolver {
  constructor(private readonly service: KubeBenchService) {}

  @Query(() => kubeBenchPages.Connection, { description: 'Of which nodes of a cluster there is a report of kube-bench; by name of the node.' })
  kubeBenchReports(@AsCaller() caller: Caller, @Args() { clusterId, ...page }: OfClusterArguments) {
    return this.service.list(caller, clusterId, page).then(kubeBenchPages.connectionOf);
  }

  @Query(() => KubeBenchReportView, { description: 'What is kept of kube-bench on a node.' })
  kubeBenchReport(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('node') node: string) {
    return this.service.get(caller, clusterId, node).then(KubeBenchReportView.of);
  }

  @Mutation(() => String, { description: 'Deletes what is kept of kube-bench on a node; answers with its name.' })
  async deleteKubeBenchReport(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('node') node: string) {
    await this.service.delete(caller, clusterId, node);
    return node;
  }
}
