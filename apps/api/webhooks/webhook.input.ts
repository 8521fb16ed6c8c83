import { invalid } from '#application/app-error.js';
import { eventTypes, type EventType } from '#application/events/event.js';
import type { DeliveryState } from '#application/webhooks/delivery.js';
import type { ReplayFrom } from '#application/webhooks/deliveries.service.js';
import type { Endpoint } from '#application/webhooks/endpoint.js';
import { DEFAULT_OVERLAP_HOURS, LONGEST_OVERLAP_HOURS, type CreateEndpoint, type EndpointChange } from '#application/webhooks/endpoints.service.js';
import type { Severity } from '#controls/engine/control.js';
import { severityEnum } from '../controls/control-enums.js';
import { eventTypeEnum } from '../events/event.view.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf } from '../schema/field-type.js';
import { PageParameters } from '../schema/page.js';
import { Input, Parameters } from '../schema/shapes.js';
import { deliveryModeEnum, deliveryStateEnum, payloadEnum } from './webhook.view.js';

@Input('UpdateWebhookInput', 'What to change; what is left out stays.')
export class UpdateWebhookInput implements EndpointChange {
  @ApiField.text({ about: 'Where messages go.', isOptional: true, minLength: 1, maxLength: 2_000, example: 'https://hooks.example.com/bulwark' })
  readonly url?: string;

  @ApiField.text({ about: 'What it is for.', isOptional: true, maxLength: 200 })
  readonly description?: string;

  @ApiField.list(oneOf(eventTypeEnum), { about: 'Only these types; null: every type.', isOptional: true, isNullable: true, max: eventTypes.length })
  readonly eventTypes?: readonly EventType[] | null;

  @ApiField.oneOf(severityEnum, { about: 'Only this bad, or worse; null: all.', isOptional: true, isNullable: true })
  readonly minSeverity?: Severity | null;

  @ApiField.texts({ about: 'Only of clusters that carry all of these labels; null: of all clusters.', isOptional: true, isNullable: true, max: 50 })
  readonly clusterLabels?: Readonly<Record<string, string>> | null;

  @ApiField.oneOf(payloadEnum, { about: 'How much a message says.', isOptional: true })
  readonly payload?: Endpoint['payload'];

  @ApiField.oneOf(deliveryModeEnum, { about: 'How events are put into messages.', isOptional: true })
  readonly mode?: Endpoint['mode'];

  @ApiField.bool({ about: "Also tells each finding of a cluster's first complete scan.", isOptional: true })
  readonly includeBaseline?: boolean;
}

@Input('CreateWebhookInput', 'Where to be told, and of what. Where not given: everything, in full, in batches.')
export class CreateWebhookInput extends UpdateWebhookInput implements CreateEndpoint {
  @ApiField.text({ about: 'Where messages go.', minLength: 1, maxLength: 2_000, example: 'https://hooks.example.com/bulwark' })
  declare readonly url: string;
}

@Input('RotateSecretInput', 'How to change over.')
export class RotateSecretInput {
  @ApiField.int({ about: 'For how long the secret before it signs too.', isOptional: true, min: 0, max: LONGEST_OVERLAP_HOURS, default: DEFAULT_OVERLAP_HOURS })
  readonly overlapHours?: number;
}

@Input('ReplayInput', 'Where to begin: a place in the feed, or a time.')
export class ReplayInput {
  @ApiField.long({ about: 'With the first event after this place; 0: with the first that is kept.', isOptional: true })
  readonly position?: number;

  @ApiField.time({ about: 'With the first event at this time or later.', isOptional: true })
  readonly time?: Date;

  static toStart(this: void, { position, time }: ReplayInput): ReplayFrom {
    if (position !== undefined && time === undefined) return { position };
    if (time !== undefined && position === undefined) return { time };
    throw invalid('invalid-replay', 'Say where to begin.', [{ pointer: '', detail: 'either a position or a time' }]);
  }
}

@Parameters()
export class ListDeliveriesParameters extends PageParameters {
  @ApiField.id({ about: 'Only to this webhook.', isOptional: true })
  readonly webhookId?: string;

  @ApiField.oneOf(deliveryStateEnum, { about: 'Only in this state.', isOptional: true })
  readonly state?: DeliveryState;
}
