import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EgressError } from './egress-error.js';
import { egressErrorFrom, egressFailure } from './transport-failure.js';

export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Received {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly stream: Readable;
  readonly hasBody: boolean;
  readonly maxBytes: number;
  /** Host and port, for messages. */
  readonly host: string;
}

/**
 * An answer whose headers are in. The body is read once, by one of `body`, `bytes`, `text` or `discard`;
 * each throws `EgressError` when it is cut, too slow, too large or wrongly encoded. Read it or discard it:
 * until then it holds its connection, at the longest until the request's total time is over.
 */
export class EgressResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ResponseHeaders;
  readonly #received: Received;
  readonly #gzip: boolean;
  #taken = false;

  /** Throws `encoding-not-allowed` or `response-too-large` on what the headers already tell. */
  constructor(received: Received) {
    this.status = received.status;
    this.headers = received.headers;
    this.#received = received;
    this.#gzip = received.hasBody && isGzip(received);
    if (received.hasBody && Number(received.headers['content-length'] ?? 0) > received.maxBytes) throw tooLarge(received);
  }

  /** A 3xx that names another place. It was not followed. */
  get isRedirect(): boolean {
    return isRedirect(this.status);
  }

  /** The decoded body, chunk by chunk. Leaving the loop early closes the connection. */
  get body(): AsyncIterable<Uint8Array> {
    if (this.#taken) throw new TypeError('The body of this response was already read.');
    this.#taken = true;
    return decoded(this.#received, this.#gzip);
  }

  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** As UTF-8; wrong bytes become U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /** Reads the body away, so that the connection can serve the next request. */
  async discard(): Promise<void> {
    for await (const _ of this.body);
  }
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

async function* decoded(received: Received, gzip: boolean): AsyncGenerator<Uint8Array> {
  const { stream, host } = received;
  try {
    // The wire is capped too: a gzip stream of empty members is endless and decodes to nothing.
    const wire = capped(stream, received);
    yield* gzip
      ? capped(
          pipeline(wire, createGunzip({ chunkSize: 64 * 1024 }), () => undefined),
          received,
        )
      : wire;
  } catch (error) {
    throw egressErrorFrom(error, host);
  } finally {
    stream.destroy();
  }
}

async function* capped(source: AsyncIterable<Uint8Array>, received: Received): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.byteLength;
    if (total > received.maxBytes) throw tooLarge(received);
    yield chunk;
  }
}

function isGzip({ headers, host }: Received): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  const name = typeof encoding === 'string' ? encoding.trim().toLowerCase() : 'several';
  if (name === 'gzip' || name === 'x-gzip') return headers['content-length'] !== '0';
  // One encoding at most: a chain of them multiplies what a small answer can unfold to.
  if (name !== 'identity' && name !== '') throw egressFailure('encoding-not-allowed', host);
  return false;
}

function tooLarge({ host, maxBytes }: Received): EgressError {
  return new EgressError(
    'response-too-large',
    `${host}: its answer is larger than the limit of ${maxBytes} bytes; ask for less at a time.`,
  );
}
