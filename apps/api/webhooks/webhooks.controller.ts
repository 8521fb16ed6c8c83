import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller } from '#application/caller.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { EndpointsService } from '#application/webhooks/endpoints.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { Traceparent } from '../http/traceparent.js';
import { PageParameters } from '../schema/page.js';
import { CreateWebhookInput, ReplayInput, RotateSecretInput, UpdateWebhookInput } from './webhook.input.js';
import { DeliveryView, ReplayView, webhookPages, WebhookView, WebhookWithSecretView } from './webhook.view.js';

@Controller('v1/webhooks')
@ApiTags('webhooks')
export class WebhooksController {
  constructor(
    private readonly endpoints: EndpointsService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Post()
  @Operation({ id: 'createWebhook', summary: 'Create a webhook', about: 'It hears of what happens from now on.', scope: 'webhooks:write', status: 201, returns: WebhookWithSecretView, headers: { Location: 'Address of the webhook.' }, problems: [400, 409, 413, 415, 422] })
  async create(@AsCaller() caller: Caller, @Body() input: CreateWebhookInput, @Res({ passthrough: true }) reply: FastifyReply) {
    const made = await this.endpoints.create(caller, input);
    void reply.header('location', `/v1/webhooks/${made.endpoint.id}`);
    return WebhookWithSecretView.of(made);
  }

  @Get()
  @Operation({ id: 'listWebhooks', summary: 'List webhooks, newest first', scope: 'webhooks:read', returns: webhookPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() page: PageParameters) {
    return this.endpoints.list(caller, page).then(webhookPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getWebhook', summary: 'Get a webhook, without its secret', scope: 'webhooks:read', returns: WebhookView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.endpoints.get(caller, id).then(WebhookView.of);
  }

  @Patch(':id')
  @Operation({ id: 'updateWebhook', summary: 'Change a webhook', about: 'Holds for events that come.', scope: 'webhooks:write', returns: WebhookView, problems: [400, 404, 413, 415, 422] })
  update(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: UpdateWebhookInput) {
    return this.endpoints.update(caller, id, input).then(WebhookView.of);
  }

  @Delete(':id')
  @Operation({ id: 'deleteWebhook', summary: 'Delete a webhook and its deliveries', scope: 'webhooks:write', status: 204, problems: [404] })
  delete(@AsCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.endpoints.delete(caller, id);
  }

  @Post(':id/enable')
  @Operation({ id: 'enableWebhook', summary: 'Enable a webhook', about: 'It hears of what happens from now on; what it missed can be replayed.', scope: 'webhooks:write', returns: WebhookView, problems: [404] })
  enable(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.endpoints.enable(caller, id).then(WebhookView.of);
  }

  @Post(':id/disable')
  @Operation({ id: 'disableWebhook', summary: 'Disable a webhook', about: 'Deliveries that wait are abandoned; they can be sent again later.', scope: 'webhooks:write', returns: WebhookView, problems: [404] })
  disable(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.endpoints.disable(caller, id).then(WebhookView.of);
  }

  @Post(':id/rotate-secret')
  @Operation({ id: 'rotateWebhookSecret', summary: 'Get a new signing secret', about: 'The one before it signs too for a while, so that a receiver can change over.', scope: 'webhooks:write', returns: WebhookWithSecretView, problems: [400, 404, 413, 415, 422] })
  rotateSecret(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: RotateSecretInput) {
    return this.endpoints.rotateSecret(caller, id, input).then(WebhookWithSecretView.of);
  }

  @Post(':id/test')
  @Operation({ id: 'testWebhook', summary: 'Send a test message', about: 'Sent once and not tried again; look at the delivery for how it went.', scope: 'webhooks:write', status: 202, returns: DeliveryView, headers: { Location: 'Address of the delivery.' }, problems: [404, 409] })
  async test(@AsCaller() caller: Caller, @Param('id') id: string, @Traceparent() traceparent: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    const delivery = await this.endpoints.test(caller, id, traceparent);
    void reply.header('location', `/v1/deliveries/${delivery.id}`);
    return DeliveryView.of(delivery);
  }

  @Post(':id/replay')
  @Operation({ id: 'replayWebhook', summary: 'Tell a webhook again what happened since a place in the feed, or a time', scope: 'webhooks:write', status: 202, returns: ReplayView, problems: [400, 404, 409, 413, 415, 422] })
  replay(@AsCaller() caller: Caller, @Param('id') id: string, @Body() input: ReplayInput, @Traceparent() traceparent: string | undefined) {
    return this.deliveries.replay(caller, id, ReplayInput.toStart(input), traceparent).then(ReplayView.of);
  }
}
