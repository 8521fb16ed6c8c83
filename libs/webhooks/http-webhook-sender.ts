import type { WebhookAnswer, WebhookMessage, WebhookSender } from '#application/ports/webhook-sender.js';
import type { EgressClient } from '#egress/egress-client.js';
import type { EgressConnection } from '#egress/egress-connection.js';
import { EgressError } from '#egress/egress-error.js';
import type { EgressResponse } from '#egress/egress-response.js';
import { ConnectionCache } from './connection-cache.js';
import { retryAfterMs } from './retry-after.js';
import { signedHeaders } from './signature.js';

export interface HttpWebhookSenderSettings {
  /** For the whole attempt. */
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Connections kept at most, over all endpoints. */
  readonly connections: number;
  /** PEM bundle that replaces the system's trust roots, for an installation whose receivers have a CA of their own. */
  readonly ca?: string;
}

export const httpWebhookSenderDefaults: HttpWebhookSenderSettings = { timeoutMs: 15_000, idleTimeoutMs: 10_000, connections: 64 };

/** What is read of an answer's body, so that its connection can be used again. None of it is kept. */
const LARGEST_ANSWER = 8 * 1024;

/** Posts messages through the guarded door: no redirects, no address that the policy denies. */
export class HttpWebhookSender implements WebhookSender {
  private readonly connections: ConnectionCache;

  constructor(
    egress: EgressClient,
    private readonly settings: HttpWebhookSenderSettings = httpWebhookSenderDefaults,
  ) {
    this.connections = new ConnectionCache(egress, settings.connections, settings.ca);
  }

  async send(message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer> {
    try {
      return await this.connections.use(message.endpointId, message.url, (connection) => this.post(connection, message, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EgressError) return { kind: 'unanswered', error: error.message };
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  private async post(connection: EgressConnection, message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer> {
    const response = await connection.request({
      method: 'POST',
      headers: { ...signedHeaders(message), 'content-type': 'application/json', 'user-agent': 'Bulwark-Webhooks/1' },
      body: message.body,
      timeoutMs: this.settings.timeoutMs,
      idleTimeoutMs: this.settings.idleTimeoutMs,
      // The status counts, however large the body that is announced behind it.
      maxBytes: Number.MAX_SAFE_INTEGER,
      signal,
    });
    const askedMs = retryAfterMs(response.headers['retry-after'], new Date());
    await readAway(response);
    return { kind: 'answered', status: response.status, ...(askedMs === undefined ? {} : { retryAfterMs: askedMs }) };
  }
}

async function readAway(response: EgressResponse): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_ANSWER) break;
    }
  } catch (error) {
    // The receiver has said what it thinks of the message; that its body broke off changes nothing.
    if (!(error instanceof EgressError)) throw error;
  }
}
