import { WebSocket } from 'undici';
import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from '../e2e/support/live-api.js';
import { populate } from '../e2e/support/populated-tenant.js';
import { operationsOf } from '../e2e/support/operations.js';
import { cronTimes } from '#application/schedules/cron.js';
import { readSettings } from '#operations/settings.js';
import { ringOf } from '#operations/crypto/key-ring.js';

const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
describe('probe', () => {
  let api: LiveApi; let acme: Tenant;
  beforeAll(async () => { api = await liveApi(); acme = await api.tenant(); });
  afterAll(() => api.close());

  it('ws ping flood, unauthenticated, never reads', async () => {
    const port = Number(new URL(api.url).port);
    const s: Socket = connect(port, '127.0.0.1');
    s.on('error', () => undefined);
    s.write(`GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`);
    await sleep(200);
    s.pause();
    const payload = Buffer.from(JSON.stringify({ type: 'ping', payload: { x: 'a'.repeat(60000) } }));
    const mask = Buffer.alloc(4);
    const head = Buffer.concat([Buffer.from([0x81, 0x80 | 126]), Buffer.from([payload.length >> 8, payload.length & 255]), mask]);
    const frame = Buffer.concat([head, payload]);
    const rss0 = process.memoryUsage().rss;
    let sent = 0; let dead = false; s.on('close', () => (dead = true));
    const end = Date.now() + 4000;
    while (Date.now() < end && !dead) { if (!s.write(frame)) await Promise.race([new Promise((r) => s.once('drain', r)), sleep(100)]); sent++; if (sent % 50 === 0) await sleep(1); if (sent > 6000) break; }
    const m = process.memoryUsage();
    console.log('pings', sent, 'MB sent', (sent * frame.length) / 1e6, 'rss growth MB', (m.rss - rss0) / 1e6, 'dead', dead, 'client unsent', s.writableLength / 1e6);
    s.destroy();
  });

  it('fuzz for 500', async () => {
    const ids = await populate(api, acme);
    const ops = await operationsOf(api);
    const odd: unknown[] = ['', ' ', 'a\u202eb', '\uffff', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999+14:00', -1, 0, 1e21, 2 ** 53, 1.5, null, true, [], {}, [[]], { a: {} }, 'x'.repeat(5000), '../../etc', "';--", '%00', '2026-02-30T00:00:00Z', '0001-01-01T00:00:00Z', 9007199254740991];
    const bodies: Record<string, Record<string, unknown>> = {
      createApiKey: { name: 'a', scopes: ['events:read'], expiresAt: '2099-01-01T00:00:00Z' }, registerCluster: { name: 'a', labels: { a: 'b' }, environment: 'x', connection: { server: 'https://203.0.113.1', token: 't', ca: 'x', serverName: 'x', clientCertificate: 'x', clientKey: 'x', kubeconfig: 'x', context: 'x' } },
      updateCluster: { name: 'b', labels: {}, environment: null }, rotateClusterCredentials: { server: 'https://203.0.113.1', token: 't' }, putSchedule: { cron: '* * * * *', timeZone: 'UTC', isEnabled: true },
      putPolicy: { trustedRegistries: ['a'] }, createWebhook: { url: 'http://127.0.0.1:1/a', description: '', eventTypes: null, minSeverity: null, clusterLabels: null, payload: 'thin', mode: 'each', includeBaseline: true }, updateWebhook: { url: 'http://127.0.0.1:1/a', description: 'a', eventTypes: ['scan.completed'], clusterLabels: { a: 'b' } }, rotateWebhookSecret: { overlapHours: 1 }, replayWebhook: { position: 0 , time: '2026-01-01T00:00:00Z' },
    };
    const idFor = (path: string) => path.startsWith('/v1/clusters') ? ids.cluster : path.startsWith('/v1/scans') ? ids.scan : path.startsWith('/v1/findings') ? ids.finding : path.startsWith('/v1/events') ? ids.event : path.startsWith('/v1/webhooks') ? ids.webhook : path.startsWith('/v1/deliveries') ? ids.delivery : 'x';
    let n = 0;
    const bad = (r: any, what: string) => { n++; if (r.status >= 500 || !/json|yaml|event-stream/.test(r.headers['content-type'] ?? 'json')) console.log('BAD', r.status, what, r.text?.slice(0, 200)); };
    for (const op of ops) {
      if (['deleteCluster', 'deleteWebhook', 'revokeApiKey', 'followScan', 'uploadSnapshot'].includes(op.id) || op.path.startsWith('/v1/organisations')) continue;
      const path = op.path.replace('{id}', idFor(op.path)).replace('{manifest}', 'base').replace('{layer}', 'a').replace('{slug}', 'b');
      const base = bodies[op.id];
      if (base) {
        for (const field of Object.keys(base)) for (const value of odd) {
          const body = op.id === 'registerCluster' && field === 'connection' ? { name: 'r' + n, connection: value } : { ...(op.id === 'registerCluster' ? { name: 'r' + n } : op.id === 'replayWebhook' ? {} : base), [field]: value };
          bad(await (api.as(acme) as any)[op.method](path).send(body), `${op.id} ${field}=${JSON.stringify(value)?.slice(0, 60)}`);
        }
        if (op.id === 'registerCluster') for (const field of Object.keys(base['connection'] as object)) for (const value of odd) bad(await api.as(acme).post(path).send({ name: 'c' + n, connection: { server: 'https://203.0.113.1', token: 't', [field]: value } }), `conn ${field}=${JSON.stringify(value)?.slice(0, 60)}`);
      }
      if (op.method === 'get') for (const q of ['first', 'after', 'types', 'state', 'minSeverity', 'layer', 'controlId', 'clusterId', 'namespace', 'kind', 'search', 'webhookId']) for (const value of odd) bad(await api.as(acme).get(`${path}?${q}=${encodeURIComponent(typeof value === 'string' ? value.slice(0, 2000) : JSON.stringify(value))}`), `${op.id} ${q}=${JSON.stringify(value)?.slice(0, 60)}`);
    }
    for (const q of ['complete', 'unread', 'kinds']) for (const value of odd) bad(await api.as(acme).post(`/v1/clusters/${ids.cluster}/snapshots?${q}=${encodeURIComponent(String(value).slice(0, 2000))}`).type('application/json').send('{'), 'snap ' + q + value);
    for (const p of ['/v1/clusters/%00', '/v1/controls/%00/%00', '/v1/rights/__proto__', '/docs/__proto__', '/docs/..%2f..%2fpackage.json', '/graphiql/constructor', '/problems/constructor', '/problems/%3Cscript%3E', '/v1/clusters?__proto__[x]=1', '/v1/findings?constructor=1', '/v1/findings?hasOwnProperty=1']) bad(await api.as(acme).get(p), p);
    console.log('fuzzed', n, 'errors logged', api.logged.filter((l) => l.level === 'error').length, JSON.stringify(api.logged.filter((l) => l.level === 'error').slice(0, 3).map((l) => String((l.fields as any).err?.stack).slice(0, 400))));
  });

  it('cron', async () => {
    for (const p of ['* * 31 2 *', '0 0 30 2 *', '0 0 29 2 1', '*/1 * * * *', '0-59/1 0-23 1-31 1-12 0-7', '0 0 L 2 *', '0 0 1W 2 5#5', '1,'.repeat(48) + '1 * * * *', '? ? ? ? ?', '0 0 29 2 *', '0 0 * 2 MON#5']) {
      const t = performance.now(); let r: unknown;
      try { const c = cronTimes(p, 'Europe/Berlin'); r = c.after(new Date()); let x: Date | undefined = new Date('2020-01-01'); for (let i = 0; i < 1000 && x; i++) x = c.after(x); } catch (e) { r = (e as Error).message; }
      console.log(p.slice(0, 30), Math.round(performance.now() - t), 'ms', String(r));
    }
  });

  it('settings', () => {
    const base = { BULWARK_DATABASE_URL: 'postgres://a:b@h/d', BULWARK_OPERATOR_KEY: 'a'.repeat(32), BULWARK_API_KEY_PEPPER: 'changeme'.repeat(4), BULWARK_KEY_ENCRYPTION_KEYS: 'k:' + Buffer.alloc(32).toString('base64'), BULWARK_CURSOR_KEY: Buffer.alloc(32).toString('base64') };
    try { const s = readSettings(base, 'api'); console.log('accepted weak', s.operatorKey); try { ringOf(s.keyEncryptionKeys); } catch (e) { console.log('later:', (e as Error).message); } } catch (e) { console.log((e as Error).message); }
    try { const s = readSettings({ ...base, BULWARK_OPERATOR_KEY: 'has spaces in it and newline\n more than 32' }, 'api'); console.log('accepted spaces', JSON.stringify(s.operatorKey)); } catch (e) { console.log((e as Error).message); }
    for (const r of ['0.0.0.0/0', '::/0', '::ffff:10.0.0.0/104', '10.0.0.0/8', '169.254.0.0/16', '8.8.8.0/24']) try { console.log(r, readSettings({ ...base, BULWARK_ALLOWED_PRIVATE_RANGES: r }, 'api').allowedPrivateRanges); } catch (e) { console.log(r, (e as Error).message); }
  });
});
