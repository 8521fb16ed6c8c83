import type { EventType } from '#application/events/event.js';
import { deliveryStates, type DeliveryAttempt, type DeliveryState } from '#application/webhooks/delivery.js';
import type { DeliveryEntry, DeliveryWithAttempts, Replay } from '#application/webhooks/deliveries.service.js';
import type { Endpoint } from '#application/webhooks/endpoint.js';
import type { EndpointWithSecret } from '#application/webhooks/endpoints.service.js';
import type { Severity } from '#controls/engine/control.js';
import { severityEnum } from '../controls/control-enums.js';
import { eventTypeEnum } from '../events/event.view.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { View, view } from '../schema/shapes.js';

export const payloadEnum = namedEnum('Payload', ['thin', 'full'] as const satisfies readonly Endpoint['payload'][], 'How much a message says: ids and links, or everything.');
export const deliveryModeEnum = namedEnum('DeliveryMode', ['each', 'batch'] as const satisfies readonly Endpoint['mode'][], 'One message an event, or up to a hundred in one.');
export const deliveryStateEnum = namedEnum('DeliveryState', deliveryStates, 'How far a delivery is.');

@View('Webhook', 'Where an organisation wants to be told.')
export class WebhookView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.text({ about: 'Where messages go.', maxLength: 2_000 })
  readonly url: string;

  @ApiField.text({ about: 'What it is for.' })
  readonly description: string;

  @ApiField.list(oneOf(eventTypeEnum), { about: 'Only these types; null: every type.', isNullable: true })
  readonly eventTypes: readonly EventType[] | null;

  @ApiField.oneOf(severityEnum, { about: 'Only this bad, or worse; null: all.', isNullable: true })
  readonly minSeverity: Severity | null;

  @ApiField.texts({ about: 'Only of clusters that carry all of these labels; null: of all clusters.', isNullable: true })
  readonly clusterLabels: Readonly<Record<string, string>> | null;

  @ApiField.oneOf(payloadEnum, { about: 'How much a message says.' })
  readonly payload: Endpoint['payload'];

  @ApiField.oneOf(deliveryModeEnum, { about: 'How events are put into messages.' })
  readonly mode: Endpoint['mode'];

  @ApiField.bool({ about: "Also tells each finding of a cluster's first complete scan." })
  readonly includeBaseline: boolean;

  @ApiField.bool({ about: 'Whether it is told anything.' })
  readonly isEnabled: boolean;

  @ApiField.bool({ about: 'Plain http, which only a setting of the installation allows.' })
  readonly isInsecure: boolean;

  @ApiField.text({ about: 'Why it is not told anything.', isNullable: true })
  readonly disabledReason: string | null;

  @ApiField.long({ about: 'Place in the feed up to which it has been told.' })
  readonly position: number;

  @ApiField.time({ about: 'Since when every delivery to it fails.', isNullable: true })
  readonly failingSince: Date | null;

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it was last changed.' })
  readonly updatedAt: Date;

  static of(this: void, endpoint: Endpoint): WebhookView {
    const { id, url, description, eventTypes, minSeverity, clusterLabels, payload, mode, includeBaseline } = endpoint;
    const { isEnabled, isInsecure, disabledReason, position, failingSince, createdAt, updatedAt } = endpoint;
    return view(WebhookView, {
      id, url, description, eventTypes, minSeverity, clusterLabels, payload, mode, includeBaseline,
      isEnabled, isInsecure, disabledReason, position, failingSince, createdAt, updatedAt,
    });
  }
}

export const webhookPages = pageViews<Endpoint, WebhookView>('Webhook', WebhookView, WebhookView.of);

@View('WebhookWithSecret', 'A webhook and the secret that signs its messages.')
export class WebhookWithSecretView {
  @ApiField.object(() => WebhookView, { about: 'The webhook.' })
  readonly webhook: WebhookView;

  @ApiField.text({ about: 'Signs the messages (Standard Webhooks). Shown this once.' })
  readonly secret: string;

  static of(this: void, { endpoint, secret }: EndpointWithSecret): WebhookWithSecretView {
    return view(WebhookWithSecretView, { webhook: WebhookView.of(endpoint), secret });
  }
}

