import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { publicOnly, type AddressPolicy } from './address-policy.js';
import { EgressClient, type EgressSettings } from './egress-client.js';
import type { EgressRequest } from './egress-connection.js';
import { EgressError } from './egress-error.js';
import { createAuthority } from './testing/certificate-authority.js';

// 127.0.0.2 stands for an address that may be called, 127.0.0.1 for one that may not.
const canaryOnly: AddressPolicy = { allowedPrivateRanges: ['127.0.0.2/32'], allowLoopbackHttp: false };
const loopback: AddressPolicy = { allowedPrivateRanges: ['127.0.0.0/8', '::1/128'], allowLoopbackHttp: true };

const authority = createAuthority();
const server = authority.issue('server', { names: ['cluster.test', '127.0.0.1', '127.0.0.2'] });

const get = { method: 'GET', path: '/', timeoutMs: 5_000, idleTimeoutMs: 5_000, maxBytes: 1_000_000 } satisfies EgressRequest;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function client(settings: EgressSettings): EgressClient {
  const made = new EgressClient(settings);
  cleanups.push(() => made.close());
  return made;
}

/** Listens on a loopback address and counts the connections that arrive. */
async function listen(listener: Server, host: string, port = 0): Promise<{ readonly port: number; readonly connections: () => number }> {
  let seen = 0;
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    seen += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  listener.listen(port, host);
  await once(listener, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { port: (listener.address() as AddressInfo).port, connections: () => seen };
}

const http = (handler: RequestListener, host = '127.0.0.1'): ReturnType<typeof listen> => listen(createHttpServer(handler), host);
const https = (handler: RequestListener, options: ServerOptions = {}, host = '127.0.0.1'): ReturnType<typeof listen> =>
  listen(createHttpsServer({ cert: server.certificate, key: server.key, ...options }, handler), host);
const ok: RequestListener = (_request, response) => void response.end('ok');

async function failure(attempt: () => Promise<unknown>): Promise<EgressError> {
  const error = await attempt().then(
    () => new Error('expected a failure'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof EgressError) return error;
  throw error;
}

describe('denied targets', () => {
  it.each([
    ['a name like 127.0.0.1.nip.io', ['127.0.0.1']],
    ['a name with one denied address among good ones', ['127.0.0.2', '127.0.0.1']],
    ['a name with the denied address first', ['127.0.0.1', '127.0.0.2']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a NAT64 address', ['64:ff9b::7f00:1']],
    ['a metadata name', ['169.254.169.254']],
    ['a private address', ['10.0.0.1']],
    ['text that is no address', ['127.1']],
  ])('never connects to %s', async (_what, addresses) => {
    const canary = await listen(createTcpServer(), '127.0.0.1');
    const good = await listen(createTcpServer(), '127.0.0.2', canary.port);
    const connection = client({ policy: canaryOnly, resolve: async () => addresses }).connection({
      url: `https://target.test:${canary.port}`,
    });

    expect((await failure(() => connection.request(get))).code).toBe('address-denied');
    expect([canary.connections(), good.connections()]).toEqual([0, 0]);
  });

  it('refuses a literal before any socket exists', () => {
    expect(() => client({ policy: publicOnly }).connection({ url: 'https://[::ffff:127.0.0.1]:6443' })).toThrow(
      expect.objectContaining({ code: 'address-denied' }),
    );
  });

  it('denies localhost through the system resolver', async () => {
    const canary = await listen(createTcpServer(), '127.0.0.1');
    const connection = client({ policy: publicOnly }).connection({ url: `https://localhost:${canary.port}` });
    expect((await failure(() => connection.request(get))).code).toBe('address-denied');
    expect(canary.connections()).toBe(0);
  });

  it('asks DNS once a socket, so a second answer has no effect', async () => {
    const good = await https(ok, {}, '127.0.0.2');
    const canary = await listen(createTcpServer(), '127.0.0.1', good.port);
    let asked = 0;
    const resolve = async (): Promise<string[]> => (++asked === 1 ? ['127.0.0.2'] : ['127.0.0.1']);
    const connection = client({ policy: canaryOnly, resolve }).connection({
      url: `https://cluster.test:${good.port}`,
      ca: authority.certificate,
      connections: 1,
    });

    expect(await (await connection.request(get)).text()).toBe('ok');
    expect(await (await connection.request(get)).text()).toBe('ok');
    expect([asked, good.connections(), canary.connections()]).toEqual([1, 1, 0]);
  });

  it('denies the rebound name when a new socket is needed', async () => {
    const good = await https((_request, response) => void response.writeHead(200, { connection: 'close' }).end('ok'), {}, '127.0.0.2');
    const canary = await listen(createTcpServer(), '127.0.0.1', good.port);
    let asked = 0;
    const resolve = async (): Promise<string[]> => [++asked % 2 === 1 ? '127.0.0.2' : '127.0.0.1'];
    const connection = client({ policy: canaryOnly, resolve }).connection({
      url: `https://cluster.test:${good.port}`,
      ca: authority.certificate,
      connections: 1,
    });

    const outcomes: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      outcomes.push(
        await connection.request(get).then(
          (response) => response.text(),
          (error: unknown) => (error instanceof EgressError ? error.code : 'other'),
        ),
      );
    }
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'address-denied']));
    expect(canary.connections()).toBe(0);
  });

  it('keeps plain http on loopback when localhost resolves elsewhere', async () => {
    const policy: AddressPolicy = { allowedPrivateRanges: ['10.0.0.0/8'], allowLoopbackHttp: true };
    const connection = client({ policy, resolve: async () => ['10.0.0.1'] }).connection({ url: 'http://localhost:8080' });
    expect((await failure(() => connection.request(get))).code).toBe('scheme-not-allowed');
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('hands a %d to the caller and follows nothing', async (status) => {
    const canary = await listen(createTcpServer(), '127.0.0.1');
    const { port } = await http(
      (_request, response) => void response.writeHead(status, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    );
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });

    const response = await connection.request(get);
    expect([response.status, response.isRedirect]).toEqual([status, true]);
    await response.discard();
    expect((await failure(() => connection.request({ ...get, refuseRedirects: true }))).code).toBe('redirect-refused');
    expect(canary.connections()).toBe(0);
  });

  it('does not take 304 for a redirect', async () => {
    const { port } = await http((_request, response) => void response.writeHead(304).end());
    const response = await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request({ ...get, refuseRedirects: true });
    expect([response.status, response.isRedirect, await response.text()]).toEqual([304, false, '']);
  });
});

