import { createClient } from 'graphql-ws';
import { WebSocket } from 'undici';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from '../e2e/support/live-api.js';

describe('probe', () => {
  let api: LiveApi; let acme: Tenant;
  beforeAll(async () => { api = await liveApi(); acme = await api.tenant(); });
  afterAll(() => api.close());

  it('ws after revocation', async () => {
    const key = await api.key(acme, ['admin:write', 'clusters:write']);
    const client = createClient({ url: api.url.replace('http', 'ws') + '/graphql', webSocketImpl: WebSocket as any, connectionParams: { Authorization: `Bearer ${key.token}` }, lazy: false, retryAttempts: 0 });
    const run = (query: string) => new Promise((resolve) => { let got: unknown; client.subscribe({ query }, { next: (v) => (got = v), error: (e) => resolve({ error: e }), complete: () => resolve(got) }); });
    console.log('before', JSON.stringify(await run('{ me { keyId } }')));
    await api.as(acme).delete(`/v1/api-keys/${key.keyId}`).expect(200);
    console.log('after query', JSON.stringify(await run('{ me { keyId } clusters { edges { cursor } } }')));
    console.log('after mutation', JSON.stringify(await run('mutation { createApiKey(input: {name: "x", scopes: [ADMIN_WRITE]}) { token } }')).slice(0, 100));
    await client.dispose();
  });

  it('negative cost', async () => {
    const big = 'a1: events(first:100) { edges { node { id cluster { lastScan { cluster { name } } } scan { cluster { lastScan { id } } } finding { cluster { lastScan { cluster {name}}} } } } }';
    const many = Array.from({ length: 15 }, (_, i) => big.replace('a1', 'a' + i)).join('\n');
    console.log((await api.as(acme).query(`{ ${many} }`)).text.slice(0, 200));
    console.log((await api.as(acme).query(`{ n: clusters(first: -100000) { edges { node { id } } } ${many} }`)).text.slice(0, 300));
  });

  it('fragment bomb', async () => {
    const n = 150;
    const frags = Array.from({ length: n }, (_, i) => `fragment f${i} on Cluster{...f${i + 1} ...f${i + 1}}`).join(' ') + ` fragment f${n} on Cluster{id}`;
    let t = performance.now();
    let r = await api.as(acme).query(`{clusters{edges{node{...f0}}}} ${frags}`);
    console.log('frag', performance.now() - t, r.status, r.text.slice(0, 200));
    const inl = (d: number): string => d === 0 ? 'id' : `...on Cluster{${inl(d - 1)}} ...on Cluster{${inl(d - 1)}}`;
    t = performance.now();
    r = await api.as(acme).query(`{clusters{edges{node{${inl(7)}}}}}`);
    console.log('inline', performance.now() - t, r.status, r.text.slice(0, 200));
  });

  it('introspection', async () => {
    const one = 'types{fields{type{fields{name type{name ofType{name}} args{name type{name}}}}}}';
    for (const n of [1, 10, 45]) {
      const q = `{ ${Array.from({ length: n }, (_, i) => `a${i}: __schema{${one}}`).join(' ')} }`;
      const t = performance.now();
      const r = await api.as(acme).query(q);
      console.log('intro', n, performance.now() - t, r.status, r.text.length, r.text.slice(0, 150));
    }
    const deep = '{__schema{types{ofType{ofType{name}} interfaces{possibleTypes{fields{name}}} fields{type{ofType{fields{name type{ofType{ofType{ofType{name}}}}}}}} }}}';
    const t = performance.now();
    const r = await api.as(acme).query(deep);
    console.log('deep', performance.now() - t, r.status, r.text.length, r.text.slice(0, 100));
  });

  it('private cluster', async () => {
    for (const server of ['https://10.0.0.1:6443', 'https://169.254.169.254', 'https://127.0.0.1', 'https://[::ffff:10.0.0.1]', 'https://0x7f000001', 'http://127.0.0.1']) {
      const r = await api.as(acme).post('/v1/clusters').send({ name: 'p-' + Math.random(), connection: { server, token: 't' } });
      console.log(server, r.status, JSON.stringify(r.body.errors ?? r.body.server));
    }
  });

  it('methods', async () => {
    const c = await api.judged(acme, 1);
    for (const [m, p] of [['HEAD', '/v1/me'], ['OPTIONS', '/v1/me'], ['OPTIONS', '*'], ['TRACE', '/v1/me'], ['HEAD', `/v1/scans/${c.scanId}/events`], ['GET', '//v1/me'], ['GET', '/v1/../v1/me'], ['PUT', '/graphql'], ['OPTIONS', '/graphql'], ['HEAD', '/graphql'], ['HEAD','/openapi.json'], ['FOO', '/v1/me'], ['QUERY', '/v1/me'], ['PROPFIND', '/v1/me'], ['GET', '/v1/me/'], ['GET', '/V1/me'], ['POST', '/v1/webhooks/x/rotate-secret'], ['DELETE','/v1/clusters/x']] as const) {
      const out: string = await new Promise((resolve) => {
        let a = ''; const s = connect(Number(new URL(api.url).port), '127.0.0.1', () => s.write(`${m} ${p} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${acme.token}\r\nconnection: close\r\n\r\n`));
        s.on('data', (d) => (a += d)); s.on('close', () => resolve(a)); s.on('error', () => resolve(a + 'ERR')); setTimeout(() => { s.destroy(); resolve(a + ' TIMEOUT'); }, 3000);
      });
      console.log(m, p, '=>', out.split('\r\n')[0], /allow: .*/i.exec(out)?.[0] ?? '', /content-type: .*/i.exec(out)?.[0] ?? '', out.includes('TIMEOUT') ? 'TIMEOUT' : '');
    }
  });
});
