import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { DeliveriesService } from '#application/webhooks/deliveries.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { Traceparent } from '../http/traceparent.js';
import { ListDeliveriesParameters } from './webhook.input.js';
import { DeliveryDetailView, deliveryPages, DeliveryView } from './webhook.view.js';

@Controller('v1/deliveries')
@ApiTags('webhooks')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @Operation({ id: 'listDeliveries', summary: 'List deliveries, newest first', scope: 'webhooks:read', returns: deliveryPages.List, problems: [400, 404, 422] })
  list(@AsCaller() caller: Caller, @Query() { first, after, webhookId, state }: ListDeliveriesParameters) {
    return this.deliveries.list(caller, { endpointId: webhookId, state }, { first, after }).then(deliveryPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getDelivery', summary: 'Get a delivery, with what was sent and how it went', scope: 'webhooks:read', returns: DeliveryDetailView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.deliveries.get(caller, id).then(DeliveryDetailView.of);
  }

  @Post(':id/resend')
  @Operation({ id: 'resendDelivery', summary: 'Send a delivery once more', about: 'The same id, the same bytes, and all its retries anew.', scope: 'webhooks:write', status: 202, returns: DeliveryView, problems: [404, 409] })
  resend(@AsCaller() caller: Caller, @Param('id') id: string, @Traceparent() traceparent: string | undefined) {
    return this.deliveries.resend(caller, id, traceparent).then(DeliveryView.of);
  }
}
