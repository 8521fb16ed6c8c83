import { randomBytes, randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { inject } from 'vitest';
import { scopes, type ScopeName } from '#application/caller.js';
import type { ScanResult } from '#application/ports/cluster-collector.js';
import { RunScan } from '#application/scans/run-scan.js';
import { foundEvaluation } from '#findings/found-failure.js';
import { keptEvidence } from '#kubernetes/kept-evidence.js';
import { catalogue } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { resourceKeys } from '#inventory/resources.js';
import { Operator } from '#application/organisations/operator.js';
import { EnvelopeVault } from '#operations/crypto/envelope-vault.js';
import { ringOf } from '#operations/crypto/key-ring.js';
import { createMetrics, type Metrics } from '#operations/metrics.js';
import type { Log, LogFields } from '#operations/log.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import { freshStore, type FreshStore } from '#test/support/fresh-store.js';
import { createApi } from '../../../apps/api/create-api.js';
import { apiServices, type ApiServices } from '../../../apps/composition/api-services.js';

/** A tenant with a key that may do everything in it. */
export interface Tenant {
  readonly tenantId: string;
  readonly keyId: string;
  readonly token: string;
}

export interface JudgedCluster {
  readonly clusterId: string;
  readonly scanId: string;
}

export interface LiveApi {
  readonly app: NestFastifyApplication;
  readonly services: ApiServices;
  readonly database: FreshStore;
  /** What the services seal with. */
  readonly vault: EnvelopeVault;
  readonly metrics: Metrics;
  readonly url: string;
  readonly operatorKey: string;
  /** Everything logged so far. */
  readonly logged: readonly { readonly level: string; readonly fields: LogFields; readonly message: string }[];
  tenant(name?: string): Promise<Tenant>;
  /** Another key of a tenant. */
  key(tenant: Tenant, granted: readonly ScopeName[]): Promise<Tenant>;
  /** A cluster of a tenant that has been scanned once: `pods` privileged pods in the namespace `shop`. */
  judged(tenant: Tenant, pods: number): Promise<JudgedCluster>;
  /** Works off one queued scan, finding these pods. */
  judge(tenant: Tenant, scanId: string, pods: number): Promise<void>;
  /** Requests with a key; '' for none. */
  as(key: Tenant | string): {
    get(path: string): supertest.Test;
    post(path: string): supertest.Test;
    put(path: string): supertest.Test;
    patch(path: string): supertest.Test;
    delete(path: string): supertest.Test;
    /** POST /graphql. */
    query(query: string, variables?: Record<string, unknown>): supertest.Test;
  };
  close(): Promise<void>;
}

/** The real API on a port of its own and a database of its own. Nothing works off what it makes due. */
export async function liveApi(): Promise<LiveApi> {
  const database = await freshStore(inject('postgresAdminUrl'));
  const operatorKey = randomBytes(32).toString('base64');
  const logged: { level: string; fields: LogFields; message: string }[] = [];
  const metrics = createMetrics('api');
  const vault = new EnvelopeVault(ringOf([{ id: 'test', key: randomBytes(32) }]));
  const services = apiServices({
    store: database.store,
    vault,
    apiKeyPepper: randomBytes(32).toString('base64'),
    cursorKey: randomBytes(32),
    addresses: { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true },
  });
  const app = await createApi(services, { log: recordingLog(logged), store: database.store, queue: { ping: async () => undefined }, operatorKey, metrics });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const as: LiveApi['as'] = (key) => {
    const token = typeof key === 'string' ? key : key.token;
    const agent = supertest(url);
    const authorised = (test: supertest.Test): supertest.Test => (token === '' ? test : test.set('authorization', `Bearer ${token}`));
    return {
      get: (path) => authorised(agent.get(path)),
      post: (path) => authorised(agent.post(path)),
      put: (path) => authorised(agent.put(path)),
      patch: (path) => authorised(agent.patch(path)),
      delete: (path) => authorised(agent.delete(path)),
      query: (query, variables) => authorised(agent.post('/graphql')).set('accept', 'application/graphql-response+json').send({ query, variables }),
    };
  };
  const judge: LiveApi['judge'] = async (tenant, scanId, pods) => {
    const collector = { scan: async () => scanResult(pods), verify: () => Promise.reject(new Error('nothing verifies here')) };
    await new RunScan(database.store, collector, vault).run(tenant.tenantId, scanId, new AbortController().signal);
  };
  return {
    app, services, database, vault, metrics, url, operatorKey, logged, as, judge,
    async judged(tenant, pods) {
      const { body: cluster } = await as(tenant).post('/v1/clusters').send({ name: `cluster-${randomUUID()}` }).expect(201);
      const { body: scan } = await as(tenant).post(`/v1/clusters/${cluster.id}/snapshots?complete=cluster`).type('application/json').send('{}').expect(202);
      await judge(tenant, scan.id, pods);
      return { clusterId: cluster.id, scanId: scan.id };
    },
    async tenant(name = 'Acme') {
      const { organisation, token } = await services.organisations.create(Operator.self, { name });
      const caller = await services.apiKeys.authenticate(token);
      const all = await services.apiKeys.create(caller, { name: 'all', scopes: scopes.filter((scope) => caller.scopes.includes(scope) || caller.scopes.includes(scope.replace(':read', ':write') as ScopeName)) });
      return { tenantId: organisation.tenantId, keyId: all.key.id, token: all.token };
    },
    async key(tenant, granted) {
      const caller = await services.apiKeys.authenticate(tenant.token);
      const { key, token } = await services.apiKeys.create(caller, { name: 'limited', scopes: granted });
      return { tenantId: tenant.tenantId, keyId: key.id, token };
    },
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

/** A pod that nothing may connect to. */
const locked = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'locked', namespace: 'shop', labels: { app: 'locked' } }, spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1' }] } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'locked', namespace: 'shop' }, spec: { podSelector: { matchLabels: { app: 'locked' } }, policyTypes: ['Ingress'] } },
];

/** One account that may read Pods in its namespace; one that may start them beside an account that may do everything. */
const rbac = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ops', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
  ...['starter', 'boss'].map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'ops' } })),
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'pod-starter', namespace: 'ops' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }] },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'starter-starts', namespace: 'ops' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pod-starter' }, subjects: [{ kind: 'ServiceAccount', name: 'starter', namespace: 'ops' }],
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'everything' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'boss-rules' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'everything' }, subjects: [{ kind: 'ServiceAccount', name: 'boss', namespace: 'ops' }],
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace: 'shop' } },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'pod-reader', namespace: 'shop' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'nobody-has-it', namespace: 'shop' }, rules: [] },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'web-reads', namespace: 'shop' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pod-reader' }, subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
  },
];

/** What judging so many privileged pods comes to. */
function scanResult(pods: number): ScanResult {
  const objects = Array.from({ length: pods }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${i}`, namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'registry.example.com/app:1', securityContext: { privileged: true } }] },
  }));
  const inventory = inventoryOf([...objects, ...rbac, ...locked]);
  return {
    cluster: { platform: 'kind', version: 'v1.36.0', isManaged: false },
    evaluations: evaluate(catalogue, inventory).map(foundEvaluation),
    controls: catalogue,
    outcomes: Object.fromEntries(resourceKeys.map((key) => [key, { state: 'observed', count: 0 }])),
    counts: { objects: pods, pods, workloads: pods, nodes: 0, namespaces: 0 }, standing: { nodes: [], machines: [] }, collectors: { nodes: 0, fresh: 0, stale: 0 },
    evidence: keptEvidence(inventory, new Set()), cost: { requests: 1, bytes: 1, throttled: 0, cpuMs: 1 },
  };
}

function recordingLog(entries: { level: string; fields: LogFields; message: string }[]): Log {
  const write = (level: string) => (fields: LogFields, message: string) => void entries.push({ level, fields, message });
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
  return log;
}
