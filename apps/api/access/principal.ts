import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#application/app-error.js';
import { Caller } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import type { Principal } from './doorkeeper.js';

export function callerIn(principal: Principal | null): Caller {
  if (principal instanceof Caller) return principal;
  if (principal) throw new AppError('forbidden', 'organisation-key-needed', "This takes an organisation's API key; the operator key only makes and lists organisations.");
  throw new AppError('unauthenticated', 'missing-credentials', 'Send an API key as: Authorization: Bearer <key>.');
}

export function operatorIn(principal: Principal | null): Operator {
  if (principal instanceof Operator) return principal;
  if (principal) throw new AppError('forbidden', 'operator-key-needed', "This takes the installation's operator key; no organisation's key does it.");
  throw new AppError('unauthenticated', 'missing-credentials', 'Send the operator key as: Authorization: Bearer <key>.');
}

function principalOf(context: ExecutionContext): Principal | null {
  return context.getType<string>() === 'graphql'
    ? GqlExecutionContext.create(context).getContext<{ readonly principal: Principal }>().principal
    : context.switchToHttp().getRequest<FastifyRequest>().principal;
}

/** The caller, as the first argument of every service method. */
export const AsCaller = createParamDecorator((_: unknown, context: ExecutionContext) => callerIn(principalOf(context)));
/** The same where a key was sent; see `KeyOptional`. */
export const AsMaybeCaller = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const principal = principalOf(context);
  return principal ? callerIn(principal) : undefined;
});
export const AsOperator = createParamDecorator((_: unknown, context: ExecutionContext) => operatorIn(principalOf(context)));
