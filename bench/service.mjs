import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { policy } from './bench-cluster.mjs';
import { Operator } from '../dist/libs/application/organisations/operator.js';
import { apiServices } from '../dist/apps/composition/api-services.js';
import { freshDatabase } from '../dist/libs/database/embedded/test-postgres.js';
import { migrate } from '../dist/libs/database/migrate.js';
import { TypeormStore } from '../dist/libs/database/typeorm-store.js';
import { parseEnrolmentKey } from '../dist/libs/nodes/wire/enrolment-key.js';
import { writeBundle } from '../dist/libs/nodes/wire/write-bundle.js';
import { EnvelopeVault } from '../dist/libs/operations/crypto/envelope-vault.js';
import { parseKeyRing } from '../dist/libs/operations/crypto/key-ring.js';
import { migrateQueue } from '../dist/libs/queue/migrate-queue.js';

const appUser = 'bulwark_bench';
const appPassword = 'for-benchmarks-only';

/** What the API would do, without its doors: an installation on a database of its own, one organisation, the cluster, if there is one, registered. */
export async function openService(postgresUrl, cluster) {
  const database = await freshDatabase(postgresUrl);
  await migrate(database.url, { appUser, appPassword });
  await migrateQueue(database.url, appUser);
  const url = new URL(database.url);
  url.username = appUser;
  url.password = appPassword;
  const keyEncryptionKeys = `bench:${randomBytes(32).toString('base64')}`;
  const parts = {
    vault: new EnvelopeVault(parseKeyRing(keyEncryptionKeys)),
    apiKeyPepper: randomBytes(32).toString('base64'),
    cursorKey: randomBytes(32),
    addresses: { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: false },
  };
  const connect = () => TypeormStore.connect({ url: url.href, poolSize: 2 });

  // On connections of its own: Postgres counts what they wrote when they close, and not among a scan's rows.
  const setup = await connect();
  const first = apiServices({ ...parts, store: setup });
  const { token } = await first.organisations.create(Operator.self, { name: 'bench' });
  const caller = await first.apiKeys.authenticate(token);
  await first.policy.put(caller, policy);
  const clusterIds = [];
  for (const name of cluster ? ['bench', 'the same, as another'] : []) {
    clusterIds.push((await first.clusters.register(caller, { name, connection: { server: cluster.url, ca: cluster.ca, token: cluster.token } })).id);
  }
  await setup.close();

  const store = await connect();
  const services = apiServices({ ...parts, store });
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();

  return {
    databaseUrl: url.href,
    keyEncryptionKeys,
    /** Two registrations of the one server. */
    clusterIds,
    /** A registration that evidence is uploaded for; its id. */
    registerForUploads: async (name) => (await services.clusters.register(caller, { name })).id,
    upload: (clusterId, bytes, format) => services.snapshots.upload(caller, { clusterId, complete: { scope: 'objects' }, contentEncoding: 'identity', format }, bytes),
    requestScan: (clusterId, kind) => services.scans.request(caller, { clusterId, kind }),
    /** What nodes' collectors would send, signed with an enrolment key of the cluster: `[name, evidence]`. */
    async receive(clusterId, nodes) {
      const { text } = await services.enrolmentKeys.create(caller, clusterId, { name: `bench ${randomBytes(4).toString('hex')}` });
      const key = parseEnrolmentKey(text);
      for (const [node, evidence] of nodes) {
        const { bytes } = writeBundle(evidence, { node, cluster: clusterId, key, collector: 'bench', collectedAt: new Date() });
        await services.nodeBundles.receive(undefined, clusterId, [bytes]);
      }
    },
    benchmarkRun: (scanId) => services.benchmarkRuns.get(caller, scanId),
    scan: (id) => services.scans.get(caller, id),
    /** Rows written so far by table: `{ ins, upd, del }`. */
    async rowsWritten() {
      const { rows } = await admin.query(`select relname, n_tup_ins::int as ins, n_tup_upd::int as upd, n_tup_del::int as del from pg_stat_user_tables where schemaname = 'bulwark'`);
      return new Map(rows.map(({ relname, ins, upd, del }) => [relname, { ins, upd, del }]));
    },
    async close() {
      await admin.end();
      await store.close();
      await database.drop();
    },
  };
}
