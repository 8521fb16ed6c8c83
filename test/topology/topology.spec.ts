import { readdir, readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '#operations/setting-catalogue.js';
import { benchCluster } from '#test/support/bench-cluster.js';
import { milliseconds, root } from '#test/support/compose-file.js';
import { startFakeApiServer, type FakeApiServer, type FakeRequest, type Fault } from '#test/support/fake-apiserver.js';
import { terminated, Topology, topologyMissing, type Answer, type Api, type Worker } from '#test/support/topology.js';
import { verified, webhookSink, type WebhookSink } from '#test/support/webhook-sink.js';
import { eventsIn } from '#test/support/webhook-world.js';

const missing = topologyMissing();
if (missing !== undefined) console.warn(`The topology is not tested: ${missing}.`);

const canary = (): string => `canary${randomBytes(16).toString('hex')}`;

interface ScanBody {
  readonly id: string;
  readonly clusterId: string;
  readonly state: string;
  readonly isComplete: boolean;
  readonly failure: unknown;
  readonly startedAt: string | null;
  readonly finishedAt: string;
}

/** What tests read of a list's entries. */
interface Listed {
  readonly id: string;
  readonly state: string;
  readonly type: string;
  readonly position: number;
  readonly scanId: string;
  readonly isBaseline: boolean;
}

/** In order: each test goes on with what the one before left running. */
describe.skipIf(missing !== undefined)(`the production topology${missing === undefined ? '' : ` (${missing})`}`, () => {
  let topology: Topology;
  let sink: WebhookSink;
  let kubernetes: FakeApiServer;
  const apis: Api[] = [];
  const workers: Worker[] = [];
  let token: string;
  let webhookSecret: string;
  let liveCluster: string;
  let onRequest: (request: FakeRequest) => Fault | undefined = () => undefined;

  beforeAll(async () => {
    topology = await Topology.open();
    sink = await webhookSink({ tls: true });
    topology.trustAuthority(sink.ca!);
    kubernetes = await startFakeApiServer({ token: canary(), lists: benchCluster({ pods: 60, replicas: 3 }), fault: (request) => onRequest(request) });
    topology.canaries.set('token of the cluster', kubernetes.token);
  });
  afterAll(async () => {
    await topology?.close();
    await kubernetes?.close();
    await sink?.close();
  });
  let hasFailed = false;
  beforeEach((context) => context.skip(hasFailed, 'a test that it builds on failed'));
  afterEach(({ task }) => {
    hasFailed ||= task.result?.state === 'fail';
    onRequest = () => undefined;
    expect(topology.leakingLines()).toEqual([]);
  });

  /** The body, or a failure with what was said instead. */
  function expectStatus<Body>({ status, body }: Answer, wanted: number): Body {
    expect(status, JSON.stringify(body)).toBe(wanted);
    return body as Body;
  }
  const [one, other] = [() => apis[0]!, () => apis[1]!];
  const read = async <Body = unknown>(api: Api, path: string): Promise<Body> => expectStatus(await api.get(path, token), 200);

  async function register(name: string, connection?: object): Promise<string> {
    return expectStatus<Listed>(await one().post('/v1/clusters', token, { name, ...(connection ? { connection } : {}) }), 201).id;
  }

  async function upload(clusterId: string, bytes: Uint8Array, type = 'application/json'): Promise<ScanBody> {
    return expectStatus(await one().post(`/v1/clusters/${clusterId}/snapshots?complete=cluster`, token, bytes, { 'content-type': type }), 202);
  }

  const requestScan = async (clusterId = liveCluster): Promise<ScanBody> => expectStatus(await one().post(`/v1/clusters/${clusterId}/scans`, token), 202);

  /** The scan once it has ended, as the other API sees it. */
  async function ended(scanId: string, withinMs: number): Promise<ScanBody> {
    for (const end = Date.now() + withinMs; ; await sleep(150)) {
      const answer = await other().get(`/v1/scans/${scanId}`, token);
      // A database that is away is said so, and asked again.
      if (answer.status === 503 && Date.now() < end) continue;
      const scan = expectStatus<ScanBody>(answer, 200);
      if (!['queued', 'running'].includes(scan.state)) return scan;
      if (Date.now() > end) throw new Error(`scan ${scanId} is ${scan.state} after ${withinMs} ms: ${JSON.stringify(scan)}\n${workers.map(({ program }) => program.output.slice(-3_000)).join('\n---\n')}`);
    }
  }

  async function everything(api: Api, path: string): Promise<readonly Listed[]> {
    const items: Listed[] = [];
    for (let after = ''; ; ) {
      const page = await read<{ readonly items: readonly Listed[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string } }>(api, `${path}${path.includes('?') ? '&' : '?'}first=100${after}`);
      items.push(...page.items);
      if (!page.pageInfo.hasNextPage) return items;
      after = `&after=${encodeURIComponent(page.pageInfo.endCursor)}`;
    }
  }

  const pod = (name: string, isPrivileged: boolean) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', uid: `uid-${name}` },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', securityContext: { privileged: isPrivileged } }] }, status: { phase: 'Running' },
  });
  const listOf = (items: readonly object[]): Buffer => Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

  /** The next LIST of namespaces is answered so; resolves once it is asked for. */
  function namespacesAsked(fault: Fault): Promise<void> {
    return new Promise((resolve) => {
      onRequest = ({ key }) => {
        if (key !== 'namespaces') return undefined;
        onRequest = () => undefined;
        resolve();
        return fault;
      };
    });
  }
  /** Some seconds for a list of a few hundred bytes. */
  const slow: Fault = { kind: 'slow', msPerByte: 8 };

  it('migrates twice at once, and again with nothing to do', async () => {
    const both = [topology.start('migrate'), topology.start('migrate')];
    for (const program of both) expect(await program.exited, program.output).toEqual({ code: 0, signal: null });
    const applied = both.flatMap(({ log }) => log.flatMap((line) => line['applied']));
    expect(applied).not.toEqual([]);
    expect(new Set(applied).size, 'each once').toBe(applied.length);
    const again = topology.start('migrate');
    expect(await again.exited, again.output).toMatchObject({ code: 0 });
    expect(again.log).toMatchObject([{ level: 'info', applied: [], msg: 'the database was up to date' }]);
    expect(await topology.sql(`select rolname from pg_roles where rolname like 'bulwark%' and (rolsuper or rolbypassrls)`)).toEqual([]);
  });

  it.each(['migrate', 'api', 'worker'] as const)('does not start the %s on a missing or wrong setting, and names it', async (role) => {
    const needed = Object.values(catalogue).filter(({ neededBy }) => (neededBy as readonly string[]).includes(role)).map(({ env }) => env);
    const wrong = [
      { env: 'BULWARK_REDIS_URL', changes: { BULWARK_REDIS_URL: 'http://127.0.0.1:1' }, says: catalogue.redisUrl.type.expected },
      { env: 'BULWARK_KEY_ENCRYPTION_KEYS', changes: { BULWARK_KEY_ENCRYPTION_KEYS: 'first:short' }, says: catalogue.keyEncryptionKeys.type.expected },
    ];
    const cases = [
      ...needed.map((env) => ({ env, changes: { [env]: undefined }, says: 'is needed by' })),
      ...(role === 'migrate' ? [] : wrong),
      { env: 'BULWARK_SCAN_CONCURENCY', changes: { BULWARK_SCAN_CONCURENCY: '4' }, says: 'did you mean BULWARK_SCAN_CONCURRENCY?' },
    ];
    await Promise.all(cases.map(async ({ env, changes, says }) => {
      const program = topology.start(role, changes);
      expect(await program.exited).toEqual({ code: 1, signal: null });
      expect(program.output).toContain(`  ${env}: `);
      expect(program.output).toContain(says);
      expect(program.output.trim().split('\n')).toHaveLength(2);
    }));
  });

  it.each([['superuser', 'is a superuser'], ['owner', 'owns the table']] as const)('does not start as the %s of the database', async (as, says) => {
    await Promise.all((['api', 'worker'] as const).map(async (role) => {
      const program = topology.start(role, { BULWARK_DATABASE_URL: topology.databaseUrl(as) });
      expect(await program.exited).toEqual({ code: 1, signal: null });
      expect(program.output).toContain(`${role} cannot run`);
      expect(program.output).toContain(says);
    }));
  });

  it('starts as many APIs and workers as compose does, and all say that they are ready', async () => {
    const started = await Promise.all([
      ...Array.from({ length: topology.replicas('api') }, async () => apis.push(await topology.startApi())),
      ...Array.from({ length: topology.replicas('worker') }, async () => workers.push(await topology.startWorker())),
    ]);
    expect(started).toHaveLength(4);
    for (const { url } of [...apis, ...workers]) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const { url } of workers) expect(await (await fetch(`${url}/metrics`)).text()).toContain('bulwark_');
  });

  it('knows at one API what it was told at the other', async () => {
    const operatorKey = topology.canaries.get('BULWARK_OPERATOR_KEY')!;
    const made = expectStatus<{ readonly organisation: { readonly id: string }; readonly key: Listed; readonly token: string }>(await one().post('/v1/organisations', operatorKey, { name: 'Acme' }), 201);
    token = made.token;
    topology.canaries.set('API key', token);
    expect(await read(other(), '/v1/me')).toMatchObject({ keyId: made.key.id, organisationId: made.organisation.id });
    expect((await other().get('/v1/organisations', token)).status).toBe(403);

    const hook = expectStatus<{ readonly secret: string }>(await other().post('/v1/webhooks', token, { url: `${sink.url}/hook` }), 201);
    webhookSecret = hook.secret;
    topology.canaries.set('webhook secret', webhookSecret);
    topology.canaries.set('webhook secret as bytes', webhookSecret.replace(/^whsec_/, ''));
    liveCluster = await register('live', { server: kubernetes.url, ca: kubernetes.ca, token: kubernetes.token });
    expect(await read(other(), `/v1/clusters/${liveCluster}`)).toMatchObject({ name: 'live', hasConnection: true });
  });

  it('judges an upload, shows the same at both APIs, and sends a signed scan.completed', async () => {
    const clusterId = await register('sample-shop');
    const shop = await readFile(join(root, 'apps/standalone/sample/shop.yaml'), 'utf8');
    const [inSecret, inEnv] = [canary(), canary()];
    topology.canaries.set('value in a Secret', inSecret);
    topology.canaries.set('value in an environment variable', inEnv);
    const holding = `---\napiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop-orders}\nstringData: {password: ${inSecret}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: leaky, namespace: shop-orders}\nspec: {containers: [{name: app, image: "registry.example/app:1", env: [{name: DB_PASSWORD, value: ${inEnv}}]}]}\n`;
    const scan = await ended((await upload(clusterId, Buffer.from(`${shop}\n${holding}`), 'application/yaml')).id, 60_000);
    expect(scan).toMatchObject({ state: 'finished', isComplete: true, failure: null });

    const findings = await everything(one(), `/v1/findings?clusterId=${clusterId}`);
    expect(findings.length).toBeGreaterThan(50);
    expect(await everything(other(), `/v1/findings?clusterId=${clusterId}`)).toEqual(findings);
    const events = await everything(one(), '/v1/events');
    expect(await everything(other(), '/v1/events')).toEqual(events);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));

    const completed = events.find(({ type, scanId }) => type === 'scan.completed' && scanId === scan.id);
    await expect.poll(() => sink.at('/hook').length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(sink.at('/hook').map((received) => verified(received, webhookSecret))).toMatchObject([{ type: 'scan.completed', id: completed!.id, position: completed!.position, data: { scan: { id: scan.id } } }]);
    await expect.poll(async () => (await everything(other(), '/v1/deliveries')).map(({ state }) => state)).toEqual(['delivered']);
  });

  it('scans a registered cluster', async () => {
    const scan = await ended((await requestScan()).id, 60_000);
    expect(scan).toMatchObject({ state: 'finished', failure: null });
    // And it is looked at as somebody without a credential would.
    const [anonymous, others] = [true, false].map((is) => kubernetes.requests.filter(({ headers }) => (headers.authorization === undefined) === is));
    expect(others!.every(({ headers }) => headers.authorization === `Bearer ${kubernetes.token}`)).toBe(true);
    expect(new Set(anonymous!.map(({ url }) => url.pathname))).toEqual(new Set(['/version', '/healthz', '/api/v1/namespaces']));
  });

  it('ends a worker at SIGTERM after the scan it runs, within its grace', async () => {
    // The only one, so it is known who has the scan.
    await stopsCleanly(workers.pop()!);
    const asked = namespacesAsked(slow);
    const { id } = await requestScan();
    await asked;
    await stopsCleanly(workers.pop()!);
    expect(await ended(id, 5_000)).toMatchObject({ state: 'finished', isComplete: true });
  });

  async function stopsCleanly({ program }: Pick<Worker, 'program'>): Promise<void> {
    expect(await terminated(program, milliseconds(topology.gracePeriod('worker'))), program.output).toMatchObject({ code: 0, signal: null });
    expect(() => process.kill(program.pid, 0)).toThrow('ESRCH');
  }

  it('gives a scan that outlasts the grace to the other worker', async () => {
    const stuck = await topology.startWorker();
    const asked = namespacesAsked({ kind: 'hang' });
    const { id } = await requestScan();
    await asked;
    workers.push(await topology.startWorker());
    await stopsCleanly(stuck);
    expect(await ended(id, 20_000)).toMatchObject({ state: 'finished' });
  });

  it('finishes a scan whose worker was killed, on the other worker', async () => {
    const victim = workers.pop()!;
    const asked = namespacesAsked({ kind: 'hang' });
    const { id } = await requestScan();
    await asked;
    workers.push(await topology.startWorker());
    const killed = Date.now();
    await victim.program.kill();
    expect(await ended(id, 100_000)).toMatchObject({ state: 'finished', failure: null });
    expect(Date.now() - killed).toBeLessThan(90_000);
    workers.push(await topology.startWorker());
  });

  it('loses no scan when Redis forgets everything', async () => {
    const clusters = await Promise.all(Array.from({ length: 8 }, (_, i) => register(`flushed-${i}`)));
    const redis = new Redis(topology.redis.url, { lazyConnect: true });
    try {
      const queued = clusters.map((id, i) => upload(id, listOf([pod(`p${i}`, true)])));
      for (let i = 0; i < 40; i++) {
        await redis.flushall();
        await sleep(25);
      }
      const scans = await Promise.all(queued);
      for (const { id } of scans) expect(await ended(id, 90_000)).toMatchObject({ state: 'finished' });
    } finally {
      redis.disconnect();
    }
    for (const id of clusters) expect(await everything(other(), `/v1/findings?clusterId=${id}&controlId=workloads/privileged`)).toHaveLength(1);
  });

  it('takes scans while Redis is away, and runs them when it is back', async () => {
    const clusters = await Promise.all(Array.from({ length: 3 }, (_, i) => register(`offline-${i}`)));
    const asked = namespacesAsked(slow);
    const running = await requestScan();
    await asked;
    await topology.redis.kill();
    const scans = await Promise.all(clusters.map((id, i) => upload(id, listOf([pod(`p${i}`, true)]))));
    expect((await one().get('/readyz')).status).toBe(503);
    expect((await one().get('/healthz')).status).toBe(200);
    // What runs goes on without it.
    expect(await ended(running.id, 60_000)).toMatchObject({ state: 'finished' });
    await sleep(5_000);
    await topology.redis.restart();
    for (const { id } of scans) expect(await ended(id, 90_000)).toMatchObject({ state: 'finished' });
    await expect.poll(async () => (await one().get('/readyz')).status, { timeout: 10_000 }).toBe(200);
  });

  it('finishes a scan that Postgres died under, and loses nothing it had acknowledged', async () => {
    const before = await everything(one(), '/v1/events');
    const asked = namespacesAsked(slow);
    const running = await requestScan();
    await asked;
    const clusterId = await register('acknowledged');
    const accepted = await upload(clusterId, listOf([pod('p', true)]));
    await topology.crashPostgres();
    await expect.poll(async () => (await other().get('/readyz')).status, { timeout: 10_000 }).toBe(503);
    expect(await other().get('/v1/clusters', token)).toMatchObject({ status: 503, body: { status: 503 } });
    await sleep(6_000);
    await topology.recoverPostgres();
    const back = Date.now();
    await expect.poll(async () => (await other().get('/readyz')).status, { timeout: 10_000 }).toBe(200);
    expect(Date.now() - back).toBeLessThan(10_000);
    for (const { id } of [running, accepted]) expect(await ended(id, 100_000)).toMatchObject({ state: 'finished', failure: null });
    const after = await everything(other(), '/v1/events');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ position }) => position)).toEqual(after.map((_, i) => i + 1));
  });

  it('has told the webhook everything the feed says, each message under one id', async () => {
    const events = (await everything(one(), '/v1/events')).filter(({ type, isBaseline }) => !(isBaseline && type.startsWith('finding.')));
    const told = () => {
      const messages = new Map(sink.at('/hook').map((received) => [received.headers['webhook-id'], received]));
      return [...messages.values()].flatMap((received) => {
        verified(received, webhookSecret);
        return eventsIn(received.body).map(({ id }) => id);
      }).sort();
    };
    await expect.poll(told, { timeout: 90_000, interval: 500 }).toEqual(events.map(({ id }) => id).sort());
  });

  it('holds no secret in clear in Postgres or Redis', async () => {
    const rows = await topology.wholeDatabase();
    expect(rows.length).toBeGreaterThan(500);
    expect(rows.some(({ text }) => text.includes('sample-shop')), 'what is no secret is found').toBe(true);
    expect(rows.flatMap(({ table, text }) => topology.canariesIn(text).map((name) => `${table}: ${name}`))).toEqual([]);
    // Everything that was ever written to it since it last forgot.
    const folder = join(topology.redis.folder!, 'appendonlydir');
    const files = await readdir(folder);
    expect(files).not.toEqual([]);
    for (const file of files) expect(topology.canariesIn(await readFile(join(folder, file), 'latin1')), file).toEqual([]);
  });

  it('ends every program at SIGTERM with 0, and leaves no process behind', async () => {
    await Promise.all([...apis, ...workers].map(stopsCleanly));
    expect(topology.programs.filter(({ hasEnded }) => !hasEnded)).toEqual([]);
  });
});
