import { connect } from 'node:net';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mostStreams } from '../../apps/api/http/live-streams.js';
import { liveApi, type JudgedCluster, type LiveApi, type Tenant } from './support/live-api.js';
import { populate } from './support/populated-tenant.js';

describe('GraphQL', () => {
  let api: LiveApi;
  let acme: Tenant;
  let judged: JudgedCluster;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
    judged = await api.judged(acme, 30);
  });
  afterAll(() => api.close());

  /** Transactions while `work` runs. */
  async function transactions(work: () => Promise<unknown>): Promise<number> {
    const { store } = api.database;
    const original = store.inTenant.bind(store);
    let count = 0;
    store.inTenant = (...args) => {
      count += 1;
      return original(...args);
    };
    try {
      await work();
      return count;
    } finally {
      store.inTenant = original;
    }
  }

  it('loads relations at a cost that does not depend on how many entries there are', async () => {
    const query = `query ($first: Int!) { findings(first: $first) { edges { node { message control { title } cluster { name lastScan { state } } lastScan { cluster { name } } } } } }`;
    const run = async (first: number): Promise<number> =>
      transactions(async () => {
        const { body } = await api.as(acme).query(query, { first }).expect(200);
        expect(body.errors).toBeUndefined();
        expect(body.data.findings.edges).toHaveLength(first);
        expect(body.data.findings.edges[0].node).toMatchObject({ control: { title: expect.any(String) }, cluster: { lastScan: { state: 'FINISHED' } }, lastScan: { cluster: { name: expect.any(String) } } });
      });
    expect(await run(30)).toBe(await run(1));
  });

  it('shows the same in both doors', async () => {
    const rest = (await api.as(acme).get(`/v1/scans/${judged.scanId}`).expect(200)).body;
    const { body } = await api.as(acme).query('query ($id: ID!) { scan(id: $id) { id state isComplete summary { score controls { pass fail unknown } findings { opened open { critical } } } coverage { decided applicable ratio missing { resource } } } }', { id: judged.scanId });
    expect(body.data.scan).toMatchObject({
      id: rest.id, state: 'FINISHED', isComplete: rest.isComplete,
      summary: { score: rest.summary.score, controls: { pass: rest.summary.controls.pass, fail: rest.summary.controls.fail, unknown: rest.summary.controls.unknown }, findings: { opened: rest.summary.findings.opened, open: { critical: rest.summary.findings.open.critical } } },
      coverage: { decided: rest.coverage.decided, applicable: rest.coverage.applicable, ratio: rest.coverage.ratio, missing: [] },
    });
  });

  it('pages with the cursors of REST', async () => {
    const { body } = await api.as(acme).query('{ findings(first: 2) { edges { node { id } } pageInfo { endCursor hasNextPage } } }');
    const rest = await api.as(acme).get(`/v1/findings?first=1&after=${body.data.findings.pageInfo.endCursor}`).expect(200);
    const next = await api.as(acme).query('query ($after: String) { findings(first: 1, after: $after) { edges { node { id } } } }', { after: body.data.findings.pageInfo.endCursor });
    expect(next.body.data.findings.edges[0].node.id).toBe(rest.body.items[0].id);
  });

  it('does everything that REST does', async () => {
    const all = await api.tenant('All');
    const ids = await populate(api, all);
    const run = async (query: string, variables = {}): Promise<Record<string, unknown>> => {
      const { body } = await api.as(all).query(query, variables);
      expect({ query, errors: body.errors }).toEqual({ query, errors: undefined });
      return body.data;
    };
    const { cluster } = ids;
    await run('mutation ($id: ID!) { updateCluster(id: $id, input: { labels: { team: "a" }, environment: null }) { labels } pauseCluster(id: $id) { pausedAt } resumeCluster(id: $id) { pausedAt } verifyCluster(id: $id) { state } requestScan(clusterId: $id) { id } }', { id: cluster });
    const { scans } = (await run('{ scans(state: QUEUED) { edges { node { id cluster { name } } } } }')) as { scans: { edges: readonly { node: { id: string } }[] } };
    await run('mutation ($id: ID!) { cancelScan(id: $id) { state } }', { id: scans.edges[0]!.node.id });
    await run('mutation ($id: ID!) { putSchedule(clusterId: $id, input: { cron: "5 4 * * *", timeZone: "Europe/Berlin" }) { nextRunAt } deleteSchedule(clusterId: $id) }', { id: cluster });
    await run('query ($id: ID!) { frameworkReport(clusterId: $id, frameworkId: "pss") { passRatio coverage items { status } } cluster(id: $id) { frameworkReport(frameworkId: "soc2") { counts { manual } } } }', { id: cluster });
    await run('query ($id: ID!, $finding: ID!) { clusterVerification(clusterId: $id) { rights { resource } } clusterFreshness(clusterId: $id) { controlId } findingHistory(findingId: $finding, first: 1) { edges { node { type finding { state } scan { state } cluster { name } } } } }', { id: cluster, finding: ids.finding });
    await run('query ($scan: ID!) { scanResults(scanId: $scan) { items { controlId outcome unknowns { fact } } } policy { version trustedRegistries controls { controlId } } policyVersions { edges { node { version decidedBy } } } frameworks { id items { number controlIds } } framework(id: "pss") { about } fleetReport(frameworkId: "pss") { clusters } clusterStandings(frameworkId: "pss") { edges { node { cluster { name } counts { pass } } } } controls(layer: WORKLOADS) { id } control(id: "workloads/privileged") { title expected { kind name because } } apiKeys { edges { node { name } } } }', { scan: ids.scan });
    await run('mutation { putPolicy(input: { trustedRegistries: ["registry.example.com"], controls: [{ controlId: "workloads/privileged", severity: LOW, isOff: true, reason: "Not ours." }] }) { trustedRegistries controls { severity isOff } } createApiKey(input: { name: "k", scopes: [EVENTS_READ], expiresAt: "2099-01-01T00:00:00Z" }) { token } }');
    await run('mutation ($id: ID!) { updateWebhook(id: $id, input: { eventTypes: [FINDING_OPENED], minSeverity: HIGH }) { eventTypes } rotateWebhookSecret(id: $id, input: { overlapHours: 1 }) { secret } disableWebhook(id: $id) { isEnabled } enableWebhook(id: $id) { isEnabled } testWebhook(id: $id) { state } replayWebhook(id: $id, input: { position: 0 }) { after } }', { id: ids.webhook });
    await run('query ($id: ID!) { deliveries { edges { node { webhook { url } } } } delivery(id: $id) { body attempts { number } } }', { id: ids.delivery });
    await run('mutation ($delivery: ID!, $webhook: ID!, $cluster: ID!) { resendDelivery(id: $delivery) { state } deleteWebhook(id: $webhook) deleteCluster(id: $cluster) }', { delivery: ids.delivery, webhook: ids.webhook, cluster });
  });

  it.each([
    ['deep', `{ scans { edges { node { cluster { lastScan { cluster { lastScan { cluster { name } } } } } } } } }`],
    ['wide at the top', `{ ${Array.from({ length: 21 }, (_, i) => `a${i}: me { keyId }`).join(' ')} }`],
    ['full of aliases', `{ me { ${Array.from({ length: 51 }, (_, i) => `a${i}: keyId`).join(' ')} } }`],
    ['long in tokens', `{ me { ${'keyId '.repeat(2_100)} } }`],
    ['long in characters', `{ me { keyId } } # ${'x'.repeat(20_000)}`],
    ['costly', `{ findings(first: 100) { edges { node { cluster { lastScan { id state kind requestedBy requestedAt summary { score controls { pass fail } layers { layer score passed failed unknown controls { pass fail unknown } } counts { pods nodes } cost { bytes } findings { opened resolved open { critical high } } } coverage { ratio missing { resource } } } } lastScan { id state kind requestedBy summary { score controls { pass fail } layers { layer score } } } } } } }`],
    ['costly by a variable', `query ($first: Int = 100) { findings(first: $first) { edges { node { id key message cluster { lastScan { id state kind requestedBy requestedAt summary { score controls { pass fail } layers { layer score passed failed unknown controls { pass fail unknown } } counts { pods nodes } cost { bytes } findings { opened resolved open { critical high } } } coverage { ratio missing { resource } } } } lastScan { id state kind requestedBy summary { score controls { pass fail } layers { layer score } } } } } } }`],
    ['costly, and paid for by a page of less than nothing', `{ scans(first: -100000) { edges { cursor } } ${Array.from({ length: 15 }, (_, i) => `f${i}: findings(first: 100) { edges { node { cluster { lastScan { cluster { name } } } lastScan { cluster { name } } } } }`).join(' ')} }`],
    ['inquisitive', `{ ${Array.from({ length: 21 }, (_, i) => `a${i}: __schema { types { fields { type { fields { name } } } } }`).join(' ')} }`],
    ['fragments of fragments', `{ me { ...f0 } } ${Array.from({ length: 60 }, (_, i) => `fragment f${i} on Me { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f60 on Me { keyId }`],
  ])('refuses what is too %s, before anything runs', async (_what, query) => {
    const started = performance.now();
    const used = await transactions(async () => {
      const { status, body } = await api.as(acme).query(query);
      expect(status).toBe(400);
      expect(body.data).toBeUndefined();
      expect(body.errors[0].extensions.code).toMatch(/^(OPERATION_TOO_LARGE|GRAPHQL_VALIDATION_FAILED)$/);
    });
    // The key may be marked as used.
    expect(used).toBeLessThanOrEqual(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each<[string, string | object, number]>([
    ['a batch', [{ query: '{ me { keyId } }' }, { query: '{ me { keyId } }' }], 400],
    ['no object', '"{ me { keyId } }"', 400],
    ['no query', { variables: {} }, 400],
    ['a document as a tree', { query: JSON.stringify({ kind: 'Document', definitions: [] }) }, 400],
    ['an unknown operation', { query: 'query A { me { keyId } }', operationName: 'B' }, 400],
    ['an operation name for one without', { query: '{ me { keyId } }', operationName: 'B' }, 400],
    ['variables that do not fit', { query: 'query ($id: ID!) { cluster(id: $id) { id } }', variables: { id: { a: 1 } } }, 400],
  ])('refuses %s', async (_what, body, status) => {
    const answer = await api.as(acme).post('/graphql').set('content-type', 'application/json').set('accept', 'application/graphql-response+json').send(body);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
    expect(answer.body.errors[0].extensions.requestId).toBe(answer.headers['x-request-id']);
  });

  it('says at which field an error happened, in the words of REST', async () => {
    const { status, body } = await api.as(acme).query('{ me { keyId } cluster(id: "x") { id } }');
    expect(status).toBe(200);
    expect(body).toMatchObject({ data: null, errors: [{ message: 'There is no such cluster.', path: ['cluster'], extensions: { code: 'NOT_FOUND', reason: 'cluster-not-found' } }] });
  });

  describe('subscriptions', () => {
    const clients: Client[] = [];
    afterEach(() => {
      for (const client of clients.splice(0)) void client.dispose();
    });

    function socket(connectionParams: Record<string, unknown>): Client {
      const client = createClient({ url: `${api.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true, connectionParams });
      clients.push(client);
      return client;
    }
    const authorised = (key: Tenant) => ({ Authorization: `Bearer ${key.token}` });

    async function queued(): Promise<{ readonly clusterId: string; readonly scanId: string }> {
      const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: `c-${Math.random()}` }).expect(201);
      const { body: scan } = await api.as(acme).post(`/v1/clusters/${cluster.id}/snapshots?complete=cluster`).type('application/json').send('{}').expect(202);
      return { clusterId: cluster.id, scanId: scan.id };
    }

    it('follows a scan over a WebSocket until it has ended', async () => {
      const { scanId } = await queued();
      const states: string[] = [];
      for await (const { data } of socket(authorised(acme)).iterate<{ scanProgress: { state: string } }>({ query: 'subscription ($id: ID!) { scanProgress(scanId: $id) { state cluster { name } } }', variables: { id: scanId } })) {
        states.push(data!.scanProgress.state);
        if (states.length === 1) await api.judge(acme, scanId, 1);
      }
      expect(states[0]).toBe('QUEUED');
      expect(states.at(-1)).toBe('FINISHED');
    });

    it('tells of findings as they change, of one cluster only where asked', async () => {
      const one = await queued();
      const other = await queued();
      const seen: { clusterId: string; type: string; finding: { state: string } }[] = [];
      const events = socket(authorised(acme)).iterate<{ findingsChanged: (typeof seen)[number] }>({ query: 'subscription ($id: ID) { findingsChanged(clusterId: $id) { clusterId type finding { state } } }', variables: { id: one.clusterId } });
      const reading = (async () => {
        for await (const { data } of events) {
          seen.push(data!.findingsChanged);
          if (seen.length === 2) break;
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await api.judge(acme, other.scanId, 2);
      await api.judge(acme, one.scanId, 2);
      await reading;
      expect(seen[0]).toEqual({ clusterId: one.clusterId, type: 'FINDING_OPENED', finding: { state: 'OPEN' } });
      expect(new Set(seen.map(({ clusterId }) => clusterId))).toEqual(new Set([one.clusterId]));
    });

    it('lets nobody in without a good key', async () => {
      for (const params of [{}, { Authorization: 'Bearer bwk_nonsense' }]) {
        const closed = new Promise<{ code: number }>((resolve) => socket(params).on('closed', (event) => resolve(event as { code: number })));
        const failed = (async () => {
          for await (const _ of clients.at(-1)!.iterate({ query: '{ me { keyId } }' }));
        })();
        await expect(failed).rejects.toBeDefined();
        expect((await closed).code).toBe(4401);
      }
    });

    it('ends when the key is revoked', async () => {
      const key = await api.key(acme, ['scans:read']);
      const { scanId } = await queued();
      const results: unknown[] = [];
      const reading = (async () => {
        for await (const result of socket(authorised(key)).iterate({ query: 'subscription ($id: ID!) { scanProgress(scanId: $id) { state } }', variables: { id: scanId } })) {
          results.push(result);
          if (results.length === 1) await api.as(acme).delete(`/v1/api-keys/${key.keyId}`).expect(200);
        }
      })();
      await expect(reading).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'api-key-revoked' } }]);
      expect(results).toHaveLength(1);
    });

    it('carries out nothing over a WebSocket that is older than the end of its key', async () => {
      const key = await api.key(acme, ['admin:write', 'events:read']);
      const client = socket(authorised(key));
      const closed = new Promise<{ code: number }>((resolve) => client.on('closed', (event) => resolve(event as { code: number })));
      const open = client.iterate({ query: 'subscription { findingsChanged { id } }' });
      const waiting = open.next().catch(() => undefined);
      const run = async (query: string): Promise<unknown> => (await client.iterate({ query }).next()).value;
      expect(await run('{ me { keyId } }')).toEqual({ data: { me: { keyId: key.keyId } } });
      await api.as(acme).delete(`/v1/api-keys/${key.keyId}`).expect(200);
      await expect(run('mutation { createApiKey(input: { name: "heir", scopes: [ADMIN_WRITE] }) { token } }')).rejects.toBeDefined();
      expect((await closed).code).toBe(4401);
      await waiting;
      const { body } = await api.as(acme).get('/v1/api-keys?first=100').expect(200);
      expect(body.items.map(({ name }: { name: string }) => name)).not.toContain('heir');
    });

    it('cuts off who asks without reading, and does not take it for a failure of ours', async () => {
      const before = api.logged.filter(({ level }) => level === 'error').length;
      const flood = connect(Number(new URL(api.url).port), '127.0.0.1');
      const cut = new Promise<void>((resolve) => flood.once('close', () => resolve()));
      flood.on('error', () => undefined);
      flood.write('GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n');
      await new Promise((resolve) => flood.once('data', resolve));
      flood.pause();
      const message = Buffer.from(JSON.stringify({ type: 'ping', payload: { padding: 'a'.repeat(60_000) } }));
      const ping = Buffer.concat([Buffer.from([0x81, 0xfe, message.length >> 8, message.length & 0xff, 0, 0, 0, 0]), message]);
      let sent = 0;
      for (; !flood.destroyed && sent < 2_000; sent += 1) {
        if (!flood.write(ping)) await Promise.race([cut, new Promise((resolve) => flood.once('drain', resolve))]);
        if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      flood.resume();
      await cut;
      expect(sent).toBeLessThan(2_000);
      expect(api.logged.filter(({ level }) => level === 'error')).toHaveLength(before);
    });

    it('holds no more streams of an organisation than it can feed, whichever way they come', async () => {
      const crowd = await api.tenant('Crowd');
      const { clusterId } = await api.judged(crowd, 1);
      const { body: scan } = await api.as(crowd).post(`/v1/clusters/${clusterId}/snapshots`).type('application/json').send('{}').expect(202);
      const leave = new AbortController();
      const follow = () => fetch(`${api.url}/v1/scans/${scan.id}/events`, { headers: { authorization: `Bearer ${crowd.token}` }, signal: leave.signal });
      const answers = await Promise.all(Array.from({ length: mostStreams }, follow));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));

      const refused = await api.as(crowd).get(`/v1/scans/${scan.id}/events`);
      expect([refused.status, refused.body.type, refused.headers['retry-after']]).toEqual([429, '/problems/too-many-streams', '10']);
      const query = 'subscription { findingsChanged { id } }';
      const viaHttp = await api.as(crowd).query(query).set('accept', 'text/event-stream, application/graphql-response+json;q=0.5');
      expect([viaHttp.status, viaHttp.body.errors[0].extensions.code]).toEqual([429, 'RATE_LIMITED']);
      await expect(socket(authorised(crowd)).iterate({ query }).next()).rejects.toMatchObject([{ extensions: { code: 'RATE_LIMITED', reason: 'too-many-streams' } }]);
      const others = await fetch(`${api.url}/v1/scans/${judged.scanId}/events`, { headers: { authorization: `Bearer ${acme.token}` } });
      expect(others.status).toBe(200);
      await others.text();

      leave.abort();
      await expect.poll(async () => (await api.as(crowd).query(query).set('accept', 'application/json')).status).toBe(406);
      await expect.poll(async () => {
        const again = new AbortController();
        const { status } = await fetch(`${api.url}/v1/scans/${scan.id}/events`, { headers: { authorization: `Bearer ${crowd.token}` }, signal: again.signal });
        again.abort();
        return status;
      }, { timeout: 5_000 }).toBe(200);
    });

    it('counts the operations that run, not those that are still wanted', async () => {
      const { store } = api.database;
      const original = store.inTenant.bind(store);
      let running = 0;
      let most = 0;
      store.inTenant = async (...args) => {
        running += 1;
        most = Math.max(most, running);
        try {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return await original(...args);
        } finally {
          running -= 1;
        }
      };
      try {
        const raw = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        const closed = new Promise<string>((resolve) => raw.addEventListener('close', ({ reason }) => resolve(reason)));
        raw.addEventListener('open', () => raw.send(JSON.stringify({ type: 'connection_init', payload: authorised(acme) })));
        await new Promise((resolve) => raw.addEventListener('message', resolve, { once: true }));
        for (let id = 0; id < 60; id += 1) {
          raw.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: '{ clusters(first: 1) { edges { cursor } } }' } }));
          raw.send(JSON.stringify({ type: 'complete', id: String(id) }));
        }
        expect(await closed).toBe('too-many-operations');
        expect(most).toBeLessThanOrEqual(21);
      } finally {
        store.inTenant = original;
      }
    });

    it('holds operations over a WebSocket to the same limits', async () => {
      const deep = `{ scans { edges { node { cluster { lastScan { cluster { lastScan { cluster { name } } } } } } } } }`;
      const failed = (async () => {
        for await (const _ of socket(authorised(acme)).iterate({ query: deep }));
      })();
      await expect(failed).rejects.toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE' } }]);
    });

    it('survives messages that are no protocol', async () => {
      for (const message of ['nonsense', 'null', '{"type":"subscribe"}', '{"type":"subscribe","id":"1","payload":null}', `"${'x'.repeat(70_000)}"`]) {
        const raw = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
        const code = await new Promise<number>((resolve) => {
          raw.addEventListener('open', () => raw.send(message));
          raw.addEventListener('close', (event) => resolve(event.code));
        });
        expect(code).toBeGreaterThanOrEqual(1_000);
      }
      await api.as(acme).get('/v1/me').expect(200);
    });

    it('streams over server-sent events', async () => {
      const { scanId } = await queued();
      const pending = api.as(acme).query('subscription ($id: ID!) { scanProgress(scanId: $id) { state } }', { id: scanId }).set('accept', 'text/event-stream').buffer(true);
      setTimeout(() => void api.judge(acme, scanId, 1), 700);
      const { text, headers } = await pending;
      expect(headers['content-type']).toContain('text/event-stream');
      const states = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data!).data.scanProgress.state);
      expect([states[0], states.at(-1)]).toEqual(['QUEUED', 'FINISHED']);
      expect(text.trimEnd()).toMatch(/event: complete\ndata:$/);
    });

    it('says how to subscribe where one asks for plain JSON', async () => {
      const answer = await api.as(acme).query('subscription { findingsChanged { id } }');
      expect([answer.status, answer.body.errors[0].extensions.reason]).toEqual([406, 'subscription-needs-stream']);
    });
  });
});
