import { Reflector } from '@nestjs/core';
import { SetMetadata, type CanActivate, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import type { Doorkeeper, Principal } from './doorkeeper.js';
import { callerIn, operatorIn } from './principal.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null before the guard has looked, and on public routes. */
    principal: Principal | null;
  }
}

const accessKey = 'bulwark:access';

/** Needs no key. For what tells nothing about anybody. */
export const Public = (): CustomDecorator => SetMetadata(accessKey, 'public');
/** Takes an organisation's key, and whoever has none where what is sent speaks for itself. A key that is sent has to be good. */
export const KeyOptional = (): CustomDecorator => SetMetadata(accessKey, 'optional');
/** Takes the operator's key, and no organisation's. */
export const OperatorOnly = (): CustomDecorator => SetMetadata(accessKey, 'operator');

/** Who may come in. What they may do inside is said by each service method's first line. */
export class AccessGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly doorkeeper: Doorkeeper) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<'public' | 'operator' | 'optional' | undefined>(accessKey, [context.getHandler(), context.getClass()]);
    if (access === 'public') return true;
    if (access === 'optional' && context.switchToHttp().getRequest<FastifyRequest>().headers.authorization === undefined) return true;
    const principal = await this.principalOf(context);
    if (access === 'operator') operatorIn(principal);
    else callerIn(principal);
    return true;
  }

  private async principalOf(context: ExecutionContext): Promise<Principal | null> {
    // The GraphQL route has asked already: one operation, one look at the key.
    if (context.getType<string>() === 'graphql') return GqlExecutionContext.create(context).getContext<{ readonly principal: Principal }>().principal;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.principal = await this.doorkeeper.identify(request.headers.authorization);
    return request.principal;
  }
}