describe('TLS', () => {
  it('accepts a certificate of the given CA for the original name', async () => {
    const { port } = await https(ok);
    const connection = client({ policy: loopback, resolve: async () => ['127.0.0.1'] }).connection({
      url: `https://cluster.test:${port}`,
      ca: authority.certificate,
    });
    expect(await (await connection.request(get)).text()).toBe('ok');
  });

  it('checks an address in the URL against the certificate', async () => {
    const { port } = await https(ok);
    const { port: other } = await https(ok, withNames(['cluster.test']));
    const door = client({ policy: loopback });
    expect(await (await door.connection({ url: `https://127.0.0.1:${port}`, ca: authority.certificate }).request(get)).text()).toBe('ok');
    expect((await failure(() => door.connection({ url: `https://127.0.0.1:${other}`, ca: authority.certificate }).request(get))).code).toBe(
      'tls-failed',
    );
  });

  it.each([
    ['an unknown authority', { ca: createAuthority('another').certificate }, {}],
    ['the public roots', {}, {}],
    ['another name', { ca: authority.certificate, serverName: 'other.test' }, {}],
    ['an expired certificate', { ca: authority.certificate }, withNames(['cluster.test'], new Date(Date.UTC(2021, 0, 1)))],
    ['an old protocol', { ca: authority.certificate }, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }],
  ] as const)('refuses %s', async (_what, tls, options) => {
    let requests = 0;
    const { port } = await https((_request, response) => void response.end(String((requests += 1))), options);
    const connection = client({ policy: loopback, resolve: async () => ['127.0.0.1'] }).connection({
      url: `https://cluster.test:${port}`,
      ...tls,
    });
    expect((await failure(() => connection.request(get))).code).toBe('tls-failed');
    expect(requests).toBe(0);
  });

  it('verifies although the environment says not to', async () => {
    const { port } = await https(ok);
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const connection = client({ policy: loopback }).connection({ url: `https://127.0.0.1:${port}` });
      expect((await failure(() => connection.request(get))).code).toBe('tls-failed');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('uses the server name for SNI and for the check', async () => {
    let sni: unknown;
    const { port } = await https((request, response) => {
      sni = (request.socket as TLSSocket & { servername?: unknown }).servername;
      response.end('ok');
    });
    const connection = client({ policy: loopback }).connection({
      url: `https://127.0.0.1:${port}`,
      ca: authority.certificate,
      serverName: 'cluster.test',
    });
    expect(await (await connection.request(get)).text()).toBe('ok');
    expect(sni).toBe('cluster.test');
  });

  it('sends the client certificate, and says tls-failed where one is missing', async () => {
    const { port } = await https((request, response) => void response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN), {
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const { certificate, key } = authority.issue('reader');
    const door = client({ policy: loopback });
    const url = `https://127.0.0.1:${port}`;
    const response = await door.connection({ url, ca: authority.certificate, clientCert: certificate, clientKey: key }).request(get);
    expect(await response.text()).toBe('reader');
    expect(['tls-failed', 'reset']).toContain((await failure(() => door.connection({ url, ca: authority.certificate }).request(get))).code);
  });

  it('refuses PEM that cannot be used, without repeating it', () => {
    const door = client({ policy: loopback });
    const { certificate } = authority.issue('reader');
    const pem = '-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n';
    for (const tls of [
      { clientCert: certificate, clientKey: pem },
      { clientCert: certificate, clientKey: createAuthority().key },
    ]) {
      expect(() => door.connection({ url: 'https://127.0.0.1:1', ...tls })).toThrow(
        expect.objectContaining({ code: 'tls-failed', message: expect.not.stringContaining('CANARY') }),
      );
    }
  });

  it('reads plain http behind an https address as a TLS failure', async () => {
    const { port } = await http(ok);
    const connection = client({ policy: loopback }).connection({ url: `https://127.0.0.1:${port}` });
    expect((await failure(() => connection.request(get))).code).toBe('tls-failed');
  });
});

describe('limits', () => {
  it.each([
    ['maxBytes', Number.NaN],
    ['maxBytes', Number.POSITIVE_INFINITY],
    ['timeoutMs', 0],
    ['idleTimeoutMs', 0],
    ['timeoutMs', 2 ** 31],
  ])('cannot be switched off by %s %d', async (name, value) => {
    const connection = client({ policy: loopback }).connection({ url: 'http://127.0.0.1:1' });
    await expect(connection.request({ ...get, [name]: value })).rejects.toThrow(TypeError);
  });

  it('caps a body that announces its size, before reading it', async () => {
    const { port } = await http((_request, response) => void response.writeHead(200, { 'content-length': '5000000' }).write('x'));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request({ ...get, maxBytes: 1_000 }))).code).toBe('response-too-large');
  });

  it('caps an endless body', async () => {
    const { port } = await http((_request, response) => {
      const chunk = Buffer.alloc(16_384, 'x');
      const more = (): void => void (response.destroyed || (response.write(chunk) ? setImmediate(more) : response.once('drain', more)));
      more();
    });
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    const response = await connection.request({ ...get, maxBytes: 200_000 });
    expect((await failure(() => response.bytes())).code).toBe('response-too-large');
  });

  it('takes a body of exactly the limit', async () => {
    const { port } = await http((_request, response) => void response.end('x'.repeat(1_000)));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await (await connection.request({ ...get, maxBytes: 1_000 })).bytes()).byteLength).toBe(1_000);
    expect((await failure(async () => (await connection.request({ ...get, maxBytes: 999 })).bytes())).code).toBe('response-too-large');
  });

  it('caps a gzip bomb by what it unfolds to', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const { port } = await http((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    const response = await connection.request({ ...get, maxBytes: 1_000_000 });
    let seen = 0;
    const error = await failure(async () => {
      for await (const chunk of response.body) seen += chunk.byteLength;
    });
    expect(error.code).toBe('response-too-large');
    expect(seen).toBeLessThanOrEqual(1_000_000);
  });

  it('caps gzip that unfolds to nothing for ever', async () => {
    const members = Buffer.concat(Array.from({ length: 1_000 }, () => gzipSync('')));
    const { port } = await http((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const more = (): void => void (response.destroyed || (response.write(members) ? setImmediate(more) : response.once('drain', more)));
      more();
    });
    const response = await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request({ ...get, maxBytes: 100_000 });
    expect((await failure(() => response.bytes())).code).toBe('response-too-large');
  });

  it('reads gzip and plain alike', async () => {
    const text = 'posture '.repeat(10_000);
    const { port } = await http((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      if (request.url === '/plain') response.end(text);
      else response.writeHead(200, { 'content-encoding': 'GZIP' }).end(gzipSync(text));
    });
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect(await (await connection.request({ ...get, path: '/plain' })).text()).toBe(text);
    expect(await (await connection.request({ ...get, path: '/gzip' })).text()).toBe(text);
  });

  it.each(['br', 'zstd', 'deflate', 'gzip, gzip', 'gzip,br', 'identity, gzip', 'x'])('refuses the encoding %j', async (encoding) => {
    const { port } = await http((_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end('x'));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request(get))).code).toBe('encoding-not-allowed');
  });

  it('refuses two content-encoding headers', async () => {
    const { port } = await http(
      (_request, response) =>
        void response
          .writeHead(
            200,
            [
              ['content-encoding', 'gzip'],
              ['content-encoding', 'gzip'],
            ].flat(),
          )
          .end('x'),
    );
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request(get))).code).toBe('encoding-not-allowed');
  });

  it.each([
    ['broken gzip', Buffer.from('not gzip at all'), 'encoding-not-allowed'],
    ['cut gzip', gzipSync('x'.repeat(10_000)).subarray(0, 30), 'reset'],
  ] as const)('reports %s', async (_what, body, code) => {
    const { port } = await http((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(body));
    const response = await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request(get);
    expect((await failure(() => response.bytes())).code).toBe(code);
  });

  it('refuses headers without end', async () => {
    const raw = createTcpServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = (): void =>
        void (socket.destroyed || (socket.write(`x-${'a'.repeat(1_000)}: y\r\n`) ? setImmediate(more) : socket.once('drain', more)));
      more();
    });
    const { port } = await listen(raw, '127.0.0.1');
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request(get))).code).toBe('response-too-large');
  });
});

