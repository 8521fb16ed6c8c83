import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { EnrolmentKeysService } from '#application/nodes/enrolment-keys.service.js';
import { AsCaller } from '../access/principal.js';
import { CreatedEnrolmentKeyView, CreateEnrolmentKeyInput, enrolmentKeyPages, EnrolmentKeyView } from './enrolment-key.view.js';
import { OfClusterArguments } from './of-cluster.js';

@Resolver(() => EnrolmentKeyView)
export class EnrolmentKeysResolver {
  constructor(private readonly service: EnrolmentKeysService) {}

  @Query(() => enrolmentKeyPages.Connection, { description: "A cluster's enrolment keys, newest first." })
  enrolmentKeys(@AsCaller() caller: Caller, @Args() { clusterId, ...page }: OfClusterArguments) {
    return this.service.list(caller, clusterId, page).then(enrolmentKeyPages.connectionOf);
  }

  @Query(() => EnrolmentKeyView, { description: 'One enrolment key, without its secret.' })
  enrolmentKey(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(EnrolmentKeyView.of);
  }

  @Mutation(() => CreatedEnrolmentKeyView, { description: "Creates a key that a cluster's node collectors sign with." })
  createEnrolmentKey(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('input') input: CreateEnrolmentKeyInput) {
    return this.service.create(caller, clusterId, input).then(CreatedEnrolmentKeyView.of);
  }

  @Mutation(() => EnrolmentKeyView, { description: 'Revokes an enrolment key. Counts at once and cannot be undone.' })
  revokeEnrolmentKey(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.revoke(caller, id).then(EnrolmentKeyView.of);
  }
}
