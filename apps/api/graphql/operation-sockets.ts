import type { FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode, validate, type ExecutionArgs } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type Server } from 'graphql-ws';
import { Caller } from '#application/caller.js';
import type { Principal } from '../access/doorkeeper.js';
import { failureOf } from '../problems/failure.js';
import { graphqlContext } from './graphql-context.js';
import { formatGraphqlError, formatResult } from './graphql-error.js';
import type { GraphqlRouteParts } from './graphql-route.js';

/** Operations that one connection may hold at a time. */
const mostOperations = 20;
/** One ping each; a connection that has not answered by the next is cut. */
const pingMs = 15_000;
/** Bytes that may wait for a reader; one that asks and asks without reading is cut. */
const mostUnread = 8 * 1024 * 1024;

/** What we use of a WebSocket of `ws`. */
export interface Socket {
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(data: string, done: () => void): void;
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
  /** Operations that run and what ends each, by the message that began it. Not those that the client still wants: it may leave one and begin another while the first goes on. */
  readonly running: Map<object, () => void>;
  identify?: () => Promise<Principal>;
}

type Protocol = Server<{ connection: Connection }>;

/** graphql-transport-ws. The key comes with `connection_init`, as `{ "Authorization": "Bearer …" }`, or with the handshake. */
export function acceptSockets(parts: Omit<GraphqlRouteParts, 'shutdown'>): (socket: Socket, request: FastifyRequest) => void {
  const server = protocol(parts);
  return (socket, request) => {
    const connection: Connection = { socket, request, running: new Map() };
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
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
      { connection },
    );
    const stopPinging = keepAlive(socket);
    // A message that is too large, or no frame at all: `ws` closes by itself.
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      stopPinging();
      for (const end of connection.running.values()) end();
      void closed(code, String(reason));
    });
  };
}

export const chooseProtocol = handleProtocols;

/** Resolves once it is sent or cannot be: what has no reader any more is nobody's failure. */
const send = (socket: Socket, data: string): Promise<void> =>
  new Promise((resolve) => {
    if (socket.bufferedAmount > mostUnread) socket.terminate();
    if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
    else resolve();
  });

/** Its message is for the other side. */
class Refused extends Error {}

function protocol({ door, services, doorkeeper, streams, log }: Omit<GraphqlRouteParts, 'shutdown'>): Protocol {
  return makeServer<Readonly<Record<string, unknown>>, { connection: Connection }>({
    connectionInitWaitTimeout: 5_000,
    onConnect: async ({ connectionParams, extra: { connection } }) => {
      const given = connectionParams?.['Authorization'] ?? connectionParams?.['authorization'];
      const authorization = typeof given === 'string' ? given : connection.request.headers.authorization;
      connection.identify = () => doorkeeper.identify(authorization);
      try {
        await connection.identify();
      } catch (error) {
        const failure = failureOf(error);
        if (!failure) throw error;
        connection.socket.close(failure.kind === 'unauthenticated' ? CloseCode.Unauthorized : CloseCode.InternalServerError, failure.reason);
      }
    },
    onSubscribe: async ({ extra: { connection } }, _id, payload): Promise<ExecutionArgs | readonly GraphQLError[]> => {
      const { identify, request, socket, running } = connection;
      if (!identify) throw new Refused('no-key');
      if (running.size >= mostOperations) throw new Refused('too-many-operations');
      let leave = (): void => undefined;
      const end = (): void => void (running.delete(payload) && leave());
      const refuse = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
        end();
        return errors;
      };
      running.set(payload, end);
      try {
        // Each time: the connection may be older than the key's end.
        const principal = await identify();
        if (!running.has(payload)) return [new GraphQLError('The connection was closed.')];
        const asked = { query: payload.query, variables: payload.variables ?? {}, operationName: payload.operationName ?? undefined };
        const operation = door.prepare(asked);
        if ('errors' in operation) return refuse(operation.errors);
        const { document, definition } = operation;
        const errors = validate(door.schema, document);
        if (errors.length > 0) return refuse(errors);
        const isSubscription = definition.operation === OperationTypeNode.SUBSCRIPTION;
        if (isSubscription && principal instanceof Caller) leave = streams.enter(principal.tenantId);
        return {
          schema: door.schema,
          document,
          variableValues: asked.variables,
          ...(asked.operationName === undefined ? {} : { operationName: asked.operationName }),
          contextValue: graphqlContext({ services, principal, request, identify, isSubscription }),
        };
      } catch (error) {
        const failure = failureOf(error);
        if (failure?.kind === 'unauthenticated') socket.close(CloseCode.Unauthorized, failure.reason);
        return refuse([new GraphQLError('', { originalError: error as Error })]);
      }
    },
    onComplete: ({ extra: { connection } }, _id, payload) => connection.running.get(payload)?.(),
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