describe('time', () => {
  it('gives up on a server that never answers', async () => {
    const { port } = await http(() => undefined);
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request({ ...get, timeoutMs: 20_000, idleTimeoutMs: 200 }))).code).toBe('timeout');
  });

  it('gives up on a body that stops', async () => {
    const { port } = await http((_request, response) => void response.writeHead(200).write('x'));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    const response = await connection.request({ ...get, timeoutMs: 20_000, idleTimeoutMs: 200 });
    expect((await failure(() => response.bytes())).code).toBe('timeout');
  });

  it('gives up on one byte at a time when the total is over', async () => {
    const { port } = await http((_request, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    const started = performance.now();
    const response = await connection.request({ ...get, timeoutMs: 400 });
    expect((await failure(() => response.bytes())).code).toBe('timeout');
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('counts resolving and waiting for a socket', async () => {
    const stuck = client({ policy: loopback, resolve: () => new Promise(() => undefined) }).connection({ url: 'https://cluster.test' });
    expect((await failure(() => stuck.request({ ...get, timeoutMs: 100 }))).code).toBe('timeout');

    const { port } = await http(() => undefined);
    const busy = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}`, connections: 1 });
    const first = failure(() => busy.request({ ...get, timeoutMs: 1_000 }));
    expect((await failure(() => busy.request({ ...get, timeoutMs: 100 }))).code).toBe('timeout');
    expect((await first).code).toBe('timeout');
  });

  it('ends a body that nobody reads', async () => {
    let closed = false;
    const { port } = await http((_request, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200).write('x');
    });
    await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request({ ...get, timeoutMs: 100 });
    await expect.poll(() => closed).toBe(true);
  });

  it('stops when the caller does, before and during the body', async () => {
    const { port } = await http((request, response) => void (request.url === '/body' && response.writeHead(200).write('x')));
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}` });
    expect((await failure(() => connection.request({ ...get, signal: AbortSignal.abort() }))).code).toBe('aborted');

    const waiting = new AbortController();
    setTimeout(() => waiting.abort(), 50);
    expect((await failure(() => connection.request({ ...get, signal: waiting.signal }))).code).toBe('aborted');

    const reading = new AbortController();
    const response = await connection.request({ ...get, path: '/body', signal: reading.signal });
    setTimeout(() => reading.abort(), 50);
    expect((await failure(() => response.bytes())).code).toBe('aborted');
  });
});

