import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#application/app-error.js';
import { Operator } from '#application/organisations/operator.js';
import { Public } from '../access/access.guard.js';
import { Doorkeeper } from '../access/doorkeeper.js';
import { operatorIn } from '../access/principal.js';
import { Shutdown } from '../http/shutdown.js';
import { Health } from './health.js';

/** What machines ask of a process. */
@Controller()
@ApiExcludeController()
@Public()
export class HealthController {
  constructor(
    private readonly health: Health,
    private readonly doorkeeper: Doorkeeper,
    private readonly shutdown: Shutdown,
  ) {}

  /** The process runs; says nothing about what it needs, so a lost database does not have it killed. */
  @Get('healthz')
  alive(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** It can answer: everything it needs does. */
  @Get('readyz')
  async ready(): Promise<{ readonly status: 'ok' }> {
    if (this.shutdown.signal.aborted) throw new AppError('unavailable', 'shutting-down', 'This process is shutting down.');
    const missing = await this.health.missing();
    if (missing.length > 0) throw new AppError('unavailable', 'not-ready', `Not ready: ${missing.join(' and ')} does not answer.`, { retryAfter: 2 });
    return { status: 'ok' };
  }

  /** Numbers are for whoever runs the installation: from this machine, or with the operator's key. */
  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(@Req() request: FastifyRequest): Promise<string> {
    if (!isFromHere(request)) {
      const operator: Operator = operatorIn(await this.doorkeeper.identify(request.headers.authorization));
      request.principal = operator;
    }
    return this.health.metrics();
  }
}

/** A proxy on this machine speaks for others, and says so. */
const isFromHere = ({ socket, headers }: FastifyRequest): boolean =>
  /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined && headers['forwarded'] === undefined;
