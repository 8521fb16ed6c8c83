import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '#operations/log.js';
import type { RouteTable } from '../http/route-table.js';
import { ProtocolError } from './protocol-error.js';
import { failureOf } from './failure.js';
import { problemOf, type Problem } from './problem.js';
import { sendProblem } from './send-problem.js';

/** The one place where an error becomes an answer of REST, and where an unforeseen one is logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly log: Log,
  ) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    // GraphQL puts errors beside data: its own route formats them.
    if (host.getType<string>() === 'graphql') return error;
    this.answer(error, host.switchToHttp().getRequest<FastifyRequest>(), host.switchToHttp().getResponse<FastifyReply>());
    return undefined;
  }

  /** For what fails before Nest is asked, too. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = sendProblem(this.sharpened(error, request), request, reply);
    if (!failure) this.log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'request failed');
  }

  /** The problem alone, for an answer that has begun. */
  describe(error: unknown, request: FastifyRequest): Problem {
    const failure = failureOf(error);
    if (!failure) this.log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'request failed');
    return problemOf(failure, { requestId: request.id });
  }

  /** Tells an unknown address from a known one asked in another way. */
  private sharpened(error: unknown, request: FastifyRequest): unknown {
    if (!request.is404 || failureOf(error)?.status !== 404) return error;
    const methods = this.routes.methodsAt(request.url);
    if (methods.length === 0) return new ProtocolError(404, 'route-not-found', 'There is nothing at this address. /docs lists what there is.');
    return new ProtocolError(405, 'method-not-allowed', `This address takes ${methods.join(', ')}.`, { allow: methods.join(', ') });
  }
}
