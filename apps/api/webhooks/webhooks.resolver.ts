import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller } from '#application/caller.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { EndpointsService } from '#application/webhooks/endpoints.service.js';
import { AsCaller } from '../access/principal.js';
import { Traceparent } from '../http/traceparent.js';
import { PageParameters } from '../schema/page.js';
import { CreateWebhookInput, ReplayInput, RotateSecretInput, UpdateWebhookInput } from './webhook.input.js';
import { DeliveryView, ReplayView, webhookPages, WebhookView, WebhookWithSecretView } from './webhook.view.js';

@Resolver(() => WebhookView)
export class WebhooksResolver {
  constructor(
    private readonly service: EndpointsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Query(() => webhookPages.Connection, { description: 'Webhooks, newest first.' })
  webhooks(@AsCaller() caller: Caller, @Args() page: PageParameters) {
    return this.service.list(caller, page).then(webhookPages.connectionOf);
  }

  @Query(() => WebhookView, { description: 'One webhook, without its secret.' })
  webhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(WebhookView.of);
  }

  @Mutation(() => WebhookWithSecretView, { description: 'Creates a webhook, which hears of what happens from now on.' })
  createWebhook(@AsCaller() caller: Caller, @Args('input') input: CreateWebhookInput) {
    return this.service.create(caller, input).then(WebhookWithSecretView.of);
  }

  @Mutation(() => WebhookView, { description: 'Changes a webhook.' })
  updateWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('input') input: UpdateWebhookInput) {
    return this.service.update(caller, id, input).then(WebhookView.of);
  }

  @Mutation(() => ID, { description: 'Deletes a webhook and its deliveries; answers with its id.' })
  async deleteWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    await this.service.delete(caller, id);
    return id;
  }

  @Mutation(() => WebhookView, { description: 'Enables a webhook.' })
  enableWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.enable(caller, id).then(WebhookView.of);
  }

  @Mutation(() => WebhookView, { description: 'Disables a webhook.' })
  disableWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.disable(caller, id).then(WebhookView.of);
  }

  @Mutation(() => WebhookWithSecretView, { description: 'Makes a new signing secret.' })
  rotateWebhookSecret(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('input') input: RotateSecretInput) {
    return this.service.rotateSecret(caller, id, input).then(WebhookWithSecretView.of);
  }

  @Mutation(() => DeliveryView, { description: 'Sends a test message, once.' })
  testWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Traceparent() traceparent: string | undefined) {
    return this.service.test(caller, id, traceparent).then(DeliveryView.of);
  }

  @Mutation(() => ReplayView, { description: 'Tells a webhook again what happened since a place in the feed, or a time.' })
  replayWebhook(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string, @Args('input') input: ReplayInput, @Traceparent() traceparent: string | undefined) {
    return this.deliveries.replay(caller, id, ReplayInput.toStart(input), traceparent).then(ReplayView.of);
  }
}
