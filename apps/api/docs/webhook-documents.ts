import type { OpenAPIObject } from '@nestjs/swagger';
import { eventTypes } from '#application/events/event.js';
import { severities } from '#controls/engine/control.js';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const time: Schema = { type: 'string', format: 'date-time' };
const count: Schema = { type: 'integer', minimum: 0 };
const value: Schema = { type: ['string', 'null'], description: 'The value that decides: of settings that changed, `not set` included; null where the verdict rests on no setting, or the value was not kept; left out of thin payloads.' };
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const object = (required: readonly string[], properties: Readonly<Record<string, Schema>>, description: string, rest: Schema = {}): Schema => ({ type: 'object', description, required, properties, ...rest });

/** Bodies of messages to webhooks, as `libs/application/webhooks/payload.ts` writes them. */
const schemas: Readonly<Record<string, Schema>> = {
  WebhookEventData: object(
    ['isBaseline', 'links'],
    {
      clusterId: { ...uuid, description: 'The cluster it is about.' },
      scanId: { ...uuid, description: 'The scan that noticed.' },
      findingId: { ...uuid, description: 'The finding it is about.' },
      severity: { enum: severities, description: "The finding's severity." },
      isBaseline: { type: 'boolean', description: "Belongs to the cluster's first complete scan." },
      regression: ref('WebhookRegression'),
      links: { type: 'object', additionalProperties: { type: 'string', format: 'uri-reference' }, description: 'Where to read on.' },
      isShortened: { type: 'boolean', description: 'The full payload was too large, so this is the thin one.' },
    },
    'What both payloads say; the full one also says all that the feed says of the event, and explains the control.',
    { additionalProperties: true },
  ),
  WebhookRegression: object(
    ['before', 'after'],
    {
      before: object([], { scanId: { type: ['string', 'null'], format: 'uuid', description: 'The last scan that saw it pass; null where that was before such were kept.' }, at: { ...time, type: ['string', 'null'] }, value }, 'How it was.'),
      after: object([], { scanId: uuid, at: time, value }, 'How it is.'),
      changed: object(['resource', 'part', 'subject', 'at', 'source', 'detail', 'patch'], {
        resource: { type: 'object', description: 'The object.' }, part: text, subject: { ...text, description: 'What of it was judged: a node, or a process on one.' },
        at: { type: ['string', 'null'], description: 'File, flag, object or key that the value is of; several where several changed.' }, source: { type: ['string', 'null'], description: 'What evidence said so.' },
        detail: { type: ['object', 'null'], description: 'What the control found.' }, patch: { type: ['object', 'null'], description: 'The change to the object that puts it back, where one can be computed.' },
      }, 'What changed on which object; left out of thin payloads.'),
    },
    'Of `finding.regressed`: the scan that saw it pass last, the one that sees it fail, and what is known of both. Of `benchmark.item_regressed`: the same by runs, with every subject.',
    { additionalProperties: true },
  ),
  WebhookEvent: object(
    ['id', 'type', 'position', 'timestamp', 'data'],
    {
      id: { ...uuid, description: "The event's id: two messages with the same one tell the same." },
      type: { enum: eventTypes, description: 'What happened.' },
      position: { ...count, format: 'int64', description: 'Its place in the feed.' },
      timestamp: { ...time, description: 'When it happened.' },
      data: ref('WebhookEventData'),
    },
    'One event.',
  ),
  WebhookBatch: object(
    ['type', 'timestamp', 'data'],
    {
      type: { const: 'batch' },
      timestamp: { ...time, description: 'When the message was written.' },
      data: object(['events'], { events: { type: 'array', minItems: 1, maxItems: 100, items: ref('WebhookEvent') } }, "The events, in the feed's order."),
    },
    'Several events in one message.',
  ),
  WebhookTest: object(
    ['id', 'type', 'timestamp', 'data'],
    { id: uuid, type: { const: 'webhook.test' }, timestamp: time, data: object(['endpointId', 'message'], { endpointId: uuid, message: text }, 'The webhook that was tested.') },
    'Shows that a webhook works; it is in no feed.',
  ),
};

const headers = [
  ['webhook-id', 'Id of the delivery, the same each time it is tried: remember it to take a message once only.'],
  ['webhook-timestamp', 'Seconds since 1970 when this try was signed; refuse what is older than five minutes.'],
  ['webhook-signature', 'Signatures by Standard Webhooks, `v1,` and base64, divided by spaces; one that matches is enough.'],
] as const;

function message(operationId: string, summary: string, schema: string): Schema {
  return {
    post: {
      operationId,
      summary,
      tags: ['webhooks'],
      // The signature says who it comes from.
      security: [],
      parameters: headers.map(([name, description]) => ({ name, in: 'header', required: true, description, schema: text })),
      requestBody: { required: true, content: { 'application/json': { schema: ref(schema) } } },
      responses: {
        '2XX': { description: 'Taken. Answer within 15 seconds, and do the work afterwards.' },
        '410': { description: 'Gone for good: the webhook is disabled.' },
        default: { description: 'Not taken: it is tried again later.' },
      },
    },
  };
}

const operationName = (type: string): string => `on${type.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;

/** Adds what webhooks are sent. */
export function webhookDocuments(document: OpenAPIObject): OpenAPIObject {
  const webhooks = {
    ...Object.fromEntries(eventTypes.map((type) => [type, message(operationName(type), `Tells a \`${type}\``, 'WebhookEvent')])),
    batch: message('onBatch', 'Tells several events at once', 'WebhookBatch'),
    'webhook.test': message('onTest', 'A test', 'WebhookTest'),
  };
  const components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas } };
  return { ...document, webhooks, components };
}
