import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureOf, type Failure } from './failure.js';
import { problemMediaType, problemOf } from './problem.js';

/** Answers with a problem; returns the failure, undefined where the error is one to be logged. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Failure | undefined {
  const failure = failureOf(error);
  if (reply.sent || reply.raw.headersSent) {
    // Half an answer is out: only breaking off tells the other side that it is not whole.
    reply.raw.destroy();
    return failure;
  }
  const problem = problemOf(failure, { requestId: request.id, instance: pathOf(request.url) });
  for (const name of ['content-length', 'content-disposition', 'location', 'etag']) reply.removeHeader(name);
  void reply
    .code(problem.status)
    .headers({ ...failure?.headers, 'cache-control': 'no-store' })
    .type(problemMediaType)
    // As bytes: to a text Fastify would add a charset, which JSON has none of.
    .send(Buffer.from(JSON.stringify(problem)));
  return failure;
}

const pathOf = (url: string): string => url.split('?', 1)[0]!.slice(0, 1_000);
