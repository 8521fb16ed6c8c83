import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '#operations/metrics.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const ok: Answer = { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify({ status: 'ok' }) };
const problem = (status: number, type: string, title: string): Answer => ({ status, type: 'application/problem+json', body: JSON.stringify({ type, title, status }) });

/** `/healthz` says that the process lives, `/readyz` that it can work, `/metrics` what it did. Without a framework, which takes megabytes of every worker. */
export async function startHealthServer({ host, port, metrics, ready }: { readonly host: string; readonly port: number; readonly metrics: Metrics; readonly ready: () => Promise<void> }): Promise<{ close(): Promise<void>; readonly port: number }> {
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/healthz': async () => ok,
    '/readyz': () => ready().then(() => ok, () => problem(503, '/problems/not-ready', 'Not ready')),
    '/metrics': async () => ({ status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() }),
  };
  const answer = async (method: string, path: string): Promise<Answer> => {
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page || (method !== 'GET' && method !== 'HEAD')) return problem(404, 'about:blank', 'Not found');
    return page().catch((error: unknown) => problem(500, 'about:blank', error instanceof Error ? error.name : 'Error'));
  };
  const respond = async ({ method = '', url = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, type, body } = await answer(method, url.split('?', 1)[0]!);
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(method === 'HEAD' ? undefined : body);
  };
  const server = createServer({ requestTimeout: 10_000, maxHeaderSize: 8 * 1024 }, (request, response) => {
    request.resume();
    void respond(request, response);
  });
  server.listen({ host, port });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
