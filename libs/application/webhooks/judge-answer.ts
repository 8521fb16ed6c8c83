import type { WebhookAnswer } from '../ports/webhook-sender.js';

/** What an answer means. `gone`: the receiver wants nothing more, ever. */
export type Verdict =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'gone'; readonly error: string }
  | { readonly outcome: 'failed'; readonly error: string; readonly askedMs: number };

/** Statuses by which a receiver says that it is overloaded; only with these its Retry-After counts. */
const overloaded: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const LONGEST_ERROR = 300;

/** Any 2xx took the message. Everything else did not: a redirect too, for it is never followed. */
export function judgeAnswer(answer: WebhookAnswer): Verdict {
  if (answer.kind === 'unanswered') return { outcome: 'failed', error: answer.error.slice(0, LONGEST_ERROR), askedMs: 0 };
  const { status, retryAfterMs = 0 } = answer;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'gone', error: 'answered 410: the receiver wants no more messages' };
  const error = status >= 300 && status < 400 ? `answered ${status}: redirects are not followed; give the final address` : `answered ${status}`;
  return { outcome: 'failed', error, askedMs: overloaded.has(status) ? retryAfterMs : 0 };
}
