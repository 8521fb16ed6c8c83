import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import websocket from '@fastify/websocket';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JobQueue } from '#application/ports/job-queue.js';
import type { Store } from '#application/ports/store.js';
import type { Log } from '#operations/log.js';
import type { Metrics } from '#operations/metrics.js';
import { nestLogger } from '#operations/nest-logger.js';
import type { ApiServices } from '../composition/api-services.js';
import { AccessGuard } from './access/access.guard.js';
import { Doorkeeper } from './access/doorkeeper.js';
import { apiModule } from './api-module.js';
import { OpenApi } from './docs/open-api.js';
import { GraphqlDoor } from './graphql/graphql-door.js';
import { registerGraphqlRoute } from './graphql/graphql-route.js';
import { chooseProtocol } from './graphql/operation-sockets.js';
import { Health } from './health/health.js';
import { bodyLimit, registerBodyParsers } from './http/body-parsers.js';
import { requestId } from './http/request-id.js';
import { LiveStreams } from './http/live-streams.js';
import { logRequests } from './http/request-log.js';
import { setResponseHeaders } from './http/response-headers.js';
import { RouteTable } from './http/route-table.js';
import { traceRequests } from './http/server-spans.js';
import { Shutdown } from './http/shutdown.js';
import { SurplusQueryGuard } from './http/surplus-query.guard.js';
import { endUnreadBodies } from './http/unread-bodies.js';
import { problemMediaType, problemOf } from './problems/problem.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { sendProblem } from './problems/send-problem.js';
import { InputPipe } from './schema/input.pipe.js';

export interface ApiOptions {
  readonly log: Log;
  /** Asked by /readyz. */
  readonly store: Pick<Store, 'ping'>;
  /** Asked by /readyz. */
  readonly queue: Pick<JobQueue, 'ping'>;
  /** Without it nobody can make organisations over HTTP. */
  readonly operatorKey?: string;
  readonly metrics?: Metrics;
}

/** Both doors over ready services; initialised, not yet listening. */
export async function createApi(services: ApiServices, { log, store, queue, operatorKey, metrics }: ApiOptions): Promise<NestFastifyApplication> {
  const doorkeeper = new Doorkeeper(services.apiKeys, operatorKey);
  const health = new Health({ 'the database': () => store.ping(), 'the queue': () => queue.ping() }, metrics?.registry);

  const adapter = new Adapter({
    bodyLimit,
    genReqId: requestId,
    logger: false,
    // Longer than the longest a proxy in front keeps a connection, so that it is not closed under a request.
    keepAliveTimeout: 75_000,
    // What still comes while the server closes is answered like any other; the framework's own refusal is no problem of ours.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    // The router's own refusals (a malformed address) come before any hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => void sendProblem(error, request, reply.header('x-request-id', request.id)),
    clientErrorHandler: answerBrokenRequest,
  });
  const fastify = adapter.getInstance();
  const problems = new ProblemFilter(RouteTable.of(fastify), log);
  fastify.setErrorHandler((error, request, reply) => problems.answer(error, request, reply));
  fastify.decorateRequest('principal', null);
  setResponseHeaders(fastify);
  traceRequests(fastify);
  logRequests(fastify, log, metrics);
  endUnreadBodies(fastify);
  registerBodyParsers(fastify, ({ headers }) => doorkeeper.identify(headers.authorization));
  const shutdown = Shutdown.of(fastify);
  const streams = new LiveStreams();
  await fastify.register(websocket, { options: { maxPayload: 64 * 1024, handleProtocols: chooseProtocol } });
  registerGraphqlRoute(fastify, { door: new GraphqlDoor(fastify), services, doorkeeper, shutdown, streams, log });

  const app = await NestFactory.create<NestFastifyApplication>(apiModule(services, { doorkeeper, shutdown, streams, health, problems }), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: nestLogger(quietly(log)),
  });
  app.useGlobalFilters(problems);
  app.useGlobalGuards(new AccessGuard(doorkeeper), new SurplusQueryGuard());
  app.useGlobalPipes(new InputPipe());
  app.get(OpenApi).of(app);
  await app.init();
  await fastify.ready();
  return app;
}

/** Nest sets its error handler only after the routes, too late for what fails before their handlers, such as bodies. Ours is there first. */
class Adapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }
}

/** The framework's account of its own start is of interest to those who look for a fault only. */
const quietly = (log: Log): Log => ({ debug: log.debug.bind(log), info: log.debug.bind(log), warn: log.warn.bind(log), error: log.error.bind(log), child: (bindings) => quietly(log.child(bindings)) });

const brokenRequests: Readonly<Record<string, { readonly status: number; readonly reason: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'headers-too-large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'request-timeout' },
};

/** What is no HTTP at all, or too much of it, never becomes a request. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, reason } = brokenRequests[error.code ?? ''] ?? { status: 400, reason: 'malformed-http' };
  const text = STATUS_CODES[status] ?? 'Bad Request';
  const id = randomUUID();
  const body = JSON.stringify(problemOf({ kind: 'protocol', status, reason, detail: `${text}.`, errors: [], headers: {} }, { requestId: id }));
  socket.end(`HTTP/1.1 ${status} ${text}\r\ncontent-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n${body}`);
}
