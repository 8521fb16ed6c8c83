import { fastify } from 'fastify';
import type { Metrics } from '#operations/metrics.js';

/** `/healthz` says that the process lives, `/readyz` that it can work, `/metrics` what it did. */
export async function startHealthServer(options: { readonly host: string; readonly port: number; readonly metrics: Metrics; readonly ready: () => Promise<void> }): Promise<{ close(): Promise<void>; readonly port: number }> {
  const server = fastify({ logger: false, bodyLimit: 1024 });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    try {
      await options.ready();
      return { status: 'ok' };
    } catch {
      return reply.code(503).header('content-type', 'application/problem+json').send({ type: '/problems/not-ready', title: 'Not ready', status: 503 });
    }
  });
  server.get('/metrics', async (_request, reply) => reply.header('content-type', options.metrics.registry.contentType).send(await options.metrics.registry.metrics()));
  await server.listen({ host: options.host, port: options.port });
  const address = server.server.address();
  return { close: () => server.close(), port: typeof address === 'object' && address !== null ? address.port : options.port };
}