@View('Delivery', 'One message to one webhook.')
export class DeliveryView {
  @ApiField.id({ about: 'Its id, sent as `webhook-id`: the same each time it is tried.' })
  readonly id: string;

  @ApiField.id({ about: 'The webhook.' })
  readonly webhookId: string;

  @ApiField.text({ about: 'Type of its one event; `batch` for several, `webhook.test` for a test.' })
  readonly eventType: string;

  @ApiField.int({ about: 'Events in it.' })
  readonly eventCount: number;

  @ApiField.long({ about: 'Place in the feed of its first event; null for a test.', isNullable: true })
  readonly firstPosition: number | null;

  @ApiField.long({ about: 'Place in the feed of its last event; null for a test.', isNullable: true })
  readonly lastPosition: number | null;

  @ApiField.oneOf(deliveryStateEnum, { about: 'How far it is.' })
  readonly state: DeliveryState;

  @ApiField.int({ about: 'How often it was tried.' })
  readonly attemptCount: number;

  @ApiField.time({ about: 'When it is tried next.', isNullable: true })
  readonly nextAttemptAt: Date | null;

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it ended.', isNullable: true })
  readonly finishedAt: Date | null;

  @ApiField.int({ about: 'HTTP status of the last attempt.', isNullable: true, max: 999 })
  readonly lastStatus: number | null;

  @ApiField.text({ about: 'What the last attempt failed of.', isNullable: true })
  readonly lastError: string | null;

  static of(this: void, delivery: DeliveryEntry): DeliveryView {
    const { id, endpointId, eventType, eventCount, firstPosition, lastPosition, state, attempts, nextAttemptAt, createdAt, finishedAt, lastStatus, lastError } = delivery;
    return view(DeliveryView, {
      id, webhookId: endpointId, eventType, eventCount, firstPosition, lastPosition, state, attemptCount: attempts, nextAttemptAt, createdAt, finishedAt, lastStatus, lastError,
    });
  }
}

export const deliveryPages = pageViews<DeliveryEntry, DeliveryView>('Delivery', DeliveryView, DeliveryView.of);

@View('DeliveryAttempt', 'One try of a delivery.')
export class DeliveryAttemptView {
  @ApiField.int({ about: '1, 2, 3 …' })
  readonly number: number;

  @ApiField.time({ about: 'When it began.' })
  readonly at: Date;

  @ApiField.int({ about: 'How long it took, in milliseconds.' })
  readonly durationMs: number;

  @ApiField.int({ about: 'HTTP status; null where no answer came.', isNullable: true, max: 999 })
  readonly status: number | null;

  @ApiField.text({ about: 'What it failed of.', isNullable: true })
  readonly error: string | null;

  static of(this: void, { number, at, durationMs, status, error }: DeliveryAttempt): DeliveryAttemptView {
    return view(DeliveryAttemptView, { number, at, durationMs, status, error });
  }
}

@View('DeliveryDetail', 'A delivery with what was sent and how it went.')
export class DeliveryDetailView {
  @ApiField.object(() => DeliveryView, { about: 'The delivery.' })
  readonly delivery: DeliveryView;

  @ApiField.text({ about: 'The exact text that is signed and sent.' })
  readonly body: string;

  @ApiField.list(object(() => DeliveryAttemptView), { about: 'Its attempts, in order.' })
  readonly attempts: readonly DeliveryAttemptView[];

  static of(this: void, { delivery, attempts }: DeliveryWithAttempts): DeliveryDetailView {
    return view(DeliveryDetailView, { delivery: DeliveryView.of(delivery), body: Buffer.from(delivery.body).toString('utf8'), attempts: attempts.map(DeliveryAttemptView.of) });
  }
}

@View('Replay', 'What a webhook will be told again.')
export class ReplayView {
  @ApiField.long({ about: 'It begins after this place in the feed.' })
  readonly after: number;

  @ApiField.long({ about: 'And goes up to this one.' })
  readonly upTo: number;

  static of(this: void, { after, upTo }: Replay): ReplayView {
    return view(ReplayView, { after, upTo });
  }
}
