import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import type { ProbeFacts } from '#inventory/facts.js';
import type { Observed } from '#inventory/observed.js';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { startFakeApiServer, type FakeApiServer, type FakeApiServerOptions, type Fault } from '#test/support/fake-apiserver.js';
import { probeApiServer } from './probe-api-server.js';

const loopback = { allowedPrivateRanges: [], allowLoopbackHttp: true };
const never = new AbortController().signal;

let server: FakeApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function probe(options: FakeApiServerOptions = {}, change: (connection: ClusterConnection) => ClusterConnection = (same) => same, timeoutMs = 5_000): Promise<Observed<ProbeFacts>> {
  server = await startFakeApiServer(options);
  return probeApiServer(change({ server: server.url, ca: server.ca, credential: { kind: 'token', token: server.token } }), loopback, never, timeoutMs);
}

const always = (fault: Fault) => ({ fault: () => fault });
const byPath = (answers: Readonly<Record<string, Fault>>): FakeApiServerOptions => ({ fault: ({ url }) => answers[url.pathname] });

describe('the probe of an API server', () => {
  it('sees certificates, versions and statuses, and shows no credential', async () => {
    const facts = await probe();
    expect(facts).toEqual({
      state: 'observed',
      value: {
        tls: {
          address: 'loopback', version: 'TLSv1.3', publicAddresses: [],
          certificates: [
            { role: 'server', subject: 'kube-apiserver', notBefore: '2020-01-01T00:00:00.000Z', notAfter: '2090-01-01T00:00:00.000Z', keyType: 'ec', keyBits: 256, signature: 'SHA256-ECDSA' },
            { role: 'authority', subject: 'test authority', notBefore: '2020-01-01T00:00:00.000Z', notAfter: '2090-01-01T00:00:00.000Z', keyType: 'ec', keyBits: 256 },
          ],
        },
        acceptsOutdatedTls: false,
        anonymous: { version: 401, health: 401, namespaces: 401 },
      },
    });
    expect(server!.requests.map(({ method, url }) => `${method} ${url.pathname}${url.search}`).toSorted()).toEqual(['GET /api/v1/namespaces?limit=1', 'GET /healthz', 'GET /version']);
    expect(server!.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('sees a server that takes old versions', async () => {
    expect(await probe({ tls: { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } })).toMatchObject({ state: 'observed', value: { acceptsOutdatedTls: true, tls: { version: 'TLSv1.3' } } });
  });

  it('tells who is let in from who is refused', async () => {
    const list: Fault = { kind: 'body', body: '{"kind":"NamespaceList","items":[]}' };
    expect(await probe(byPath({ '/version': { kind: 'body', body: '{"gitVersion":"v1.36.3"}' }, '/healthz': { kind: 'body', body: 'ok' }, '/api/v1/namespaces': list }))).toMatchObject({ value: { anonymous: { version: 200, health: 200, namespaces: 200 } } });
    await server!.close();
    expect(await probe(byPath({ '/api/v1/namespaces': { kind: 'status', status: 403 } }))).toMatchObject({ value: { anonymous: { version: 401, health: 401, namespaces: 403 } } });
  });

  it('takes no word for it from whoever is no API server', async () => {
    for (const fault of [{ kind: 'html' }, { kind: 'status', status: 302, headers: { location: 'https://login.example' }, body: '' }, { kind: 'status', status: 401, body: '{"error":"sign in"}' }, { kind: 'body', body: '{"items":[]}' }, { kind: 'gzip-bomb', bytes: 4_000_000 }] satisfies Fault[]) {
      expect((await probe(always(fault)) as { readonly value: ProbeFacts }).value.anonymous, fault.kind).toBeUndefined();
      await server!.close();
    }
  });

  it('knows when the certificate ends that scans sign in with', async () => {
    const { certificate, key } = createAuthority().issue('scanner', { validTo: new Date('2026-12-03T00:00:00Z') });
    expect(await probe({}, (connection) => ({ ...connection, credential: { kind: 'client-certificate', certificate, key } }))).toMatchObject({
      value: { clientCertificate: { role: 'client', subject: 'scanner', notAfter: '2026-12-03T00:00:00.000Z' } },
    });
  });

  it('is missing where nobody answers, where the certificate is another one, where the address is denied, and behind a proxy', async () => {
    expect(await probe({}, (connection) => ({ ...connection, ca: createAuthority().certificate }))).toMatchObject({ state: 'missing', reason: 'unreachable' });
    expect(server!.requests).toEqual([]);
    await server!.close();
    expect(await probe({}, (connection) => ({ ...connection, server: `${connection.server}/k8s/clusters/c-1` }))).toMatchObject({ state: 'missing', reason: 'not-requested', detail: expect.stringContaining('proxy') as string });
    expect(await probeApiServer({ server: 'https://169.254.169.254', credential: { kind: 'token', token: 'x' } }, loopback, never)).toMatchObject({ state: 'missing', reason: 'unreachable' });
    await server!.close();
    expect(await probeApiServer({ server: server!.url, credential: { kind: 'token', token: 'x' } }, loopback, never)).toMatchObject({ state: 'missing', reason: 'unreachable' });
  });

  it('does not wait for a server that says nothing', async () => {
    const before = performance.now();
    const facts = await probe(always({ kind: 'hang' }), undefined, 300);
    expect(facts).toMatchObject({ state: 'observed', value: { tls: { version: 'TLSv1.3' } } });
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});
