import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { invalid } from '#application/app-error.js';
import { pointerToken } from '../schema/field-type.js';

/** Routes that declare no query take none: a parameter that is silently ignored is a filter that does not filter. */
export class SurplusQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType<string>() !== 'http') return true;
    const surplus = Object.keys((context.switchToHttp().getRequest<FastifyRequest>().query as object | undefined) ?? {});
    if (surplus.length === 0) return true;
    const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {}) as object;
    if (Object.keys(declared).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`))) return true;
    throw invalid('unknown-parameter', 'This address takes no query parameters.', surplus.slice(0, 20).map((name) => ({ pointer: `/${pointerToken(name)}`, detail: 'no such parameter' })));
  }
}
