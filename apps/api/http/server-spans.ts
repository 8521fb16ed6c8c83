import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endStatus } from './request-log.js';

/** One server span a request, below the caller's `traceparent`. Costs next to nothing while tracing is off. */
export function traceRequests(fastify: FastifyInstance): void {
  const tracer = trace.getTracer('bulwark');
  const contexts = new WeakMap<FastifyRequest, Context>();

  fastify.addHook('onRequest', (request, reply, done) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = tracer.startSpan(`${request.method} ${request.routeOptions.url ?? 'unmatched'}`, { kind: SpanKind.SERVER }, parent);
    const entered = trace.setSpan(parent, span);
    contexts.set(request, entered);
    reply.raw.once('close', () => {
      const status = endStatus(reply);
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': request.routeOptions.url ?? '',
        'http.response.status_code': status,
        'bulwark.request_id': request.id,
      });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(entered, done);
  });
  // What reads the body continues in the socket's context, not in ours.
  fastify.addHook('preValidation', (request, _reply, done) => {
    context.with(contexts.get(request) ?? context.active(), done);
  });
}
