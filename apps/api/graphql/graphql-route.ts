import { OperationTypeNode, type FormattedExecutionResult } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '#application/caller.js';
import type { Log } from '#operations/log.js';
import type { ApiServices } from '../../composition/api-services.js';
import type { Doorkeeper } from '../access/doorkeeper.js';
import { sendEvents } from '../http/send-events.js';
import type { LiveStreams } from '../http/live-streams.js';
import type { Shutdown } from '../http/shutdown.js';
import { failureOf } from '../problems/failure.js';
import { ProtocolError } from '../problems/protocol-error.js';
import { graphqlContext } from './graphql-context.js';
import type { GraphqlDoor } from './graphql-door.js';
import { formatGraphqlError, formatResult } from './graphql-error.js';
import { answerType, eventStreamType, fromBody, fromQuery, responseType, type AnswerType } from './graphql-request.js';
import { operationEvents } from './operation-events.js';
import { acceptSockets } from './operation-sockets.js';

export interface GraphqlRouteParts {
  readonly door: GraphqlDoor;
  readonly services: ApiServices;
  readonly doorkeeper: Doorkeeper;
  readonly shutdown: Shutdown;
  readonly streams: LiveStreams;
  readonly log: Log;
}

/** GraphQL over HTTP, over server-sent events and over WebSocket, all at /graphql. */
export function registerGraphqlRoute(fastify: FastifyInstance, parts: GraphqlRouteParts): void {
  const handler = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => answer(request, reply, parts);
  const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => void sendFailure(error, request, reply, parts.log);
  fastify.route({ method: 'GET', url: '/graphql', handler, errorHandler, wsHandler: acceptSockets(parts) });
  fastify.route({ method: 'POST', url: '/graphql', handler, errorHandler });
}

async function answer(request: FastifyRequest, reply: FastifyReply, { door, services, doorkeeper, shutdown, streams, log }: GraphqlRouteParts): Promise<FastifyReply> {
  const type = answerType(request.headers.accept);
  const identify = () => doorkeeper.identify(request.headers.authorization);
  const principal = await identify();
  request.principal = principal;
  const asked = request.method === 'GET' ? fromQuery(request.query) : fromBody(request.body);

  const operation = door.prepare(asked);
  if ('errors' in operation) return send(reply, type, formatResult(operation, request.id, log));
  const kind = operation.definition.operation;
  if (request.method === 'GET' && kind === OperationTypeNode.MUTATION) {
    throw new ProtocolError(405, 'method-not-allowed', 'Mutations are sent by POST.', { allow: 'POST' });
  }
  const context = graphqlContext({ services, principal, request, identify, isSubscription: kind === OperationTypeNode.SUBSCRIPTION });
  if (type === eventStreamType) {
    if (kind === OperationTypeNode.SUBSCRIPTION && principal instanceof Caller) reply.raw.once('close', streams.enter(principal.tenantId));
    const format = (result: Parameters<typeof formatResult>[0]) => formatResult(result, request.id, log);
    sendEvents(reply, shutdown.signal, {
      events: (signal) => operationEvents({ door, operation, asked, context, format, signal }),
      failed: (error) => `event: next\ndata: ${JSON.stringify({ errors: [formatGraphqlError(error, request.id, log)] })}\n\nevent: complete\ndata:\n\n`,
    });
    return reply;
  }
  if (kind === OperationTypeNode.SUBSCRIPTION) {
    throw new ProtocolError(406, 'subscription-needs-stream', `Subscriptions come as ${eventStreamType}, or over a WebSocket with the protocol graphql-transport-ws.`);
  }
  return send(reply, type, formatResult(await door.execute(asked, context), request.id, log));
}

/** A document that was refused has no `data`: an error of the client where the media type can say so. */
function send(reply: FastifyReply, type: AnswerType, result: FormattedExecutionResult): FastifyReply {
  const media = type === eventStreamType ? responseType : type;
  const status = 'data' in result || media === 'application/json' ? 200 : 400;
  return reply.code(status).type(`${media}; charset=utf-8`).send(JSON.stringify(result));
}

/** What kept the operation from being looked at: as a GraphQL error in the accepted media type. */
function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const failure = failureOf(error);
  const accept = request.headers.accept ?? '';
  void reply
    .code(failure?.status ?? 500)
    .headers(failure?.headers ?? {})
    .type(`${accept.includes(responseType) ? responseType : 'application/json'}; charset=utf-8`)
    .send(JSON.stringify({ errors: [formatGraphqlError(error, request.id, log)] }));
}

