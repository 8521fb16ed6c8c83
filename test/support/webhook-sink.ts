import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createAuthority } from '#egress/testing/certificate-authority.js';

/** One request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly at: Date;
}

export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  /** Takes the request and never answers. */
  | 'hang'
  /** Closes the connection without an answer. */
  | 'reset'
  /** A status, then a body without end. */
  | 'endless-body'
  /** A status, then a body that stops. */
  | 'stuck-body'
  /** Header lines without end. */
  | 'endless-headers'
  /** Interim answers without end. */
  | 'interim-flood';

/** Decides by the request; `count` is how many have come to this path, this one included. */
export type Script = (request: Received, count: number) => Reply | Promise<Reply>;

export interface WebhookSink {
  /** Base URL; every path is taken. */
  readonly url: string;
  /** PEM of the authority to trust; undefined for plain http. */
  readonly ca: string | undefined;
  readonly received: readonly Received[];
  /** What came to one path. */
  at(path: string): readonly Received[];
  /** Sockets that are open now. */
  readonly sockets: number;
  script: Script;
  close(): Promise<void>;
}

/** A receiver on loopback. `certificateFor` lets it show a certificate for another name. */
export async function webhookSink({ tls = false, certificateFor = '127.0.0.1' }: { readonly tls?: boolean; readonly certificateFor?: string } = {}): Promise<WebhookSink> {
  const authority = createAuthority('sink authority');
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  const sink = { script: (() => ({ status: 200 })) as Script };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const entry = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), at: new Date() };
    received.push(entry);
    const count = (counts.get(entry.path) ?? 0) + 1;
    counts.set(entry.path, count);
    await answer(await sink.script(entry, count), request.socket, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => request.socket.destroy());
  };
  const issued = authority.issue('sink', { names: [certificateFor] });
  const server = tls ? createHttpsServer({ cert: issued.certificate, key: issued.key }, listener) : createHttpServer(listener);
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return Object.defineProperties(sink, {
    sockets: { get: () => sockets.size },
    url: { value: `${tls ? 'https' : 'http'}://127.0.0.1:${port}` },
    ca: { value: tls ? authority.certificate : undefined },
    received: { value: received },
    at: { value: (path: string) => received.filter((entry) => entry.path === path) },
    close: {
      value: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    },
  }) as unknown as WebhookSink;
}

/** The body, checked by the official library against one secret. Throws where it does not fit. */
export const verified = ({ body, headers }: Received, secret: string): unknown => new Webhook(secret).verify(body, headers as Record<string, string>);

async function answer(reply: Reply, socket: Socket, response: ServerResponse): Promise<void> {
  if (reply === 'hang') return;
  if (reply === 'reset') return void socket.destroy();
  if (reply === 'stuck-body') return void response.writeHead(200, { 'content-length': '1000' }).write('x');
  if (reply === 'endless-body') {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024, 'x');
    while (!socket.destroyed) {
      if (!response.write(chunk)) await drained(socket);
    }
    return;
  }
  if (reply === 'endless-headers' || reply === 'interim-flood') {
    if (reply === 'endless-headers') socket.write('HTTP/1.1 200 OK\r\n');
    const line = reply === 'endless-headers' ? `x-filler: ${'x'.repeat(1_000)}\r\n` : 'HTTP/1.1 102 Processing\r\n\r\n';
    while (!socket.destroyed) {
      if (!socket.write(line)) await drained(socket);
    }
    return;
  }
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
    if (socket.destroyed) done();
  });
