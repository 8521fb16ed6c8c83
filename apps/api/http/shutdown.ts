import type { FastifyInstance } from 'fastify';

/** Ends what would never end by itself when the server closes: event streams, and connections that are kept alive. */
export class Shutdown {
  private readonly controller = new AbortController();

  /** To be called before any route is declared. */
  static of(fastify: FastifyInstance): Shutdown {
    const shutdown = new Shutdown();
    fastify.addHook('preClose', (done) => {
      shutdown.controller.abort();
      done();
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      // The server only closes connections that are idle when it begins to close; this one becomes so later.
      reply.raw.once('finish', () => shutdown.signal.aborted && request.raw.socket.end());
      done();
    });
    return shutdown;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }
}
