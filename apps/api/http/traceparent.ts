import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { currentTraceparent } from '#operations/telemetry.js';

const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Trace context to travel with the work that a request causes: our own span's, or the caller's where we do not trace. */
export function traceparentOf(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  const given = request.headers['traceparent'];
  return currentTraceparent() ?? (typeof given === 'string' && wellFormed.test(given) ? given : undefined);
}

/** The same, as an argument of a controller or resolver. */
export const Traceparent = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined =>
  traceparentOf(
    context.getType<string>() === 'graphql'
      ? GqlExecutionContext.create(context).getContext<{ readonly request: FastifyRequest }>().request
      : context.switchToHttp().getRequest<FastifyRequest>(),
  ),
);
