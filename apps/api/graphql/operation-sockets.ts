import type { FastifyRequest } from 'fastify';
import { OperationTypeNode, validate, type ExecutionArgs, type GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type Server } from 'graphql-ws';
import type { Principal } from '../access/doorkeeper.js';
import { failureOf } from '../problems/failure.js';
import { graphqlContext } from './graphql-context.js';
import { formatGraphqlError, formatResult } from './graphql-error.js';
import type { GraphqlRouteParts } from './graphql-route.js';

/** Operations that one connection may hold at a time. */
const mostOperations = 20;
/** One ping each; a connection that has not answered by the next is cut. */
const pingMs = 15_000;

/** What we use of a WebSocket of `ws`. */
export interface Socket {
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  send(data: string, done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  on(event: 'message', listener: (data: Buffer) => void): unknown;
  on(event: 'pong' | 'error', listener: () => void): unknown;
  once(event: 'close', listener: (code: number, reason: Buffer) => void): unknown;
}

interface Connection {
  readonly socket: Socket;
  readonly request: FastifyRequest;
  principal?: Principal;
  identify?: () => Promise<Principal>;
}

type Protocol = Server<{ connection: Connection }>;

/** graphql-transport-ws. The key comes with `connection_init`, as `{ "Authorization": "Bearer …" }`, or with the handshake. */
export function acceptSockets(parts: Omit<GraphqlRouteParts, 'shutdown'>): (socket: Socket, request: FastifyRequest) => void {
  const server = protocol(parts);
  return (socket, request) => {
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) => new Promise((resolve, reject) => (socket.readyState === socket.OPEN ? socket.send(data, (error) => (error ? reject(error) : resolve())) : resolve())),
        close: (code, reason) => socket.close(code ?? CloseCode.InternalServerError, reason ?? ''),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            handle(String(data)).catch((error: unknown) => {
              // Whoever breaks the protocol hears why; what nobody foresaw is ours to know.
              const isOurs = !(error instanceof Refused);
              if (isOurs) parts.log.error({ err: error, requestId: request.id }, 'graphql socket failed');
              socket.close(isOurs ? CloseCode.InternalServerError : CloseCode.BadRequest, isOurs ? 'internal-error' : error.message);
            });
          }),
      },
      { connection: { socket, request } },
    );
    const stopPinging = keepAlive(socket);
    // A message that is too large, or no frame at all: `ws` closes by itself.
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      stopPinging();
      void closed(code, String(reason));
    });
  };
}

export const chooseProtocol = handleProtocols;

/** Its message is for the other side. */
class Refused extends Error {}

function protocol({ door, services, doorkeeper, log }: Omit<GraphqlRouteParts, 'shutdown'>): Protocol {
  return makeServer<Readonly<Record<string, unknown>>, { connection: Connection }>({
    connectionInitWaitTimeout: 5_000,
    onConnect: async ({ connectionParams, extra: { connection } }) => {
      const given = connectionParams?.['Authorization'] ?? connectionParams?.['authorization'];
      const authorization = typeof given === 'string' ? given : connection.request.headers.authorization;
      connection.identify = () => doorkeeper.identify(authorization);
      try {
        connection.principal = await connection.identify();
      } catch (error) {
        const failure = failureOf(error);
        if (!failure) throw error;
        connection.socket.close(failure.kind === 'unauthenticated' ? CloseCode.Unauthorized : CloseCode.InternalServerError, failure.reason);
      }
    },
    onSubscribe: ({ extra: { connection }, subscriptions }, _id, payload): ExecutionArgs | readonly GraphQLError[] => {
      const { principal, identify, request } = connection;
      if (!principal || !identify) throw new Refused('no-key');
      if (Object.keys(subscriptions).length > mostOperations) throw new Refused('too-many-operations');
      const asked = { query: payload.query, variables: payload.variables ?? {}, operationName: payload.operationName ?? undefined };
      const operation = door.prepare(asked);
      if ('errors' in operation) return operation.errors;
      const { document, definition } = operation;
      const errors = validate(door.schema, document);
      if (errors.length > 0) return errors;
      const isSubscription = definition.operation === OperationTypeNode.SUBSCRIPTION;
      return {
        schema: door.schema,
        document,
        variableValues: asked.variables,
        ...(asked.operationName === undefined ? {} : { operationName: asked.operationName }),
        contextValue: graphqlContext({ services, principal, request, identify, isSubscription }),
      };
    },
    onError: ({ extra: { connection } }, _id, _payload, errors) => errors.map((error) => formatGraphqlError(error, connection.request.id, log)),
    onNext: ({ extra: { connection } }, _id, _payload, _args, result) => formatResult(result, connection.request.id, log),
  });
}

function keepAlive(socket: Socket): () => void {
  let isThere = true;
  socket.on('pong', () => (isThere = true));
  const timer = setInterval(() => {
    if (!isThere) return socket.terminate();
    isThere = false;
    return socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}
