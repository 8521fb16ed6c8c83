import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export interface EventSource {
  /** Gives events as they are to be written. Ends when the signal is aborted: the reader left, or the server closes. */
  readonly events: (signal: AbortSignal) => AsyncIterable<string>;
  /** The last event of a source that failed. The answer has begun, so it cannot become another one. */
  readonly failed: (error: unknown) => string;
}

/** Answers with server-sent events until the source ends, the reader leaves or the server closes. */
export function sendEvents(reply: FastifyReply, shutdown: AbortSignal, source: EventSource): void {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const stream = Readable.from(written(source, AbortSignal.any([gone.signal, shutdown])), { objectMode: false });
  void reply
    .type('text/event-stream; charset=utf-8')
    // nginx would collect events until a buffer is full.
    .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    .send(stream);
}

async function* written({ events, failed }: EventSource, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* events(signal);
  } catch (error) {
    if (!signal.aborted) yield failed(error);
  }
}
