import { Webhook } from 'standardwebhooks';
import type { WebhookMessage } from '#application/ports/webhook-sender.js';

/**
 * Headers of Standard Webhooks 1.0.0, with a `v1` signature for each secret over the very bytes that are sent. During a
 * rotation there are two, and receivers accept either.
 */
export function signedHeaders({ id, sentAt, body, secrets }: Pick<WebhookMessage, 'id' | 'sentAt' | 'body' | 'secrets'>): Readonly<Record<string, string>> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, sentAt, text)).join(' '),
  };
}