describe('failures', () => {
  it('names a refused connection, an unknown name and a cut answer', async () => {
    const { port } = await listen(
      createTcpServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')),
      '127.0.0.1',
    );
    const door = client({
      policy: loopback,
      resolve: async (name) => (name === 'empty.test' ? [] : Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))),
    });
    expect(await failure(() => door.connection({ url: 'http://127.0.0.1:1' }).request(get))).toMatchObject({
      code: 'connect-failed',
      reason: 'ECONNREFUSED',
    });
    expect(await failure(() => door.connection({ url: 'https://gone.test' }).request(get))).toMatchObject({
      code: 'dns-failed',
      reason: 'ENOTFOUND',
    });
    expect((await failure(() => door.connection({ url: 'https://empty.test' }).request(get))).code).toBe('dns-failed');
    const cut = await door.connection({ url: `http://127.0.0.1:${port}` }).request(get);
    expect((await failure(() => cut.bytes())).code).toBe('reset');
  });

  it('tries the next checked address when one refuses', async () => {
    const { port } = await https(ok, {}, '127.0.0.2');
    const connection = client({ policy: loopback, resolve: async () => ['127.0.0.3', '127.0.0.2'] }).connection({
      url: `https://cluster.test:${port}`,
      ca: authority.certificate,
    });
    expect(await (await connection.request(get)).text()).toBe('ok');
  });

  it('shows neither path, query nor headers', async () => {
    const connection = client({ policy: loopback }).connection({ url: 'http://127.0.0.1:1/CANARY?t=CANARY' });
    const error = await failure(() => connection.request({ ...get, path: undefined, headers: { authorization: 'Bearer CANARY' } }));
    expect(JSON.stringify([error, error.message, error.stack, String(error.cause)])).not.toContain('CANARY');
  });

  it('leaves host, framing and the target to the door', async () => {
    const connection = client({ policy: loopback }).connection({ url: 'http://127.0.0.1:1' });
    for (const name of ['Host', 'Transfer-Encoding', 'content-length', 'Connection', 'Accept-Encoding']) {
      await expect(connection.request({ ...get, headers: { [name]: 'x' } })).rejects.toThrow(TypeError);
    }
    for (const path of ['http://elsewhere.test/', 'x', '', '/a#b'])
      await expect(connection.request({ ...get, path })).rejects.toThrow(TypeError);
    await expect(connection.request({ ...get, path: '/a\r\nx: y' })).rejects.toThrow('invalid request path');
    await expect(connection.request({ ...get, headers: { x: 'a\r\ny: b' } })).rejects.toThrow('invalid x header');
  });
});

