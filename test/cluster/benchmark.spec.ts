import { createPrivateKey, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type SecureVersion } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { BenchmarkEvidence, BenchmarkResult, ClusterConnection } from '#application/ports/cluster-collector.js';
import type { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import { rightsManifest } from '#kubernetes/rights/rights-manifest.js';
import { ApiUser } from '#test/support/api-user.js';
import { compileLibs, type CompiledLibs } from '#test/support/compiled-libs.js';
import { startService } from '#test/support/service.js';
import { clusterBinaries } from './binaries.js';
import { createAuthority } from './certificates.js';
import type { Flags } from './control-plane.js';
import { addNode } from './fake-kubelet.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';

const binaries = await clusterBinaries();
if (binaries.kind === 'unavailable') console.warn(`cluster tests skipped: ${binaries.reason}`);

type Judged = Extract<BenchmarkResult, { state: 'judged' }>['judgement'];
type Outcomes = Readonly<Record<string, string>>;

/** The node of the control plane gets the first address of its network, which its API server names as its own. */
const node = { name: 'cp-1', address: '10.20.0.1' };
const weakCipher = 'ECDHE-ECDSA-AES128-SHA';
const strongSuites = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
/** Of the API server, decided by its flags alone. */
const ofFlags = ['1.2.1', '1.2.2', '1.2.3', '1.2.6', '1.2.11', '1.2.12', '1.2.15', '1.2.16', '1.2.21', '1.2.27', '1.2.29'];

let folder: string;
let libs: CompiledLibs;
let collector: KubernetesClusterCollector;
let cluster: KubeCluster;
let connection: ClusterConnection;

const file = (name: string): string => join(folder, name);
const key = Buffer.alloc(32, 7).toString('base64');
const encryption = (...providers: readonly object[]) => ({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', resources: [{ resources: ['secrets'], providers }] });
const keyed = (provider: string) => ({ [provider]: { keys: [{ name: 'one', secret: key }] } });

/** Files that flags name. */
const files: Readonly<Record<string, object>> = {
  'secretbox.json': encryption(keyed('secretbox'), { identity: {} }),
  'identity.json': encryption({ identity: {} }, keyed('aescbc')),
  'aescbc.json': encryption(keyed('aescbc'), { identity: {} }),
  'policy.json': { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] },
  'authentication.json': { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] } },
  'authorization.json': { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers: [{ type: 'Node', name: 'node' }, { type: 'RBAC', name: 'rbac' }] },
};

async function start(flags: Flags): Promise<void> {
  cluster = await startKubeCluster({ apiserverFlags: { 'advertise-address': node.address, ...flags } });
  await addNode(cluster, { name: node.name, kubeletVersion: 'v1.34.2', labels: { 'node-role.kubernetes.io/control-plane': '' } });
  await cluster.apply([
    ...parseAllDocuments(rightsManifest('base')).map((document) => document.toJS() as object).filter((object) => object !== null),
    // By this kubeadm clusters are known.
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kubeadm-config', namespace: 'kube-system' }, data: {} },
  ]);
  connection = { server: cluster.url, ca: cluster.ca, credential: { kind: 'token', token: await cluster.createServiceAccountToken('bulwark', 'bulwark') } };
}

/** The pod by which a kubelet shows what it started from a file of kubeadm. */
async function mirror(args: readonly string[] = cluster.apiserverArguments): Promise<void> {
  const { body } = await cluster.request('GET', `/api/v1/nodes/${node.name}`);
  const { uid } = (body as { readonly metadata: { readonly uid: string } }).metadata;
  const name = `kube-apiserver-${node.name}`;
  await cluster.request('DELETE', `/api/v1/namespaces/kube-system/pods/${name}?gracePeriodSeconds=0`);
  const created = await cluster.request('POST', '/api/v1/namespaces/kube-system/pods', {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name, namespace: 'kube-system', labels: { component: 'kube-apiserver', tier: 'control-plane' },
      annotations: { 'kubernetes.io/config.mirror': 'abc', 'kubernetes.io/config.hash': 'abc', 'kubernetes.io/config.seen': '2026-01-01T00:00:00Z', 'kubernetes.io/config.source': 'file' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid, controller: true }],
    },
    spec: { nodeName: node.name, hostNetwork: true, priorityClassName: 'system-node-critical', automountServiceAccountToken: false, containers: [{ name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.36.3', command: ['kube-apiserver', ...args] }] },
  });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
}

/** Judged in a thread, as a worker does. */
async function judged(): Promise<{ readonly items: Judged['items']; readonly outcomes: Outcomes }> {
  const evidence: BenchmarkEvidence = { pinned: null, known: { platform: null, version: null }, clouds: [], nodeNames: [], unsignedNodes: [] };
  const { benchmark } = await collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: new AbortController().signal, knownEvidence: [], benchmark: evidence });
  if (benchmark?.state !== 'judged') throw new Error(`nothing was judged: ${JSON.stringify(benchmark)}`);
  const { items } = benchmark.judgement;
  return { items, outcomes: Object.fromEntries(items.map(({ id, outcome }) => [id, outcome])) };
}

