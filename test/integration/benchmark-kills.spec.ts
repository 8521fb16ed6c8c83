import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Caller } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';
import { isActive } from '#application/scans/scan.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { parseKeyRing } from '#operations/crypto/key-ring.js';
import { migrateQueue } from '#queue/migrate-queue.js';
import { root } from '#test/support/compose-file.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { Program } from '#test/support/program.js';
import { StatementProxy } from '#test/support/statement-proxy.js';
import { build } from '#test/support/topology.js';
import { apiServices, type ApiServices } from '../../apps/composition/api-services.js';
import { nodeEvidence, snapshotOf } from '../e2e/support/benchmark-world.js';

/** Statements of a run at which its worker dies: before Postgres has it, or before its answer is seen. */
const places = [
  ['reads what nodes sent', /from bulwark\.node_evidence/],
  ['writes items', /insert into bulwark\.benchmark_items/],
  ['remembers', /insert into bulwark\.benchmark_memories/],
  ['writes regressions', /INSERT INTO "bulwark"\."benchmark_regressions"/i],
  ['tells', /insert into bulwark\.events/],
  ['commits', /insert into bulwark\.events/, /^COMMIT/],
] as const satisfies readonly (readonly [name: string, from: RegExp, until?: RegExp])[];

describe('a worker that is killed while it judges a benchmark', () => {
  let fresh: FreshStore;
  let proxy: StatementProxy;
  let services: ApiServices;
  let env: Readonly<Record<string, string>>;
  let worker: Program;

  beforeAll(async () => {
    build();
    fresh = await freshStore(inject('postgresAdminUrl'), 3);
    await migrateQueue(fresh.adminUrl, 'bulwark_app');
    proxy = await StatementProxy.start(fresh.appUrl, /^update bulwark\.scans set heartbeat_at/);
    const keys = `test:${randomBytes(32).toString('base64')}`;
    services = apiServices({
      store: fresh.store, vault: new EnvelopeVault(parseKeyRing(keys)), apiKeyPepper: randomBytes(32).toString('base64'), cursorKey: randomBytes(32),
      addresses: { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true },
    });
    env = {
      BULWARK_DATABASE_URL: proxy.through(fresh.appUrl), BULWARK_QUEUE_PREFIX: `benchmark-${randomBytes(6).toString('hex')}`, BULWARK_KEY_ENCRYPTION_KEYS: keys,
      BULWARK_ALLOWED_PRIVATE_RANGES: '127.0.0.0/8', BULWARK_ALLOW_LOOPBACK_HTTP: 'true', BULWARK_WORKER_PORT: '0', BULWARK_DATABASE_POOL_SIZE: '6',
    };
    worker = spawned();
  }, 120_000);
  afterAll(async () => {
    await worker?.kill();
    await proxy?.stop();
    await fresh?.drop();
  });

  const spawned = (): Program => new Program('worker', ['node', 'test/support/short-lease-worker.mjs'], { cwd: root, env });

  async function ended(caller: Caller, id: string): Promise<void> {
    for (const end = Date.now() + 60_000; ; await sleep(50)) {
      const scan = await services.scans.get(caller, id);
      if (scan.state === 'finished') return;
      if (!isActive(scan.state) || Date.now() > end) throw new Error(`the scan is ${scan.state}: ${JSON.stringify(scan.failure)}\n${worker.output.slice(-2_000)}`);
    }
  }

  const bundle = (caller: Caller, clusterId: string, node: string, mode: number) =>
    services.nodeBundles.receive(caller, clusterId, one(writeBundle(nodeEvidence({ mode }), { node, collector: '1', collectedAt: new Date() }).bytes));

  const points = places.flatMap(([name, from, until], at) => (name === 'commits' ? [false, true] : [at % 2 === 1]).map((isForwarded) => [isForwarded ? 'after' : 'before', name, { from, until, isForwarded }] as const));

  it.each(points)('%s it %s: the next one leaves one run, and tells it once', async (_when, _name, { from, until, isForwarded }) => {
    const { token } = await services.organisations.create(Operator.self, { name: 'Acme' });
    const caller = await services.apiKeys.authenticate(token);
    const { id: clusterId } = await services.clusters.register(caller, { name: 'shop' });
    const upload = { clusterId, complete: { scope: 'cluster', unread: [] }, contentEncoding: 'identity', format: 'json' } as const;
    const { id: posture } = await services.snapshots.upload(caller, upload, one(Buffer.from(JSON.stringify(snapshotOf(['w-1', 'w-2'])))));
    await ended(caller, posture);
    for (const node of ['w-1', 'w-2']) await bundle(caller, clusterId, node, 0o600);
    const { id: first } = await services.scans.request(caller, { clusterId, kind: 'benchmark' });
    await ended(caller, first);
    await bundle(caller, clusterId, 'w-2', 0o666);

    // How far from the one to the other the run before had it.
    const start = proxy.statements.findLastIndex((text) => from.test(text));
    const number = until ? proxy.statements.slice(start).findIndex((text) => until.test(text)) + 1 : 1;
    proxy.arm({ number, from, isForwarded, act: () => worker.signal('SIGKILL') });
    const { id: second } = await services.scans.request(caller, { clusterId, kind: 'benchmark' });
    await worker.exited;
    proxy.arm(undefined);
    worker = spawned();
    await ended(caller, second);

    const { edges } = await services.benchmarkRuns.list(caller, { clusterId }, {});
    expect(edges.map(({ node: { id, regressed, previousRunId } }) => ({ id, regressed, previousRunId }))).toEqual([{ id: second, regressed: 1, previousRunId: first }, { id: first, regressed: 0, previousRunId: null }]);
    const feed = await services.events.feed(caller, { first: 100, types: ['benchmark.completed', 'benchmark.item_regressed'] });
    expect(feed.edges.map(({ node: { type, scanId } }) => [type, scanId])).toEqual([['benchmark.completed', first], ['benchmark.item_regressed', second], ['benchmark.completed', second]]);
    expect((await services.benchmarkRuns.regressions(caller, clusterId, {}, {})).edges).toHaveLength(1);
    expect((await services.benchmarkRuns.report(caller, second)).items.length).toBeGreaterThan(120);
  }, 120_000);
});

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
