import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUNDLE_MEDIA_TYPE, bundlePath } from '#nodes/wire/bundle-header.js';

/** The server said no, or was not there. `isFinal` where asking again cannot help. */
export class UploadError extends Error {
  constructor(
    message: string,
    readonly isFinal: boolean,
    /** Milliseconds that the server asked to wait. */
    readonly wait?: number,
  ) {
    super(message);
    this.name = 'UploadError';
  }
}

export interface Destination {
  readonly url: URL;
  readonly cluster: string;
  /** PEM; the usual authorities where left out. */
  readonly authorities?: string;
  readonly userAgent: string;
}

export interface Patience {
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled for each after, up to `longest`. */
  readonly first: number;
  readonly longest: number;
  /** Milliseconds for one attempt. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

export const patience: Patience = { attempts: 5, first: 1_000, longest: 60_000, timeout: 30_000 };

const MOST_ANSWER = 64 * 1024;
const again = new Set([408, 425, 429]);

/** Sends a bundle until it was taken. Throws the last `UploadError`. */
export async function upload(bundle: Buffer, destination: Destination, { attempts, first, longest, timeout, signal }: Patience = patience): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptUpload(bundle, destination, timeout, signal);
    } catch (error) {
      if (!(error instanceof UploadError) || error.isFinal || attempt >= attempts) throw error;
      // Nodes that failed together must not come back together.
      const backoff = Math.min(longest, first * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      await sleep(Math.min(longest, Math.max(backoff, error.wait ?? 0)), undefined, { ...(signal && { signal }) });
    }
  }
}

async function attemptUpload(bundle: Buffer, { url, cluster, authorities, userAgent }: Destination, timeout: number, signal: AbortSignal | undefined): Promise<void> {
  const target = new URL(url.pathname.replace(/\/$/, '') + bundlePath(cluster), url);
  const isTls = target.protocol === 'https:';
  // Agents of its own: no proxy is taken from the environment, and no connection is kept.
  const agent = isTls ? new HttpsAgent({ rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(authorities !== undefined && { ca: authorities }) }) : new HttpAgent();
  const stop = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = (isTls ? httpsRequest : httpRequest)(target, {
        method: 'POST',
        agent,
        signal: stop,
        headers: { 'content-type': BUNDLE_MEDIA_TYPE, 'content-length': bundle.length, accept: 'application/problem+json, application/json', 'user-agent': userAgent },
      }, resolve);
      outgoing.on('error', reject);
      outgoing.end(bundle);
    });
    await judge(response);
  } catch (error) {
    if (error instanceof UploadError) throw error;
    throw new UploadError(reached(target, error, signal), signal?.aborted === true);
  } finally {
    agent.destroy();
  }
}

async function judge(response: IncomingMessage): Promise<void> {
  const status = response.statusCode ?? 0;
  const text = await bodyOf(response);
  if (status >= 200 && status < 300) return;
  const problem = problemOf(text);
  // An answer that was lost on its way back: the server has the bundle.
  if (status === 409 && problem.type.endsWith('already-received')) return;
  if (status >= 300 && status < 400) throw new UploadError('The server sends elsewhere, which is not followed. Give --server the address that answers itself.', true);
  const message = `The server answered ${status}${problem.detail === '' ? '' : `: ${problem.detail}`}`;
  throw new UploadError(message, status < 500 && !again.has(status), retryAfter(response));
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_ANSWER) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** RFC 9457. */
function problemOf(text: string): { readonly type: string; readonly detail: string } {
  try {
    const { type, detail, title } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const shown = (value: unknown): string => (typeof value === 'string' ? value.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500) : '');
    return { type: shown(type), detail: shown(detail) || shown(title) };
  } catch {
    return { type: '', detail: '' };
  }
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}

function reached(target: URL, error: unknown, signal: AbortSignal | undefined): string {
  if (signal?.aborted === true) return 'The upload was stopped.';
  const { code, message } = error as NodeJS.ErrnoException;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/.test(code ?? '');
  if (isCertificate) return `The certificate of ${target.host} does not hold (${code}). Give --ca-file the authority that signed it.`;
  return `${target.host} was not reached: ${code ?? message}.`;
}
