import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { CloudDescriptionsService } from '#application/nodes/cloud-descriptions.service.js';
import { AsCaller } from '../access/principal.js';
import { CloudDescriptionView } from './cloud-description.view.js';

@Resolver(() => CloudDescriptionView)
export class CloudDescriptionsResolver {
  constructor(private readonly service: CloudDescriptionsService) {}

  @Query(() => CloudDescriptionView, { description: 'What is kept of what the provider says of a cluster.' })
  cloudDescription(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string) {
    return this.service.get(caller, clusterId).then(CloudDescriptionView.of);
  }

  @Mutation(() => ID, { description: "Deletes what is kept of what the provider says of a cluster; answers with the cluster's id." })
  async deleteCloudDescription(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string) {
    await this.service.delete(caller, clusterId);
    return clusterId;
  }
}
