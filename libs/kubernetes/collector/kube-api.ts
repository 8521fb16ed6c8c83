import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import type { EgressConnection } from '#egress/egress-connection.js';
import { EgressError } from '#egress/egress-error.js';
import type { EgressResponse } from '#egress/egress-response.js';
import type { CollectSettings } from './collect-settings.js';
import { PageBuffer } from './page-buffer.js';
import { NotKubernetes, ReadFailure } from './read-failure.js';

export interface KubeAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface KubeRequest {
  readonly path: string;
  readonly accept?: string;
  /** POSTed as JSON; GET without it. */
  readonly post?: unknown;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Memory for the body, which is then valid until that is used again. */
  readonly into?: PageBuffer;
  /** Ask once: for what is one of many and soon asked again. */
  readonly once?: boolean;
}

/** Of requests with the scan's credential. */
export interface ApiCost {
  requests: number;
  bytes: number;
  /** Answers of 429 and 503. */
  throttled: number;
}

/** Failures of whole requests in a row after which the server counts as gone. */
const STRIKES = 2;

const transient = new Set([500, 502, 504]);
const throttling = new Set([429, 503]);

/**
 * Requests to one API server with the credential of one scan: bounded in time and size, patient where the
 * server asks for patience, and quick to give up once it is gone. Any HTTP status that patience does not
 * change is an answer; everything else is a `ReadFailure`.
 */
export class KubeApi {
  readonly cost: ApiCost = { requests: 0, bytes: 0, throttled: 0 };
  private readonly prefix: string;
  private readonly authorization: Readonly<Record<string, string>>;
  private readonly deadline: number;
  private strikes = 0;

  constructor(
    private readonly connection: EgressConnection,
    credential: ClusterConnection['credential'],
    private readonly settings: CollectSettings,
    private readonly signal: AbortSignal,
  ) {
    // Proxies in front of clusters put them below a path.
    this.prefix = connection.url.pathname.replace(/\/+$/, '');
    this.authorization = credential.kind === 'token' ? { authorization: `Bearer ${credential.token}` } : {};
    this.deadline = performance.now() + settings.totalMs;
  }

  /** The server did not answer any more; further requests fail at once. */
  get isGone(): boolean {
    return this.strikes >= STRIKES;
  }

  async ask(request: KubeRequest): Promise<KubeAnswer> {
    let throttled = 0;
    for (let failed = 0; ; ) {
      const isLastTry = request.once === true || failed + 1 >= this.settings.tries;
      const answer = await this.try(request);
      if (answer instanceof ReadFailure) {
        if (answer.reason === 'cancelled' || !isTransientFailure(answer) || isLastTry) {
          if (isTransientFailure(answer) && request.once !== true) this.strikes++;
          throw answer;
        }
        await this.wait(this.backoff(failed));
        // What was slow once is likely to be slow again, and costs the most time.
        failed += answer.reason === 'timed-out' ? 2 : 1;
        continue;
      }
      this.strikes = 0;
      if (throttling.has(answer.status) && request.once !== true) {
        this.cost.throttled++;
        if (++throttled >= this.settings.throttledTries) {
          throw new ReadFailure('server-error', `the server kept answering ${answer.status} (too busy) to ${throttled} tries`);
        }
        await this.wait(answer.retryAfterMs ?? this.backoff(throttled));
        continue;
      }
      if (transient.has(answer.status) && !isLastTry) {
        await this.wait(this.backoff(failed++));
        continue;
      }
      return answer;
    }
  }

  /** The pause before try number `count`, jittered so that many scans do not come back together. */
  backoff(count: number): number {
    return this.settings.backoffMs * 2 ** Math.min(count, 6) * (0.5 + Math.random());
  }

  /** Throws where the pause would outlast the scan, or where the scan is given up. */
  async wait(ms: number): Promise<void> {
    if (performance.now() + ms > this.deadline) throw outOfTime();
    try {
      await pause(ms, undefined, { signal: this.signal });
    } catch {
      throw cancelled();
    }
  }

  private async try(request: KubeRequest): Promise<(KubeAnswer & { readonly retryAfterMs?: number }) | ReadFailure> {
    if (this.signal.aborted) return cancelled();
    if (this.isGone) return new ReadFailure('unreachable', 'the server had stopped answering');
    const left = this.deadline - performance.now();
    if (left <= 0) return outOfTime();
    this.cost.requests++;
    try {
      const response = await this.connection.request({
        method: request.post === undefined ? 'GET' : 'POST',
        path: this.prefix + request.path,
        headers: {
          ...this.authorization,
          accept: request.accept ?? 'application/json',
          'user-agent': 'bulwark',
          ...(request.post !== undefined && { 'content-type': 'application/json' }),
        },
        ...(request.post !== undefined && { body: JSON.stringify(request.post) }),
        timeoutMs: Math.ceil(Math.min(request.timeoutMs ?? this.settings.requestMs, this.settings.requestMs, left)),
        idleTimeoutMs: Math.min(request.timeoutMs ?? this.settings.idleMs, this.settings.idleMs),
        maxBytes: request.maxBytes ?? this.settings.maxPageBytes,
        signal: this.signal,
      });
      const buffer = request.into ?? new PageBuffer();
      buffer.clear();
      for await (const chunk of response.body) {
        this.cost.bytes += chunk.byteLength;
        buffer.append(chunk);
      }
      if (response.isRedirect) return new NotKubernetes(`the server answered ${response.status}, a redirect; an API server never does`);
      const retryAfterMs = this.retryAfter(response);
      return {
        status: response.status,
        body: buffer.content,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      if (this.signal.aborted) return cancelled();
      if (this.deadline - performance.now() <= 0) return outOfTime();
      return failureOf(error);
    }
  }

  private retryAfter({ headers }: EgressResponse): number | undefined {
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    if (!Number.isFinite(seconds) || seconds < 0) return undefined;
    return Math.min(seconds * 1000, this.settings.maxRetryAfterMs) * (1 + Math.random() / 4);
  }
}

const cancelled = (): ReadFailure => new ReadFailure('cancelled', 'the scan was cancelled');
const outOfTime = (): ReadFailure => new ReadFailure('timed-out', 'the time for the whole scan was over');

/** Worth another try: the request may never have reached the server, or its answer was lost. */
const isTransientFailure = (failure: ReadFailure): boolean =>
  failure instanceof TransportFailure && (failure.reason === 'unreachable' || failure.reason === 'timed-out') && failure.isTransient;

/** The door's own failure; `code` is its slug. */
export class TransportFailure extends ReadFailure {
  constructor(
    readonly code: EgressError['code'],
    reason: ReadFailure['reason'],
    detail: string,
  ) {
    super(reason, detail);
    this.name = 'TransportFailure';
  }

  get isTransient(): boolean {
    return this.code === 'timeout' || this.code === 'reset' || this.code === 'connect-failed' || this.code === 'dns-failed';
  }
}

function failureOf(error: EgressError): TransportFailure {
  switch (error.code) {
    case 'timeout':
      return new TransportFailure(error.code, 'timed-out', error.message);
    case 'response-too-large':
      return new TransportFailure(error.code, 'too-large', error.message);
    case 'encoding-not-allowed':
    case 'redirect-refused':
      return new TransportFailure(error.code, 'invalid', error.message);
    case 'aborted':
      return new TransportFailure(error.code, 'cancelled', error.message);
    case 'invalid-url':
    case 'scheme-not-allowed':
    case 'address-denied':
    case 'dns-failed':
    case 'connect-failed':
    case 'tls-failed':
    case 'reset':
      return new TransportFailure(error.code, 'unreachable', error.message);
  }
}
