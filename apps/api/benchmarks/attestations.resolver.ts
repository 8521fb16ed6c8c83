import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { AttestationsService } from '#application/benchmarks/attestations.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { ClusterAttestationsArguments } from './benchmark.arguments.js';
import { attestationPages, AttestationView, AttestItemInput } from './attestation.view.js';

@Resolver(() => AttestationView)
export class AttestationsResolver {
  constructor(private readonly service: AttestationsService) {}

  @Query(() => attestationPages.Connection, { description: "A cluster's attestations, newest first, with those that are revoked or expired." })
  attestations(@AsCaller() caller: Caller, @Args() { clusterId, item, first, after }: ClusterAttestationsArguments) {
    return this.service.list(caller, { clusterId, ...(item !== undefined && { itemId: item }) }, { first, after }).then(attestationPages.connectionOf);
  }

  @Query(() => AttestationView, { description: 'One attestation.' })
  attestation(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(AttestationView.of);
  }

  @Mutation(() => AttestationView, { description: 'Attests an item that evidence cannot decide.' })
  attestItem(@AsCaller() caller: Caller, @Args('clusterId', { type: () => ID }) clusterId: string, @Args('input') input: AttestItemInput) {
    return this.service.create(caller, clusterId, input).then(AttestationView.of);
  }

  @Mutation(() => AttestationView, { description: 'Revokes an attestation; revoking again changes nothing.' })
  revokeAttestation(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('reason', { type: () => String, nullable: true }) reason?: string | null) {
    return this.service.revoke(caller, id, { ...(reason !== null && reason !== undefined && { reason }) }).then(AttestationView.of);
  }
}
