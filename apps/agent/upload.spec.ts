import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { upload, UploadError, type Destination, type Patience } from './upload.js';

const authority = createAuthority('authority');
const { certificate, key: privateKey } = authority.issue('server', { names: ['localhost', '127.0.0.1'] });
const fast: Patience = { attempts: 3, first: 5, longest: 20, timeout: 2_000 };
const bundle = Buffer.from('a bundle');

describe('sending a bundle', () => {
  const servers: Server[] = [];
  const seen: { readonly url: string; readonly body: string; readonly request: IncomingMessage }[] = [];

  afterEach(async () => {
    seen.length = 0;
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    })));
  });

  async function serve(answer: (attempt: number) => readonly [number, unknown?, Readonly<Record<string, string>>?], isTls = false): Promise<Destination> {
    const listener: RequestListener = (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        seen.push({ url: request.url!, body: Buffer.concat(parts).toString(), request });
        const [status, body = {}, headers = {}] = answer(seen.length);
        response.writeHead(status, headers).end(JSON.stringify(body));
      });
    };
    const server = isTls ? createTlsServer({ cert: certificate, key: privateKey }, listener) : createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return { url: new URL(`${isTls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/base/`), cluster: 'c 1', userAgent: 'test' };
  }

  it('posts the very bytes to the cluster\'s path', async () => {
    await upload(bundle, await serve(() => [202]), fast);
    expect(seen).toMatchObject([{ url: '/base/v1/clusters/c%201/node-bundles', body: 'a bundle', request: { method: 'POST' } }]);
    expect(seen[0]!.request.headers['content-type']).toBe('application/vnd.bulwark.node-bundle+json');
  });

  it('tries again when the server is busy or broken', async () => {
    const destination = await serve((attempt) => (attempt === 1 ? [503, {}, { 'retry-after': '1' }] : attempt === 2 ? [429] : [200]));
    await upload(bundle, destination, fast);
    expect(seen).toHaveLength(3);
  });

  it('gives up after so many attempts', async () => {
    await expect(upload(bundle, await serve(() => [500]), fast)).rejects.toMatchObject({ isFinal: false, message: expect.stringContaining('500') as string });
    expect(seen).toHaveLength(3);
  });

  it('does not ask twice for what was refused, and says why', async () => {
    const answer = upload(bundle, await serve(() => [422, { type: 'https://bulwark.dev/problems/forged', detail: 'The signature is wrong.\u0007' }]), fast);
    await expect(answer).rejects.toMatchObject({ isFinal: true, message: 'The server answered 422: The signature is wrong.?' });
    expect(seen).toHaveLength(1);
  });

  it('is content where the server has it already', async () => {
    await expect(upload(bundle, await serve(() => [409, { type: 'https://bulwark.dev/problems/already-received' }]), fast)).resolves.toBeUndefined();
    await expect(upload(bundle, await serve(() => [409, { type: 'https://bulwark.dev/problems/superseded' }]), fast)).rejects.toMatchObject({ isFinal: true });
  });

  it('follows no redirect', async () => {
    await expect(upload(bundle, await serve(() => [307, {}, { location: 'http://127.0.0.1:1/' }]), fast)).rejects.toMatchObject({ isFinal: true });
    expect(seen).toHaveLength(1);
  });

  it('takes no proxy from the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' });
    try {
      await upload(bundle, await serve(() => [200]), fast);
    } finally {
      process.env = before;
    }
    expect(seen).toHaveLength(1);
  });

  it('verifies the server\'s certificate', async () => {
    const destination = await serve(() => [200], true);
    await expect(upload(bundle, destination, { ...fast, attempts: 1 })).rejects.toMatchObject({ message: expect.stringContaining('--ca-file') as string });
    await upload(bundle, { ...destination, authorities: authority.certificate }, fast);
    expect(seen).toHaveLength(1);
  });

  it('waits no longer than it may', async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(upload(bundle, { url, cluster: 'c', userAgent: 't' }, { ...fast, attempts: 1, timeout: 50 })).rejects.toBeInstanceOf(UploadError);
  });
});
