import type { Pool } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { EgressResponse, isRedirect } from './egress-response.js';
import { guardedConnector, type Resolver, type TlsSettings } from './guarded-connector.js';
import { shakeHands, type Handshake, type HandshakeOptions } from './tls-handshake.js';
import { egressErrorFrom, egressFailure, isProgrammingError } from './transport-failure.js';

export interface EgressRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** From the root of the host, with query. Default: path and query of the connection's URL. */
  readonly path?: string;
  /** `host`, framing and hop-by-hop headers are set by the door itself. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything, from the call to the last byte of the body. */
  readonly timeoutMs: number;
  /** Between two signs of life of the other side; exact to about a second. */
  readonly idleTimeoutMs: number;
  /** For the body, both as sent and as decoded. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Makes a redirect an error (`redirect-refused`). It is never followed either way. */
  readonly refuseRedirects?: boolean;
}

const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'accept-encoding',
]);

/** A pool of kept-alive sockets to one checked target. Close it when the target is gone. */
export class EgressConnection {
  readonly #connector: ReturnType<typeof guardedConnector>;
  #pool: Promise<Pool> | undefined;
  #isClosed = false;

  constructor(
    readonly url: URL,
    private readonly tls: TlsSettings,
    private readonly connections: number,
    private readonly policy: AddressPolicy,
    private readonly resolve: Resolver,
    private readonly closed: () => void,
  ) {
    this.#connector = guardedConnector(url, tls, policy, resolve);
  }

  /** Sends one request. Throws `EgressError`; an HTTP error status is an answer, not an error. */
  async request(request: EgressRequest): Promise<EgressResponse> {
    const { host } = this.url;
    const path = request.path ?? this.url.pathname + this.url.search;
    if (!path.startsWith('/') || path.includes('#')) throw new TypeError('A request path starts with / and has no fragment.');
    const headers = { ...checkedHeaders(request.headers ?? {}), 'accept-encoding': 'gzip' };
    checkLimits(request);

    const clock = startClock(request, host);
    try {
      // The race, because a request that still waits for its socket does not hear its signal.
      const answer = await Promise.race([
        clock.ended,
        this.#opened().then((pool) => pool.request({
          method: request.method,
          path,
          headers,
          body: request.body,
          headersTimeout: request.idleTimeoutMs,
          bodyTimeout: request.idleTimeoutMs,
          signal: clock.signal,
        })),
      ]);
      const stream = answer.body;
      stream.on('error', () => undefined); // whoever reads the body gets the error; nobody reading it must not end the process
      stream.once('close', clock.stop);
      try {
        if (request.refuseRedirects === true && isRedirect(answer.statusCode)) throw egressFailure('redirect-refused', host);
        return new EgressResponse({
          status: answer.statusCode,
          headers: answer.headers,
          stream,
          hasBody: request.method !== 'HEAD' && answer.statusCode !== 204 && answer.statusCode !== 304,
          maxBytes: request.maxBytes,
          host,
        });
      } catch (error) {
        stream.destroy();
        throw error;
      }
    } catch (error) {
      clock.stop();
      throw isProgrammingError(error) ? error : egressErrorFrom(error, host);
    }
  }

  /**
   * Shakes hands once more on a socket of its own, without a client certificate, sends nothing and closes it: what
   * the target shows anybody. Throws `EgressError`.
   */
  handshake(options: HandshakeOptions): Promise<Handshake> {
    return shakeHands(this.url, this.tls, this.policy, this.resolve, options);
  }

  /** Ends the sockets at once; requests under way end as `aborted`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.closed();
    await (await this.#pool)?.destroy();
  }

  /** Made for the first request: a worker that judges uploads alone, and every thread of it, does without the client's megabytes. */
  async #opened(): Promise<Pool> {
    if (this.#isClosed) throw egressFailure('aborted', this.url.host);
    this.#pool ??= this.#open();
    return this.#pool;
  }

  async #open(): Promise<Pool> {
    const { buildConnector, Pool } = await import('undici');
    return new Pool(this.url.origin, {
      connect: this.#connector(buildConnector),
      connections: this.connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      maxHeaderSize: 64 * 1024,
    });
  }
}

interface Clock {
  readonly signal: AbortSignal;
  /** Rejects when the time is over or the caller gives up. */
  readonly ended: Promise<never>;
  readonly stop: () => void;
}

/** One end for the total time and for the caller's own abort. */
function startClock(request: EgressRequest, host: string): Clock {
  const controller = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  ended.catch(() => undefined); // while the body is read, the stream reports it instead

  const giveUp = (): void => controller.abort(egressFailure('aborted', host));
  const timer = setTimeout(() => controller.abort(egressFailure('timeout', host)), request.timeoutMs);
  request.signal?.addEventListener('abort', giveUp, { once: true });
  if (request.signal?.aborted === true) giveUp();
  return {
    signal: controller.signal,
    ended,
    stop: () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', giveUp);
    },
  };
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name of Object.keys(headers)) {
    if (ownHeaders.has(name.toLowerCase())) throw new TypeError(`The header "${name}" is set by the connection itself.`);
  }
  return headers;
}

// NaN compares as "not too large", 0 switches a timer off, and a delay beyond 31 bits fires at once.
function checkLimits({ timeoutMs, idleTimeoutMs, maxBytes }: EgressRequest): void {
  for (const [name, value, most] of [
    ['timeoutMs', timeoutMs, 2 ** 31 - 1],
    ['idleTimeoutMs', idleTimeoutMs, 2 ** 31 - 1],
    ['maxBytes', maxBytes, Number.MAX_SAFE_INTEGER],
  ] as const) {
    if (!Number.isInteger(value) || value < 1 || value > most) throw new TypeError(`${name} is a whole number from 1 to ${most}.`);
  }
}
