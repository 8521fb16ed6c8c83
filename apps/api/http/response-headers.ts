import type { FastifyInstance } from 'fastify';

const headers: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  // For data. The pages for people set what they need.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  // Answers belong to one key.
  'cache-control': 'no-store',
};

/** On every answer, whoever gives it; other origins' pages get nothing, for there is no CORS. */
export function setResponseHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    done();
  });
}