/** What the server really does, whatever anybody says of it. */
async function observed(): Promise<Readonly<Record<string, boolean>>> {
  const anonymous = await cluster.request('GET', '/api/v1/namespaces', undefined, { token: null });
  const profiles = await cluster.request('GET', '/debug/pprof/');
  await cluster.createServiceAccountToken('proof', 'nobody');
  const nobody = await cluster.createServiceAccountToken('proof', 'nobody');
  const secrets = await cluster.request('GET', '/api/v1/namespaces/kube-system/secrets', undefined, { token: nobody });
  await cluster.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'proof' } }, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain', namespace: 'proof' }, stringData: { word: 'CANARY' } }]);
  const pod = await cluster.request('POST', '/api/v1/namespaces/proof/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1', imagePullPolicy: 'IfNotPresent' }] } });
  const { containers } = (pod.body as { readonly spec: { readonly containers: readonly { readonly imagePullPolicy: string; readonly volumeMounts?: readonly { readonly mountPath: string }[] }[] } }).spec;
  const service = await cluster.request('POST', '/api/v1/namespaces/proof/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'drawn' }, spec: { ports: [{ port: 80 }], externalIPs: ['192.0.2.1'] } });
  const staticToken = await cluster.request('GET', '/api/v1/namespaces', undefined, { token: cluster.adminToken });
  return {
    '1.2.1': anonymous.status === 401,
    '1.2.2': staticToken.status === 401,
    '1.2.3': service.status === 403,
    '1.2.6': secrets.status === 403,
    '1.2.11': containers[0]!.imagePullPolicy === 'Always',
    '1.2.12': (containers[0]!.volumeMounts ?? []).some(({ mountPath }) => mountPath === '/var/run/secrets/kubernetes.io/serviceaccount'),
    '1.2.15': profiles.status === 404,
    '1.2.21': (await cluster.request('GET', '/api', undefined, { token: await tokenOfNobody() })).status === 401,
    '1.2.29': !(await takesCipher(weakCipher)),
    isEncrypted: !(await stored('/registry/secrets/proof/plain')).includes('CANARY'),
    isAudited: await isAudited(),
  };
}

/** A token as a controller once put it into a Secret, of an account that is not there: only who looks it up refuses it. */
async function tokenOfNobody(): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signingKey = createPrivateKey(await readFile(cluster.apiserverArguments.find((word) => word.startsWith('--service-account-signing-key-file='))!.split('=')[1]!, 'utf8'));
  const prefix = 'kubernetes.io/serviceaccount';
  const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({
    iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:proof:gone', [`${prefix}/namespace`]: 'proof', [`${prefix}/secret.name`]: 'gone-token', [`${prefix}/service-account.name`]: 'gone', [`${prefix}/service-account.uid`]: 'a',
  })}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: signingKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const takesCipher = (ciphers: string): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(cluster.url).port), ca: cluster.ca, ciphers, maxVersion: 'TLSv1.2' }, () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => resolve(false));
});

