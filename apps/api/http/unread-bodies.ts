import type { FastifyInstance } from 'fastify';

const lingerMs = 2_000;

/**
 * A refused upload goes on arriving. The sender gets a moment to read the answer, which a closed socket would
 * take away from it, and no more: the rest of two gigabytes is not read for nothing.
 */
export function endUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) {
      const timer = setTimeout(() => raw.complete || raw.socket.destroy(), lingerMs);
      raw.socket.once('close', () => clearTimeout(timer));
      raw.once('end', () => clearTimeout(timer));
      raw.resume();
    }
    done();
  });
}
