import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { AddressPolicy } from './address-policy.js';
import { EgressClient } from './egress-client.js';
import type { EgressConnection } from './egress-connection.js';
import { EgressError } from './egress-error.js';
import { createAuthority } from './testing/certificate-authority.js';

const loopback: AddressPolicy = { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true };
const authority = createAuthority('root');
const server = authority.issue('server', { names: ['cluster.test', '127.0.0.1'] });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(listener: Server): Promise<number> {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  cleanups.push(() => listener.close());
  return (listener.address() as AddressInfo).port;
}

const tls = (options: TlsOptions = {}): Promise<number> => {
  const listener = createServer({ cert: server.certificate, key: server.key, ...options }, (socket) => socket.end());
  listener.on('tlsClientError', () => undefined);
  return listen(listener);
};

function connection(port: number, policy = loopback, host = '127.0.0.1', scheme = 'https', ca = authority.certificate): EgressConnection {
  const client = new EgressClient({ policy, resolve: async () => ['127.0.0.1'] });
  cleanups.push(() => client.close());
  return client.connection({ url: `${scheme}://${host}:${port}`, ca });
}

const failure = async (attempt: Promise<unknown>): Promise<EgressError> => {
  const error: unknown = await attempt.then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EgressError);
  return error as EgressError;
};

const current = { versions: 'current', timeoutMs: 5_000 } as const;
const outdated = { versions: 'outdated', timeoutMs: 5_000 } as const;

describe('a handshake', () => {
  it('tells version, address and chain, up to the root', async () => {
    const { address, version, chain } = await connection(await tls(), loopback, 'cluster.test').handshake(current);
    expect({ address, version }).toEqual({ address: '127.0.0.1', version: 'TLSv1.3' });
    expect(chain.map((der) => new X509Certificate(der).subject)).toEqual(['CN=server', 'CN=root']);
  });

  it('refuses a certificate of somebody else', async () => {
    const port = await tls();
    expect((await failure(connection(port, loopback, 'other.test').handshake(current))).code).toBe('tls-failed');
    expect((await failure(connection(port, loopback, '127.0.0.1', 'https', createAuthority().certificate).handshake(current))).code).toBe('tls-failed');
  });

  it('of an old version ends where the server knows it, and with an alert where it does not', async () => {
    expect((await connection(await tls({ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })).handshake(outdated)).version).toBe('TLSv1.1');
    expect(await failure(connection(await tls()).handshake(outdated))).toMatchObject({ code: 'tls-failed', reason: expect.stringContaining('ALERT') as string });
  });

  it('is not made with an address that the policy denies, nor over plain http', async () => {
    const port = await tls();
    expect((await failure(connection(port, { allowedPrivateRanges: [], allowLoopbackHttp: false }, 'cluster.test').handshake(current))).code).toBe('address-denied');
    expect((await failure(connection(port, loopback, '127.0.0.1', 'http').handshake(current))).code).toBe('scheme-not-allowed');
  });

  it('ends in time, whoever does not answer', async () => {
    const silent = await listen(createTcpServer(() => undefined).on('connection', (socket) => cleanups.push(() => socket.destroy())));
    expect((await failure(connection(silent).handshake({ ...current, timeoutMs: 100 }))).code).toBe('timeout');
    expect((await failure(connection(silent).handshake({ ...current, signal: AbortSignal.abort() }))).code).toBe('aborted');
    const closing = await listen(createTcpServer((socket) => socket.destroy()));
    expect((await failure(connection(closing).handshake(current))).code).toBe('reset');
  });
});
