import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { AsCaller } from '../access/principal.js';
import type { GraphqlContext } from '../graphql/graphql-context.js';
import { Traceparent } from '../http/traceparent.js';
import { ListDeliveriesParameters } from './webhook.input.js';
import { DeliveryDetailView, deliveryPages, DeliveryView, WebhookView } from './webhook.view.js';

@Resolver(() => DeliveryView)
export class DeliveriesResolver {
  constructor(private readonly service: DeliveriesService) {}

  @Query(() => deliveryPages.Connection, { description: 'Deliveries, newest first.' })
  deliveries(@AsCaller() caller: Caller, @Args() { first, after, webhookId, state }: ListDeliveriesParameters) {
    return this.service.list(caller, { endpointId: webhookId, state }, { first, after }).then(deliveryPages.connectionOf);
  }

  @Query(() => DeliveryDetailView, { description: 'One delivery, with what was sent and how it went.' })
  delivery(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(DeliveryDetailView.of);
  }

  @Mutation(() => DeliveryView, { description: 'Sends a delivery once more.' })
  resendDelivery(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Traceparent() traceparent: string | undefined) {
    return this.service.resend(caller, id, traceparent).then(DeliveryView.of);
  }

  @ResolveField(() => WebhookView, { nullable: true, description: 'The webhook it goes to.' })
  async webhook(@Parent() { webhookId }: DeliveryView, @Context() { loaders }: GraphqlContext) {
    const endpoint = await loaders.endpoint.load(webhookId);
    return endpoint && WebhookView.of(endpoint);
  }
}