describe('connections', () => {
  it('sends method, path, headers and body, and keeps the socket', async () => {
    const { port, connections } = await http((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on(
        'end',
        () => void response.end(JSON.stringify([request.method, request.url, request.headers['x-id'], Buffer.concat(chunks).toString()])),
      );
    });
    const connection = client({ policy: loopback }).connection({ url: `http://127.0.0.1:${port}/hook?k=v`, connections: 1 });
    const { timeoutMs, idleTimeoutMs, maxBytes } = get;
    const limits = { timeoutMs, idleTimeoutMs, maxBytes };
    expect(await (await connection.request({ method: 'POST', headers: { 'x-id': '7' }, body: 'hello', ...limits })).text()).toBe(
      '["POST","/hook?k=v","7","hello"]',
    );
    expect(await (await connection.request({ method: 'POST', path: '/x', body: Buffer.from([104, 105]), ...limits })).text()).toBe(
      '["POST","/x",null,"hi"]',
    );
    await (await connection.request({ method: 'GET', path: '/y', ...limits })).discard();
    expect((await connection.request({ method: 'HEAD', path: '/y', ...limits })).status).toBe(200);
    expect(connections()).toBe(1);
  });

  it('reads a body once only', async () => {
    const { port } = await http(ok);
    const response = await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request(get);
    await response.text();
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  it('closes the socket when a reader leaves early', async () => {
    let closed = false;
    const { port } = await http((_request, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync('x'.repeat(100_000)));
    });
    const response = await client({ policy: loopback })
      .connection({ url: `http://127.0.0.1:${port}` })
      .request(get);
    for await (const _ of response.body) break;
    await expect.poll(() => closed).toBe(true);
  });

  it('ends requests under way when it closes', async () => {
    const { port } = await http(() => undefined);
    const door = client({ policy: loopback });
    const pending = failure(() => door.connection({ url: `http://127.0.0.1:${port}` }).request(get));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await door.close();
    expect((await pending).code).toBe('aborted');
  });
});

function withNames(names: readonly string[], validTo?: Date): { readonly cert: string; readonly key: string } {
  const { certificate, key } = authority.issue('server', { names, validTo });
  return { cert: certificate, key };
}
