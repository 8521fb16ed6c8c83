import { connect } from 'node:net';
import { request } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Test } from 'supertest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

async function rowsOf(api: LiveApi, table: string, clusterId: string): Promise<number> {
  const client = new pg.Client({ connectionString: api.database.adminUrl });
  await client.connect();
  try {
    return Number((await client.query(`select count(*) from bulwark.${table} where cluster_id = $1`, [clusterId])).rows[0].count);
  } finally {
    await client.end();
  }
}

describe('problems', () => {
  let api: LiveApi;
  let acme: Tenant;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
  });
  afterAll(() => api.close());

  const json = (test: Test, body: string): Test => test.set('content-type', 'application/json').send(body);
  const post = (body: string): Test => json(api.as(acme).post('/v1/clusters'), body);

  it.each<[string, number, string, () => Test]>([
    ['an unknown address', 404, 'route-not-found', () => api.as(acme).get('/v1/nothing')],
    ['an unknown address without a key', 404, 'route-not-found', () => api.as('').get('/v1/nothing')],
    ['a known address with another method', 405, 'method-not-allowed', () => api.as(acme).put('/v1/clusters')],
    ['a malformed address', 400, 'bad-request', () => api.as(acme).get('/v1/scans/%zz')],
    ['an id that is none', 404, 'cluster-not-found', () => api.as(acme).get('/v1/clusters/not-an-id')],
    ['an id that is too long for one', 404, 'cluster-not-found', () => api.as(acme).get(`/v1/clusters/${'a'.repeat(250)}`)],
    ['an id that nobody has', 404, 'cluster-not-found', () => api.as(acme).get('/v1/clusters/7b68b4a7-b320-45e3-9146-57a2e95f59cf')],
    ['no JSON', 400, 'malformed-json', () => post('{"name":')],
    ['JSON that is no UTF-8', 400, 'malformed-json', () => api.as(acme).post('/v1/clusters').set('content-type', 'application/json').serialize((bytes: unknown) => bytes as string).send(Buffer.from([0x22, 0xff, 0x22]))],
    ['no body', 400, 'missing-body', () => api.as(acme).post('/v1/clusters')],
    ['a body of another kind', 415, 'unsupported-media-type', () => api.as(acme).post('/v1/clusters').set('content-type', 'text/plain').send('name=a')],
    ['a compressed body where none is taken', 415, 'unsupported-encoding', () => post('{}').set('content-encoding', 'gzip')],
    ['a body that is too large', 413, 'body-too-large', () => post(JSON.stringify({ name: 'a'.repeat(2 * 1024 * 1024) }))],
    ['a list for an object', 422, 'invalid-input', () => post('[]')],
    ['null', 422, 'invalid-input', () => post('null')],
    ['deep nesting', 422, 'invalid-input', () => post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['a prototype', 422, 'invalid-input', () => post('{"name":"a","__proto__":{"isAdmin":true}}')],
    ['a prototype among labels', 422, 'invalid-input', () => post('{"name":"a","labels":{"__proto__":"x"}}')],
    ['NUL in a text', 422, 'invalid-input', () => post(JSON.stringify({ name: 'a\0b' }))],
    ['a lone surrogate', 422, 'invalid-input', () => post('{"name":"\\ud800"}')],
    ['a tampered cursor', 400, 'bad-cursor', () => api.as(acme).get('/v1/clusters?after=AAAA')],
    ['a page of no size', 422, 'invalid-parameters', () => api.as(acme).get('/v1/clusters?first=0')],
    ['a page that is too large', 422, 'invalid-parameters', () => api.as(acme).get('/v1/clusters?first=101')],
    ['a page size that is no number', 422, 'invalid-parameters', () => api.as(acme).get('/v1/clusters?first=1e1')],
    ['a parameter twice', 422, 'invalid-parameters', () => api.as(acme).get('/v1/clusters?first=1&first=2')],
    ['an unknown parameter', 422, 'invalid-parameters', () => api.as(acme).get('/v1/clusters?limit=1')],
    ['a parameter where none is taken', 422, 'unknown-parameter', () => api.as(acme).get('/v1/me?verbose=1')],
    ['a parameter of the wrong word', 422, 'invalid-parameters', () => api.as(acme).get('/v1/findings?minSeverity=awful')],
    ['a cluster in the private network', 422, 'connection-refused', () => post('{"name":"a","connection":{"server":"https://10.0.0.1:6443","token":"t"}}')],
    ['a cluster where machines get their credentials', 422, 'connection-refused', () => post('{"name":"a","connection":{"server":"https://169.254.169.254","token":"t"}}')],
    ['a snapshot of another kind', 415, 'unsupported-media-type', () => api.as(acme).post('/v1/clusters/x/snapshots').set('content-type', 'text/csv').send('a,b')],
  ])('answers %s with %i %s', async (_what, status, reason, send) => {
    const before = api.logged.filter(({ level }) => level === 'error').length;
    const answer = await send();
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: `/problems/${reason}`, status, title: expect.stringMatching(/^[A-Z]/), detail: expect.stringMatching(/./), requestId: answer.headers['x-request-id'] });
    expect([answer.status, answer.body.status]).toEqual([status, status]);
    expect(api.logged.filter(({ level }) => level === 'error')).toHaveLength(before);
  });

  it('names everything that is wrong with an input, each by its pointer', async () => {
    const { body } = await api.as(acme).post('/v1/clusters').send({ name: 5, surplus: 1, labels: { a: 1, 'b/c': 'x' }, connection: { server: 'https://k', extra: true } });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/name', '/labels/a', '/connection/extra', '/surplus']);
  });

  it('writes the pointers of parameters as RFC 6901 has them, and not thousands of them', async () => {
    const { body } = await api.as(acme).get(`/v1/me?a/b~c=1&${Array.from({ length: 500 }, (_, i) => `p${i}=1`).join('&')}`).expect(422);
    expect(body.errors[0].pointer).toBe('/a~1b~0c');
    expect(body.errors).toHaveLength(20);
  });

  it('refuses a kubeconfig that would run a command, and does not repeat it', async () => {
    const kubeconfig = JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://k.example.com' } }], users: [{ name: 'u', user: { exec: { command: 'steal-it', apiVersion: 'client.authentication.k8s.io/v1' } } }],
    });
    const answer = await api.as(acme).post('/v1/clusters').send({ name: 'a', connection: { kubeconfig } });
    expect([answer.status, answer.body.type]).toEqual([422, '/problems/kubeconfig-refused']);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '/connection/kubeconfig', type: '/problems/kubeconfig-exec-plugin' });
    expect(answer.text).not.toContain('steal-it');
    const viaGraphql = await api.as(acme).query('mutation ($input: RegisterClusterInput!) { registerCluster(input: $input) { id } }', { input: { name: 'a', connection: { kubeconfig } } });
    expect(viaGraphql.body.errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'kubeconfig-refused', errors: [{ pointer: '/connection/kubeconfig' }] });
  });

  it('names the methods that an address takes', async () => {
    const answer = await api.as(acme).delete('/v1/clusters');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('sends a good request id back, and makes one where it is none', async () => {
    expect((await api.as(acme).get('/v1/me').set('x-request-id', 'abc-123')).headers['x-request-id']).toBe('abc-123');
    expect((await api.as(acme).get('/v1/me').set('x-request-id', 'a b')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await api.as(acme).get('/v1/nothing').set('x-request-id', 'abc-124')).body.requestId).toBe('abc-124');
  });

  it('tells strangers nothing of an error that nobody foresaw, and the log everything, once', async () => {
    const broken = api.services.findings as unknown as { get: unknown };
    const original = broken.get;
    broken.get = () => Promise.reject(new Error('secret inside'));
    try {
      const rest = await api.as(acme).get('/v1/findings/x').set('x-request-id', 'boom-rest');
      expect([rest.status, rest.body.type]).toEqual([500, '/problems/internal-error']);
      const viaGraphql = await api.as(acme).query('{ finding(id: "x") { id } }').set('x-request-id', 'boom-graphql');
      expect(viaGraphql.body.errors[0].extensions).toEqual({ code: 'INTERNAL', requestId: 'boom-graphql' });
      for (const answer of [rest, viaGraphql]) expect(answer.text).not.toContain('secret inside');
      for (const requestId of ['boom-rest', 'boom-graphql']) {
        const entries = api.logged.filter(({ level, fields }) => level === 'error' && fields['requestId'] === requestId);
        expect(entries.map(({ fields }) => (fields['err'] as Error).message)).toEqual(['secret inside']);
      }
    } finally {
      broken.get = original;
    }
  });

  it('carries the trace context of the caller to the work it asks for', async () => {
    const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: 'traced' }).expect(201);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { body: scan } = await api.as(acme).post(`/v1/clusters/${cluster.id}/snapshots`).set('traceparent', traceparent).type('application/json').send('{}').expect(202);
    const work = await api.database.store.inTenant(acme.tenantId, (tx) => tx.dueWork.get('scan.run', scan.id));
    expect(work?.traceparent).toBe(traceparent);
  });

  it('logs one line a request, by ids and without anything of its query', async () => {
    await api.as(acme).get('/v1/findings?search=my-secret-search').set('x-request-id', 'one-line').expect(200);
    const lines = api.logged.filter(({ fields }) => fields['requestId'] === 'one-line');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.fields).toMatchObject({ method: 'GET', route: '/v1/findings', status: 200, tenantId: acme.tenantId, keyId: acme.keyId });
    expect(JSON.stringify(api.logged)).not.toContain('my-secret-search');
  });

  it('answers what is no HTTP, and heads that are too large', async () => {
    const { port } = new URL(api.url);
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => (answer += String(chunk)));
        socket.on('close', () => resolve(answer));
        socket.on('error', reject);
      });
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*\/problems\/malformed-http/);
    expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 [\s\S]*\/problems\/headers-too-large/);
  });

  it.each(['', 'Bearer bwk_1'])('holds no body for who has no good key (%j)', async (authorization) => {
    const { port } = new URL(api.url);
    for (const path of ['/v1/clusters', '/graphql']) {
      const socket = connect(Number(port), '127.0.0.1');
      // What was announced never comes.
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n{"name":`);
      const answer = await new Promise<string>((resolve, reject) => {
        socket.once('data', (chunk) => resolve(String(chunk)));
        socket.once('error', reject);
      });
      socket.destroy();
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    }
  });

  it('answers a refused upload while it still arrives, and does not read it to its end', async () => {
    const { port } = new URL(api.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/clusters/x/snapshots', headers: { 'content-type': 'application/json', authorization: 'Bearer bwk_1' } }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          clearInterval(sending);
          upload.destroy();
          resolve(answer.statusCode);
        });
      });
      const sending = setInterval(() => upload.write(Buffer.alloc(65_536)), 10);
      upload.on('error', reject);
    });
    expect(status).toBe(401);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: 'half-sent' }).expect(201);
    const { port } = new URL(api.url);
    await new Promise<void>((resolve) => {
      const upload = request({ port, host: '127.0.0.1', method: 'POST', path: `/v1/clusters/${cluster.id}/snapshots`, headers: { 'content-type': 'application/json', authorization: `Bearer ${acme.token}` } });
      upload.on('error', () => resolve());
      upload.write('{"kind":"List","items":[');
      setTimeout(() => upload.destroy(), 200);
    });
    await expect.poll(() => api.logged.find(({ fields }) => fields['route'] === '/v1/clusters/:id/snapshots' && fields['status'] === 499)).toBeDefined();
    expect((await api.as(acme).get(`/v1/scans?clusterId=${cluster.id}`).expect(200)).body.items).toEqual([]);
    await expect.poll(() => rowsOf(api, 'snapshots', cluster.id)).toBe(0);
    await api.as(acme).post(`/v1/clusters/${cluster.id}/snapshots`).type('application/json').send('{}').expect(202);
  });

  it('takes no upload whose key was revoked while it arrived', async () => {
    const key = await api.key(acme, ['scans:write']);
    const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: 'revoked-meanwhile' }).expect(201);
    const { port } = new URL(api.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const upload = request({ port, host: '127.0.0.1', method: 'POST', path: `/v1/clusters/${cluster.id}/snapshots`, headers: { 'content-type': 'application/json', authorization: `Bearer ${key.token}` } }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve(text));
      });
      upload.on('error', reject);
      upload.write('{"kind":"List",');
      setTimeout(() => void api.as(acme).delete(`/v1/api-keys/${key.keyId}`).then(() => upload.end('"items":[]}')), 200);
    });
    expect(JSON.parse(answer)).toMatchObject({ status: 401, type: '/problems/api-key-revoked' });
    await expect.poll(() => rowsOf(api, 'snapshots', cluster.id)).toBe(0);
    expect((await api.as(acme).get(`/v1/scans?clusterId=${cluster.id}`).expect(200)).body.items).toEqual([]);
  });
});
