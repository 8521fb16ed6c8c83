import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import type { Log } from '#operations/log.js';
import type { Metrics } from '#operations/metrics.js';

/** Asked every few seconds by machines: of no interest unless something is wrong. */
const quiet: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/** One line and one count a request, by route and ids; never an address with its query, for those may hold anything. */
export function logRequests(fastify: FastifyInstance, log: Log, metrics: Metrics | undefined): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // `onResponse` would miss those who left before they had the answer.
    reply.raw.once('close', () => logRequest(request, reply, log, metrics));
    done();
  });
}

function logRequest({ method, routeOptions, principal, id }: FastifyRequest, reply: FastifyReply, log: Log, metrics: Metrics | undefined): void {
  const route = routeOptions.url ?? 'unmatched';
  const status = endStatus(reply);
  const ids = principal instanceof Caller ? { tenantId: principal.tenantId, keyId: principal.keyId } : principal ? { by: 'operator' } : {};
  const fields = { method, route, status, ms: Math.round(reply.elapsedTime), requestId: id, ...ids };
  log[quiet.has(route) && status < 400 ? 'debug' : 'info'](fields, 'request');
  metrics?.httpRequests.inc({ route, method, status });
  metrics?.httpDuration.observe({ route, method }, reply.elapsedTime / 1_000);
}

/** The status sent; 499, as nginx says it, where the other side left before it had all of it. */
export const endStatus = ({ raw, statusCode, request }: FastifyReply): number => (request.ws ? 101 : raw.writableFinished ? statusCode : 499);
