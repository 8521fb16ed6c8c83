/** One delivery, ready to be signed and sent. */
export interface WebhookMessage {
  /** The delivery's id, sent as `webhook-id`: the same on every attempt. */
  readonly id: string;
  readonly endpointId: string;
  readonly url: string;
  /** Time of this attempt; receivers refuse old ones. */
  readonly sentAt: Date;
  /** Signed and sent exactly as they are. */
  readonly body: Uint8Array;
  /** Every secret that is valid now; the message is signed with each. */
  readonly secrets: readonly string[];
}

export type WebhookAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  /** No status came: refused address, no connection, no TLS, too slow, reset. `error` is a sentence without secrets. */
  | { readonly kind: 'unanswered'; readonly error: string };

export interface WebhookSender {
  /** One attempt. Throws the signal's reason when it is aborted: the attempt then says nothing about the endpoint. */
  send(message: WebhookMessage, signal: AbortSignal): Promise<WebhookAnswer>;
}