/** Whether a server shakes hands in that version, with whatever suites there are. Throws where it does not say so itself. */
const takesVersion = (port: number, version: SecureVersion): Promise<boolean> => new Promise((resolve, reject) => {
  const socket = connect({ host: '127.0.0.1', port, minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0', rejectUnauthorized: false }, () => {
    const spoken = socket.getProtocol();
    socket.destroy();
    resolve(spoken === version);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => (/^ERR_SSL_.*_ALERT_/.test(error.code ?? '') ? resolve(false) : reject(error)));
});

/** Whether the OpenSSL of this Node speaks TLS 1.0 and 1.1 at all, so that a handshake that fails is the server's doing. */
async function speaksOldTls(): Promise<boolean> {
  const server = createServer({ ...createAuthority('old').issue({ commonName: 'old', hosts: ['127.0.0.1'] }), minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { readonly port: number };
    return (await takesVersion(port, 'TLSv1')) && (await takesVersion(port, 'TLSv1.1'));
  } catch {
    return false;
  } finally {
    server.close();
  }
}

const oldTls = await speaksOldTls();

/** What the control on the API server's TLS says, part by part. */
async function judgedTls(): Promise<Readonly<Record<string, string>>> {
  const { evaluations } = await collector.scan({ kind: 'live', connection }, {}, { onProgress: () => undefined, signal: new AbortController().signal, knownEvidence: [] });
  const { parts = {} } = evaluations.find(({ controlId }) => controlId === 'control-plane/api-server-tls')!;
  return Object.fromEntries(Object.entries(parts).map(([part, { outcome }]) => [part, outcome]));
}

/** The bytes of a key as etcd has them. */
async function stored(name: string): Promise<string> {
  const response = await fetch(`${cluster.etcdUrl}/v3/kv/range`, { method: 'POST', body: JSON.stringify({ key: Buffer.from(name).toString('base64') }) });
  const { kvs } = (await response.json()) as { readonly kvs: readonly { readonly value: string }[] };
  return Buffer.from(kvs[0]!.value, 'base64').toString('latin1');
}

const isAudited = async (): Promise<boolean> => (await readFile(file('audit.log'), 'utf8').catch(() => '')).includes('/api/v1/namespaces/proof/pods');

/** Whether verdicts are what the server does: items that nobody may call decided, and these that must be. */
function expectTrue(outcomes: Outcomes, facts: Readonly<Record<string, boolean>>, undecided: readonly string[] = []): void {
  const { isEncrypted, isAudited: audited, ...items } = facts;
  for (const [id, holds] of Object.entries(items)) expect(`${id} ${outcomes[id]}`).toBe(`${id} ${undecided.includes(id) ? 'unknown' : holds ? 'pass' : 'fail'}`);
  // A policy and a place for its events, both.
  expect(outcomes['1.2.16'] === 'pass' && outcomes['3.2.1'] === 'pass').toBe(audited);
  // Which provider writes is in a file that nobody read: a server without one is seen to store as it is.
  if (isEncrypted) expect([outcomes['1.2.27'], outcomes['1.2.28']]).toEqual(['pass', 'unknown']);
  else expect(outcomes['1.2.28']).not.toBe('pass');
}

describe.skipIf(binaries.kind === 'unavailable')('the benchmark, judged on real API servers', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'benchmark-proof-'));
    for (const [name, content] of Object.entries(files)) await writeFile(file(name), JSON.stringify(content));
    libs = compileLibs(['kubernetes']);
    const { KubernetesClusterCollector: Compiled } = libs.load<{ KubernetesClusterCollector: typeof KubernetesClusterCollector }>('kubernetes/kubernetes-cluster-collector.js');
    collector = new Compiled({ addresses: { allowedPrivateRanges: [], allowLoopbackHttp: true }, controls: async () => [] });
  });
  afterEach(async () => {
    await cluster?.stop();
    await rm(file('audit.log'), { force: true });
  });
  afterAll(async () => {
    libs?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const hardened = (): Flags => ({
    'anonymous-auth': 'false', profiling: 'false', 'enable-admission-plugins': 'NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs', 'disable-admission-plugins': null,
    'audit-policy-file': file('policy.json'), 'audit-log-path': file('audit.log'), 'audit-log-maxage': '30', 'encryption-provider-config': file('secretbox.json'),
    'tls-min-version': 'VersionTLS12', 'tls-cipher-suites': strongSuites, 'request-timeout': '60s',
  });

  it('says of a hardened server what it does, through the API and the worker', async () => {
    await start(hardened());
    await mirror();
    const facts = await observed();
    expect(facts).toMatchObject({ '1.2.1': true, '1.2.11': true, '1.2.12': true, '1.2.29': true, isEncrypted: true, isAudited: true });
    const service = await startService(inject('postgresAdminUrl'));
    try {
      const user = new ApiUser(service.as(await service.organisation('Shop')));
      const { credential, ...rest } = connection;
      const id = await user.register('live', { ...rest, token: credential.kind === 'token' ? credential.token : '' });
      const { rights } = await user.verify(id);
      expect(rights.find(({ resource }) => resource === '/flagz')).toMatchObject({ verb: 'get', isAllowed: true, manifest: 'base', unlocks: expect.arrayContaining(['control-plane/api-server-authz']) as string[] });
      const scan = (await user.as.post(`/v1/clusters/${id}/scans`).send({ kind: 'benchmark' }).expect(202)).body.id as string;
      expect(await user.ended(scan)).toMatchObject({ state: 'finished' });
      const { body } = await user.as.get(`/v1/benchmark-runs/${scan}`).expect(200);
      const items = body.items as readonly { readonly itemId: string; readonly outcome: string }[];
      expectTrue(Object.fromEntries(items.map(({ itemId, outcome }) => [itemId, outcome])), facts);
    } finally {
      await service.stop();
    }
  });

  it('says of a careless server what it does, by its pod, by its own word alone, and without either', async () => {
    await start({ 'anonymous-auth': 'true', 'enable-admission-plugins': 'NodeRestriction' });
    const facts = await observed();
    expect(facts).toMatchObject({ '1.2.1': false, '1.2.15': false, '1.2.29': false, isEncrypted: false, isAudited: false });

    const byFlagz = await judged();
    expectTrue(byFlagz.outcomes, facts);
    expect(byFlagz.items.find(({ id }) => id === '1.2.15')!.subjects).toMatchObject([{ status: 'fail', source: 'flagz' }]);

    await mirror();
    expectTrue((await judged()).outcomes, facts);

    // A pod that lies is not believed: the server's own word, and what it answers, stand beside it.
    await mirror([...cluster.apiserverArguments.filter((word) => !word.startsWith('--anonymous-auth')), '--anonymous-auth=false', '--profiling=false', '--enable-admission-plugins=NodeRestriction,AlwaysPullImages']);
    const lied = await judged();
    for (const id of ['1.2.1', '1.2.11', '1.2.15']) expect(`${id} ${lied.outcomes[id]}`).toBe(`${id} fail`);
    expect(lied.items.find(({ id }) => id === '1.2.15')!.subjects.map(({ status }) => status).toSorted()).toEqual(['fail', 'pass']);
    await withoutFlagz();
    const unsaid = await judged();
    expect(unsaid.outcomes['1.2.1']).toBe('fail');

    await cluster.request('DELETE', `/api/v1/namespaces/kube-system/pods/kube-apiserver-${node.name}?gracePeriodSeconds=0`);
    const blind = await judged();
    // What it answers to whoever asks is seen all the same.
    expect(blind.outcomes['1.2.1']).toBe('fail');
    for (const id of ofFlags.filter((one) => one !== '1.2.1')) expect(`${id} ${blind.outcomes[id]}`).toBe(`${id} unknown`);
  });

  it('says of a server that lets everybody do everything what it does', async () => {
    await start({ 'anonymous-auth': 'true', 'authorization-mode': 'AlwaysAllow', 'service-account-lookup': 'false', 'encryption-provider-config': file('identity.json'), 'audit-policy-file': file('policy.json'), profiling: 'false', 'tls-cipher-suites': `${strongSuites},TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA` });
    await mirror();
    const facts = await observed();
    // With AlwaysAllow it takes no anonymous requests, whatever its flag says.
    expect(facts).toMatchObject({ '1.2.1': true, '1.2.6': false, '1.2.21': false, '1.2.29': false, isEncrypted: false, isAudited: false });
    expectTrue((await judged()).outcomes, facts);
  });

  it('says of a server with structured files what it does, and what only they tell is unknown', async () => {
    await start({ 'authentication-config': file('authentication.json'), 'authorization-mode': null, 'authorization-config': file('authorization.json'), 'encryption-provider-config': file('aescbc.json'), 'audit-policy-file': file('policy.json'), 'audit-log-path': file('audit.log'), 'tls-min-version': 'VersionTLS13', 'enable-admission-plugins': 'DenyServiceExternalIPs' });
    const facts = await observed();
    expect(facts).toMatchObject({ '1.2.1': true, '1.2.3': true, '1.2.6': true, '1.2.29': true, isEncrypted: true, isAudited: true });
    expectTrue((await judged()).outcomes, facts, ['1.2.6']);
    await mirror();
    expectTrue((await judged()).outcomes, facts, ['1.2.6']);
  });

  it('says of kubelets what they tell of themselves, where the account may ask the API server to pass that on', async () => {
    await start({});
    const { defaults } = JSON.parse(await readFile(join(import.meta.dirname, '../../libs/inventory/projection/testing/kubelet-flagz.json'), 'utf8')) as { readonly defaults: Readonly<Record<string, string>> };
    const config = { authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: '/ca.crt' } }, authorization: { mode: 'Webhook' }, eventRecordQPS: 50, podPidsLimit: 100, enableDebuggingHandlers: true, makeIPTablesUtilChains: true, streamingConnectionIdleTimeout: '4h0m0s' };
    // Beside a file flags show what holds without one.
    const flags = { ...defaults, config: '/var/lib/kubelet/config.yaml' };
    const structured = (told: object) => (accept: string): string => (accept.includes('g=config.k8s.io;as=Flagz') ? JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags: told }) : '');
    await addNode(cluster, { name: 'w-1', kubeletVersion: 'v1.36.3', configz: config, flagz: structured({ ...flags, 'seccomp-default': 'true' }) });
    await addNode(cluster, { name: 'w-2', kubeletVersion: 'v1.35.2', configz: { ...config, featureGates: { ComponentFlagz: true } }, flagz: () => `\nkubelet flagz\nWarning: no contract.\n${Object.entries({ ...flags, 'hostname-override': 'w-2' }).map(([name, value]) => `${name}=${value}\n`).join('')}` });
    await addNode(cluster, { name: 'w-3', kubeletVersion: 'v1.36.3', configz: config });
    const { credential } = connection;
    const ask = async (page: string) => (await cluster.request('GET', `/api/v1/nodes/w-1/proxy/${page}`, undefined, { token: credential.kind === 'token' ? credential.token : null })).status;
    const subjects = async (...items: readonly string[]) => {
      const { items: all } = await judged();
      return items.map((id) => Object.fromEntries(all.find((item) => item.id === id)!.subjects.map(({ subject, status, source }) => [subject, source === undefined ? status : `${status} ${source}`])));
    };

    const unseen = { 'cp-1': 'unknown', 'w-1': 'unknown', 'w-2': 'unknown', 'w-3': 'unknown' };
    expect(await subjects('4.2.7')).toEqual([unseen]);
    // Kubelets know a smaller right, which is none of the API server's.
    const smaller = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'smaller' } };
    await cluster.apply([
      { ...smaller, kind: 'ClusterRole', rules: [{ apiGroups: [''], resources: ['nodes/configz'], verbs: ['get'] }] },
      { ...smaller, kind: 'ClusterRoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'smaller' }, subjects: [{ kind: 'ServiceAccount', name: 'bulwark', namespace: 'bulwark' }] },
    ]);
    expect([await ask('configz'), await ask('flagz')]).toEqual([403, 403]);

    await cluster.apply(parseAllDocuments(rightsManifest('node-config')).map((document) => document.toJS() as object).filter((object) => object !== null));
    await expect.poll(() => ask('flagz'), { timeout: 20_000 }).toBe(200);
    expect(await subjects('4.2.7', '4.2.1', '4.2.14')).toEqual([
      { 'cp-1': 'unknown', 'w-1': 'pass flagz', 'w-2': 'fail flagz', 'w-3': 'unknown flagz' },
      { 'cp-1': 'unknown configz', 'w-1': 'pass configz', 'w-2': 'pass configz', 'w-3': 'pass configz' },
      { 'cp-1': 'unknown configz', 'w-1': 'pass configz', 'w-2': 'fail configz', 'w-3': 'fail configz' },
    ]);
  });

  it('lets no word of one server pass for others that there may be', async () => {
    await start(hardened());
    const alone = await judged();
    expect([alone.outcomes['1.2.1'], alone.outcomes['1.2.15'], alone.outcomes['1.2.2']]).toEqual(['pass', 'pass', 'fail']);
    // A second one names its address.
    await cluster.apply([{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'kubernetes-2', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } }, addressType: 'IPv4', ports: [], endpoints: [{ addresses: ['10.20.9.9'] }] }]);
    const ofTwo = await judged();
    expect([ofTwo.outcomes['1.2.1'], ofTwo.outcomes['1.2.15'], ofTwo.outcomes['1.2.2']]).toEqual(['unknown', 'unknown', 'fail']);
  });

  const versions: readonly (readonly [string, Flags, 'TLSv1' | 'TLSv1.1' | undefined])[] = [
    ['nothing that is said of it', {}, undefined],
    ['TLS 1.2', { 'tls-min-version': 'VersionTLS12' }, undefined],
    ['TLS 1.3', { 'tls-min-version': 'VersionTLS13' }, undefined],
    ['TLS 1.1', { 'tls-min-version': 'VersionTLS11' }, 'TLSv1.1'],
    ['TLS 1.0', { 'tls-min-version': 'VersionTLS10' }, 'TLSv1'],
    ['TLS 1.1 with a suite that it has', { 'tls-min-version': 'VersionTLS11', 'tls-cipher-suites': `${strongSuites},TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA` }, 'TLSv1.1'],
    ['TLS 1.0 with suites that it has not', { 'tls-min-version': 'VersionTLS10', 'tls-cipher-suites': strongSuites }, undefined],
  ];
  it.skipIf(!oldTls).each(versions)(`says of a server whose least version is %s which old ones it takes${oldTls ? '' : ' (the OpenSSL of this Node refuses TLS 1.0 and 1.1 at every security level)'}`, async (_, flags, oldest) => {
    await start(flags);
    const port = Number(new URL(cluster.url).port);
    const [takes10, takes11] = [await takesVersion(port, 'TLSv1'), await takesVersion(port, 'TLSv1.1')];
    expect([takes10, takes11]).toEqual([oldest === 'TLSv1', oldest !== undefined]);
    const truth = takes10 || takes11 ? 'fail' : 'pass';
    // By what it serves, and by its flags: as it says them itself, then as its pod has them beside that.
    expect(await judgedTls()).toMatchObject({ 'served-versions': truth, 'min-version': truth });
    await mirror();
    expect(await judgedTls()).toMatchObject({ 'served-versions': truth, 'min-version': truth });
    await withoutFlagz();
    expect(await judgedTls()).toMatchObject({ 'served-versions': truth, 'min-version': truth });
    expect((await judged()).outcomes['1.2.29']).toBe((await takesCipher(weakCipher)) ? 'fail' : 'pass');
  });

  it('would be seen to be wrong', async () => {
    await start(hardened());
    const facts = await observed();
    const { outcomes } = await judged();
    expectTrue(outcomes, facts);
    for (const id of ofFlags) expect(() => expectTrue({ ...outcomes, [id]: outcomes[id] === 'pass' ? 'fail' : 'pass' }, facts), id).toThrow(/^(?:[\d.]+: )?expected/);
    // Facts that are wrong: a pod that tells of another server, and nobody to contradict it.
    await mirror(cluster.apiserverArguments.map((word) => word.replace('--profiling=false', '--profiling=true').replace('AlwaysPullImages,', '')));
    await withoutFlagz();
    const misled = await judged();
    expect([misled.outcomes['1.2.11'], misled.outcomes['1.2.15']]).toEqual(['fail', 'fail']);
    expect(() => expectTrue(misled.outcomes, facts)).toThrow(/^(?:[\d.]+: )?expected/);
  });
});

/** Takes the right to ask for flags from the account, and waits until the server knows. */
async function withoutFlagz(): Promise<void> {
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/bulwark-base';
  const { body } = await cluster.request('GET', path);
  const role = body as { rules: { readonly nonResourceURLs?: readonly string[] }[] };
  role.rules = role.rules.filter(({ nonResourceURLs }) => !nonResourceURLs?.includes('/flagz'));
  expect((await cluster.request('PUT', path, role)).status).toBe(200);
  const { credential } = connection;
  await expect.poll(async () => (await cluster.request('GET', '/flagz', undefined, { token: credential.kind === 'token' ? credential.token : null, headers: { accept: 'text/plain' } })).status, { timeout: 20_000 }).toBe(403);
}
