import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { defaultCollectSettings } from '#kubernetes/collector/collect-settings.js';
import { ApiUser, type EventBody } from '#test/support/api-user.js';
import { startService, type RunningService } from '#test/support/service.js';
import { verified, webhookSink, type WebhookSink } from '#test/support/webhook-sink.js';
import { auditTrail, type AuditTrail } from './audit-trail.js';
import { clusterBinaries } from './binaries.js';
import { startKubeCluster, type KubeCluster } from './kube-cluster.js';
import { kubectlSnapshot } from './kubectl-snapshot.js';
import { changedObjects, objectVersions } from './object-versions.js';
import { outages } from './outages.js';
import { shopFaults, shopMerits } from './shop-findings.js';
import { carelessNode, loadShop, serverVersion } from './shop.js';
import { rollOut, tillNamespace, tillRegistry } from './till.js';
import { tripwire, type Tripwire } from './tripwire.js';
import { until } from './until.js';

const binaries = await clusterBinaries();
if (binaries.kind === 'unavailable') console.warn(`cluster tests skipped: ${binaries.reason}`);
const kubectl = binaries.kind === 'ready' ? binaries.kubectl : undefined;

/** The account that the `base` manifest makes. */
const account = { namespace: 'bulwark', name: 'bulwark' };

/** The one fault of a namespace that has no other. */
const faultKey = 'workloads/host-namespaces|Deployment/till/terminal|hostPID';
/** What hostPID breaks beside the control on it. */
/** Nothing was collected on nodes. */
const noCollector = { resource: 'node-evidence', state: 'missing', reason: 'not-requested', detail: 'Run the node collector on 5 of 5 nodes.' };
const faultKeys = [faultKey, ...['baseline', 'restricted'].map((level) => `workloads/pss-${level}|Deployment/till/terminal|`)];
/** Rests on what the server shows to whoever reaches it, which needs no right. */
const probedAlone = 'control-plane/certificate-expiry';
/** Passes first. */
const regressedKey = 'workloads/read-only-root-filesystem|Deployment/till/receipts|app';

/** What endpoints are told, as far as it is looked at. */
interface Told {
  readonly id: string;
  readonly type: string;
  readonly position: number;
  readonly data: { readonly finding?: { readonly control?: { readonly remediation: string } } };
}

type Rule = Readonly<Partial<Record<'apiGroups' | 'resources' | 'nonResourceURLs' | 'verbs', readonly string[]>>>;

describe.skipIf(binaries.kind === 'unavailable')('the story of a cluster, over the public API', () => {
  let trail: AuditTrail;
  let cluster: KubeCluster;
  let version: string;
  let wire: Tripwire;
  let service: RunningService;
  let sink: WebhookSink;
  let user: ApiUser;
  /** Signs what goes to each path of the sink. */
  const secrets = new Map<string, string>();
  /** The registration that the story follows, and its credential. */
  let live: string;
  let token: string;
  /** Two more of the same cluster. */
  let byToken: string;
  let byCertificate: string;

  beforeAll(async () => {
    trail = await auditTrail([`system:serviceaccount:${account.namespace}:${account.name}`]);
    cluster = await startKubeCluster({ controllerManager: true, apiserverFlags: trail.flags });
    version = await serverVersion(cluster);
    wire = await tripwire(Number(new URL(cluster.url).port));
    await loadShop(cluster);
    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: tillNamespace } }]);
    await rollOut(cluster, 'terminal', { hostPID: true });
    await rollOut(cluster, 'receipts');
    sink = await webhookSink();
    // As patient as ever, a scan would take minutes to give a frozen server up.
    service = await startService(inject('postgresAdminUrl'), { collect: { ...defaultCollectSettings, requestMs: 3_000, idleMs: 1_500, tries: 2, backoffMs: 20 } });
    user = new ApiUser(service.as(await service.organisation('Shop')));
    await user.as.put('/v1/policy').send({ trustedRegistries: [tillRegistry] }).expect(200);
  });

  afterAll(async () => {
    await service?.stop();
    await sink?.close();
    await wire?.cut();
    await cluster?.stop();
    await trail?.remove();
  });

  it('registers by a pasted kubeconfig, and tells which rights are missing and what each unlocks', async () => {
    await applyRights('base');
    token = await collectorToken();
    live = await user.register('live', { kubeconfig: kubeconfig() });
    const { body } = await user.as.get(`/v1/clusters/${live}`).expect(200);
    expect(body).toMatchObject({ name: 'live', hasConnection: true });
    expect(JSON.stringify(body)).not.toContain(token);

    const verification = await user.verify(live);
    expect(verification).toMatchObject({ isReachable: true, version });
    const { rights } = verification;
    expect(rights.filter(({ isAllowed }) => !isAllowed).map(({ resource, verb, manifest, unlocks }) => ({ resource, verb, manifest, unlocks }))).toEqual([
      { resource: 'secrets', verb: 'list', manifest: 'secrets', unlocks: ['control-plane/legacy-sa-tokens', 'supply-chain/secret-age', 'supply-chain/unused-secrets'] },
      { resource: 'nodes/proxy', verb: 'get', manifest: 'node-config', unlocks: ['control-plane/kubelet-authn', 'control-plane/kubelet-authz', 'control-plane/kubelet-ports', 'control-plane/kubelet-hardening'] },
    ]);
    expect(rights.find(({ resource }) => resource === 'pods')).toMatchObject({ isAllowed: true, manifest: 'base', unlocks: expect.arrayContaining(['workloads/privileged']) as string[] });
  });

  it('registers by address and token, and by client certificate', async () => {
    byToken = await user.register('by-token', { server: cluster.url, ca: cluster.ca, token });
    expect((await user.verify(byToken)).rights.filter(({ isAllowed }) => !isAllowed)).toHaveLength(2);

    const { cert, key } = cluster.authority.issue({ commonName: 'bulwark-auditor' });
    byCertificate = await user.register('by-certificate', { server: cluster.url, ca: cluster.ca, clientCertificate: cert, clientKey: key });
    const before = await user.verify(byCertificate);
    expect(before).toMatchObject({ isReachable: true, version });
    expect(before.rights.filter(({ isAllowed }) => isAllowed)).toEqual([]);
    await bind('bulwark-auditor', 'bulwark-base', { kind: 'User', name: 'bulwark-auditor', apiGroup: 'rbac.authorization.k8s.io' });
    await expect.poll(async () => (await user.verify(byCertificate)).rights.filter(({ isAllowed }) => !isAllowed).map(({ resource }) => resource), { timeout: 20_000 }).toEqual(['secrets', 'nodes/proxy']);

    const { body } = await user.as.post('/v1/clusters').send({ name: 'refused', connection: { kubeconfig: withExec(kubeconfig()) } }).expect(422);
    expect(body).toMatchObject({ errors: [{ pointer: '/connection/kubeconfig', type: expect.stringContaining('kubeconfig-exec-plugin') as string, detail: expect.stringContaining('/users/0/user/exec') as string }] });
  });

  it('judges a first scan with what the base rights let it see', async () => {
    const changes = await user.as.post('/v1/webhooks').send({ url: `${sink.url}/changes`, mode: 'each' }).expect(201);
    const everything = await user.as.post('/v1/webhooks').send({ url: `${sink.url}/everything`, includeBaseline: true, payload: 'thin' }).expect(201);
    for (const [path, { body }] of [['/changes', changes], ['/everything', everything]] as const) {
      expect(body.webhook).toMatchObject({ isInsecure: true, isEnabled: true });
      secrets.set(path, body.secret);
    }

    const scan = await user.scan(live);
    expect(scan).toMatchObject({ state: 'finished', isBaseline: true, isComplete: true, summary: { controls: { error: 0 } } });
    expect(scan.coverage!.missing).toEqual([{ resource: 'secrets', state: 'missing', reason: 'forbidden', detail: expect.stringContaining('manifest "secrets"') as string }, noCollector]);
    const results = await user.results(scan.id);
    expect(results.get('control-plane/legacy-sa-tokens')).toMatchObject({ outcome: 'unknown', unknowns: [{ fact: 'secrets', reason: 'forbidden', detail: expect.stringContaining('manifest "secrets"') as string }] });
    expect(results.get('control-plane/kubelet-authn')).toMatchObject({ outcome: 'unknown', unknowns: [{ fact: 'kubelet-config', reason: 'forbidden', detail: expect.stringContaining('manifest "node-config"') as string }] });
    expect((await user.as.get(`/v1/clusters/${live}`).expect(200)).body).toMatchObject({ platform: 'kubeadm', version });

    expect((await user.findings({ clusterId: live, namespace: tillNamespace })).map(({ key }) => key).toSorted()).toEqual([...faultKeys, 'control-plane/default-sa-privileges|ServiceAccount/till/default|automount'].toSorted());
    const open = await user.openKeys(live);
    expect(open).toEqual(expect.arrayContaining([...shopFaults]));
    expect(open.filter((key) => shopMerits.some((merit) => key.startsWith(merit)))).toEqual([]);
    expect(open.length).toBe(scan.summary!.findings.opened);
  });

  it('decides every control of the catalogue without one that breaks', async () => {
    const { body } = await user.as.get('/v1/controls?kind=control').expect(200);
    const ids = (body.items as readonly { readonly id: string }[]).map(({ id }) => id);
    const results = await user.results((await user.scan(live)).id);
    expect([...results.keys()].sort()).toEqual(ids.toSorted());
    const outcomes = [...results.values()].map(({ controlId, outcome, error }) => ({ controlId, outcome, error }));
    expect(outcomes.filter(({ outcome }) => outcome === 'error')).toEqual([]);
    expect(outcomes.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'fail').map(({ controlId }) => controlId)).toEqual(['control-plane/api-server-exposure', 'control-plane/audit-policy-quality', 'control-plane/certificate-expiry', 'control-plane/component-least-privilege', 'control-plane/kubelet-authn', 'control-plane/kubelet-authz', 'control-plane/kubelet-hardening', 'control-plane/kubelet-ports', 'control-plane/legacy-sa-tokens', 'control-plane/system-masters', 'governance/admission-webhook-health', 'governance/benchmark-schedule', 'governance/broken-references', 'governance/deprecated-apis', 'governance/required-labels', 'network/mesh-authorization', 'runtime/monitoring', 'supply-chain/external-secret-store', 'supply-chain/helm-and-gitops-sources', 'supply-chain/secret-age', 'supply-chain/unused-secrets', 'supply-chain/workload-identity', 'workloads/pod-security-policy', 'workloads/policy-engine-coverage']);
  });

  it('looks at the server as somebody without a credential would', async () => {
    const results = await user.results((await user.scan(live)).id);
    // What it serves with is fine; what lies on nodes no collector has told.
    expect(results.get(probedAlone)).toMatchObject({ outcome: 'unknown', isComplete: true, unknowns: [{ fact: 'node-evidence', reason: 'not-requested' }] });
    const unknowns = (id: string) => results.get(id)!.unknowns.map(({ fact }) => fact);
    // Its own flags, the versions that it takes, and what it answers to whom it does not know.
    expect(unknowns('control-plane/api-server-tls')).toEqual([]);
    expect(unknowns('control-plane/anonymous-access')).toEqual([]);
    // Over loopback nobody sees where else it answers.
    expect(unknowns('control-plane/api-server-exposure')).toEqual(['api-server-probe']);
  });

  it('tells of the baseline in one signed message with its counts', async () => {
    const feed = await user.events();
    await deliveredUpTo(feed.at(-1)!);
    expect(received('/changes')[0]).toMatchObject({ type: 'scan.completed', data: { isBaseline: true, isComplete: true, findings: { opened: (await user.openKeys(live)).length } } });
    // In the feed they are all there.
    const baseline = feed.filter(({ isBaseline, type }) => isBaseline && type === 'finding.opened');
    expect(baseline.map(({ data }) => data.finding!.key).sort()).toEqual(await user.openKeys(live));
  });

  it('writes nothing to the cluster, and asks for its lists in pages', async () => {
    // What controllers do by themselves meanwhile is not ours: one undisturbed scan is proof enough.
    await expect.poll(async () => {
      const before = await objectVersions(cluster);
      await user.scan(live);
      return changedObjects(before, await objectVersions(cluster));
    }, { timeout: 20_000, interval: 500 }).toEqual([]);
    const asked = await trail.entries();
    expect(new Set(asked.filter(({ verb }) => verb !== 'list' && verb !== 'get').map(({ verb, requestURI }) => `${verb} ${requestURI}`))).toEqual(new Set(['create /apis/authorization.k8s.io/v1/selfsubjectaccessreviews']));
    expect(asked.filter(({ verb, requestURI }) => verb === 'list' && !/[?&]limit=\d+/.test(requestURI))).toEqual([]);
  });

  it.skipIf(kubectl === undefined)('finds the same in what the documented kubectl command writes', async () => {
    const file = await kubectlSnapshot(cluster, kubectl!);
    const upload = async (clusterId: string) => {
      const request = user.as.post(`/v1/clusters/${clusterId}/snapshots`).query({ complete: 'cluster', unread: 'secrets' }).type('application/json');
      return user.ended((await request.send(await readFile(file, 'utf8')).expect(202)).body.id);
    };
    try {
      const fresh = await user.register('uploaded');
      const first = await upload(fresh);
      expect(first).toMatchObject({ state: 'finished', isComplete: true, isBaseline: true, summary: { controls: { error: 0 } } });
      // What the server says of its own flags is in no file.
      expect(await user.openKeys(fresh)).toEqual((await user.openKeys(live)).filter((key) => !key.includes('|flagz')));

      // On the cluster that was scanned live, nothing has happened.
      const position = await feedEnd();
      await upload(live);
      expect((await user.events(position)).map(({ type }) => type)).toEqual(['scan.completed']);
    } finally {
      await rm(dirname(file), { recursive: true });
    }
  });

  it('finds the same whichever way it came in', async () => {
    for (const clusterId of [byToken, byCertificate]) {
      expect(await user.scan(clusterId)).toMatchObject({ state: 'finished', isBaseline: true, isComplete: true });
      expect(await user.openKeys(clusterId)).toEqual(await user.openKeys(live));
    }
  });

  it('decides more once it may see more', async () => {
    await cluster.apply([{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'deployer-token', namespace: 'ci', annotations: { 'kubernetes.io/service-account.name': 'deployer' } } }]);
    await applyRights('secrets');
    await applyRights('node-config');
    await expect.poll(async () => (await user.verify(live)).rights.filter(({ isAllowed }) => !isAllowed), { timeout: 20_000 }).toEqual([]);
    const position = await feedEnd();
    const scan = await user.scan(live);
    expect(scan.coverage!.missing).toEqual([noCollector]);
    const results = await user.results(scan.id);
    expect(results.get('control-plane/legacy-sa-tokens')).toMatchObject({ outcome: 'fail', isComplete: true, unknowns: [] });
    expect(results.get('control-plane/kubelet-authn')).toMatchObject({ outcome: 'fail', isComplete: true, unknowns: [] });
    expect(happened(await user.events(position)).toSorted()).toEqual([
      // That account is ours.
      'finding.opened control-plane/exec-and-node-proxy|ClusterRoleBinding//bulwark-node-config|node-proxy',
      'finding.opened control-plane/secret-readers|ClusterRoleBinding//bulwark-secrets|',
      'finding.opened control-plane/legacy-sa-tokens|Secret/ci/deployer-token|',
      'finding.opened supply-chain/external-secret-store|Cluster//cluster|',
      `finding.opened control-plane/kubelet-authn|Node//${carelessNode}|anonymous`,
      'scan.completed',
    ].toSorted());
  });

  it('tells of a fault that is mended, comes back, and of one that is new', async () => {
    const steps = [
      { name: 'terminal', fault: {}, events: faultKeys.map((key) => `finding.resolved ${key}`) },
      { name: 'terminal', fault: { hostPID: true }, events: faultKeys.map((key) => `finding.reopened ${key}`) },
      { name: 'receipts', fault: { writableRoot: true }, events: [`finding.regressed ${regressedKey}`] },
    ];
    for (const { name, fault, events: told } of steps) {
      const position = await feedEnd();
      await rollOut(cluster, name, fault);
      await user.scan(live);
      expect(happened(await user.events(position)).toSorted()).toEqual([...told, 'scan.completed'].toSorted());
      // Once more, with nothing changed: no event but the scan's own.
      await user.scan(live);
      const events = await user.events(position);
      expect(happened(events).toSorted()).toEqual([...told, 'scan.completed', 'scan.completed'].toSorted());
      await deliveredUpTo(events.at(-1)!);
      const messages = received('/changes').filter((message) => message.position > position);
      expect(messages.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
      expect(messages.find(({ type }) => type.startsWith('finding.'))!.data.finding!.control!.remediation).not.toBe('');
    }
    const [finding] = (await user.findings({ clusterId: live, namespace: tillNamespace, controlId: 'workloads/host-namespaces' }));
    const { body } = await user.as.get(`/v1/findings/${finding!.id}/history`).expect(200);
    expect(body.items.map(({ type }: EventBody) => type)).toEqual(['finding.reopened', 'finding.resolved', 'finding.opened']);
  });

  it('knows less without its rights, forgets nothing, and knows it again with them', async () => {
    // Bindings of our own come and go here, and what is said of them too.
    const others = (keys: readonly string[]) => keys.filter((key) => !key.includes('//bulwark-'));
    const before = { open: others(await user.openKeys(live)), results: await user.results((await user.scan(live)).id), freshness: await user.freshness(live), position: await feedEnd() };
    const ofPods = (await user.verify(live)).rights.find(({ resource }) => resource === 'pods')!.unlocks;

    await applyRights('base', (rule) => ({ ...rule, ...(rule.resources && { resources: rule.resources.filter((name) => name !== 'pods') }) }));
    await unbind('bulwark-node-config');
    await untilAnswered('/api/v1/pods', 403);
    const blind = await user.scan(live);
    expect(blind.coverage!.missing).toMatchObject([{ resource: 'pods', reason: 'forbidden', detail: expect.stringContaining('manifest "base"') as string }, noCollector]);
    const results = await user.results(blind.id);
    const freshness = await user.freshness(live);
    for (const id of ofPods) {
      expect(results.get(id), id).toMatchObject({ isComplete: false, unknowns: expect.arrayContaining([expect.objectContaining({ fact: 'pods', reason: 'forbidden' })]) as object[] });
      expect(freshness.get(id)!.lastCompleteAt, id).toBe(before.freshness.get(id)!.lastCompleteAt);
    }
    expect(results.get('control-plane/kubelet-authn')).toMatchObject({ outcome: 'unknown', unknowns: [{ fact: 'kubelet-config', reason: 'forbidden' }] });
    expect(freshness.get('control-plane/kubelet-authn')!.lastCompleteAt).toBe(before.freshness.get('control-plane/kubelet-authn')!.lastCompleteAt);
    // What was seen to be well may not be so any more.
    expect([...results.values()].filter(({ outcome, controlId }) => outcome === 'pass' && ofPods.includes(controlId))).toEqual([]);
    expect(freshness.get('network/ingress-tls')!.lastCompleteAt! > before.freshness.get('network/ingress-tls')!.lastCompleteAt!).toBe(true);
    expect(others(await user.openKeys(live))).toEqual(before.open);

    await unbind('bulwark-base', 'bulwark-secrets');
    await untilAnswered('/api/v1/namespaces', 403);
    const wholly = await user.scan(live);
    expect(wholly).toMatchObject({ state: 'finished', isComplete: false });
    // The server tells everybody its version.
    const byVersion = 'governance/known-vulnerabilities';
    // Which kinds it has it tells as well.
    const heard = ['governance/benchmark-schedule', byVersion, 'supply-chain/helm-and-gitops-sources'];
    expect([...(await user.results(wholly.id)).values()].filter(({ outcome }) => outcome !== 'unknown').map(({ controlId }) => controlId).sort()).toEqual(heard.toSorted());
    expect(others(await user.openKeys(live))).toEqual(before.open);
    expect((await user.as.get(`/v1/clusters/${live}`).expect(200)).body).toMatchObject({ platform: 'kubeadm', version });
    const stale = await user.freshness(live);
    for (const [id, { lastCompleteAt }] of freshness) if (!heard.includes(id)) expect(stale.get(id), id).toMatchObject({ lastCompleteAt, lastOutcome: 'unknown' });

    await applyAllRights();
    const again = await user.results((await user.scan(live)).id);
    const outcomes = (of: typeof again) => [...of.values()].map(({ controlId, outcome, isComplete }) => ({ controlId, outcome, isComplete }));
    expect(outcomes(again)).toEqual(outcomes(before.results));
    expect(others(happened(await user.events(before.position)))).toEqual(['scan.completed', 'scan.completed', 'scan.completed']);
  });

  describe('a server that stops in the middle of a scan', () => {
    let said: number;
    beforeAll(async () => {
      await applyAllRights();
      const before = wire.bytes;
      await user.scan(live);
      said = wire.bytes - before;
    });

    it.each(outages(6))('%s after %f of its answers: nothing is taken for gone, and it is told once', async (how, share) => {
      const before = { open: await user.openKeys(live), position: await feedEnd(), cluster: (await user.as.get(`/v1/clusters/${live}`).expect(200)).body };
      const stopped = wire.after(Math.round(said * share), async () => {
        await cluster.stopServer(how);
        // Whoever comes now is refused, as by the server's own port.
        if (how === 'kill') await wire.cut();
      });
      const broken = await user.scan(live);
      await stopped;
      expect(broken).toMatchObject(broken.state === 'failed' ? { failure: { reason: 'cluster-unreachable' } } : { state: 'finished', isComplete: false });
      expect((await user.as.get(`/v1/clusters/${live}`).expect(200)).body.lastCompleteAt).toBe(before.cluster.lastCompleteAt);
      for (let attempt = 0; attempt < 2; attempt++) expect(await user.scan(live)).toMatchObject({ state: 'failed', failure: { reason: 'cluster-unreachable' } });
      const during = happened(await user.events(before.position));
      expect(during.filter((event) => event === 'cluster.unreachable')).toHaveLength(1);
      expect(during.filter((event) => event !== 'cluster.unreachable')).toEqual([broken.state === 'failed' ? 'scan.failed' : 'scan.completed', 'scan.failed', 'scan.failed']);
      expect(await user.openKeys(live)).toEqual(before.open);

      if (how === 'kill') await wire.mend();
      await cluster.startServer();
      const healed = await user.scan(live);
      expect(healed).toMatchObject({ state: 'finished', isComplete: true, coverage: { missing: [noCollector] }, summary: { findings: { opened: 0, reopened: 0, regressed: 0, resolved: 0, stillOpen: before.open.length } } });
      expect((await user.as.get(`/v1/clusters/${live}`).expect(200)).body.unreachableSince).toBe(null);
    });
  });

  it('has told every endpoint what stands in the feed, each event once', async () => {
    const feed = await user.events();
    expect(feed.map(({ position }) => position)).toEqual(feed.map((_, index) => index + 1));
    await deliveredUpTo(feed.at(-1)!);
    const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id).sort();
    // What was decided before anybody listened is in the feed alone.
    const heard = feed.filter(({ type }) => type !== 'policy.changed');
    expect(ids(received('/everything'))).toEqual(ids(heard));
    expect(ids(received('/changes'))).toEqual(ids(heard.filter(({ type, isBaseline }) => !isBaseline || !type.startsWith('finding.'))));
    expect(service.complaints.filter(({ level }) => level === 'error')).toEqual([]);
  });

  /** As a customer pastes it. The way leads over the tripwire. */
  function kubeconfig(): string {
    return cluster.kubeconfig(token).replace(cluster.url, `https://127.0.0.1:${wire.port}`);
  }

  async function collectorToken(): Promise<string> {
    const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
    const { body } = await cluster.request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } });
    return z.object({ status: z.object({ token: z.string() }) }).parse(body).status.token;
  }

  /** Applies a manifest as the API serves it, but for what `change` does to its rules. */
  async function applyRights(name: string, change: (rule: Rule) => Rule = (rule) => rule): Promise<void> {
    const { text } = await user.as.get(`/v1/rights/${name}`).expect(200);
    const objects = parseAllDocuments(text).map((document) => document.toJS() as { readonly rules?: readonly Rule[] });
    await cluster.apply(objects.map((object) => (object.rules ? { ...object, rules: object.rules.map(change) } : object)));
  }

  async function applyAllRights(): Promise<void> {
    for (const name of ['base', 'secrets', 'node-config']) await applyRights(name);
    for (const path of ['/api/v1/pods', '/api/v1/secrets']) await untilAnswered(path, 200);
  }

  const bind = (name: string, role: string, subject: object): Promise<void> =>
    cluster.apply([{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role }, subjects: [subject] }]);

  async function unbind(...names: readonly string[]): Promise<void> {
    for (const name of names) expect((await cluster.request('DELETE', `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`)).status).toBe(200);
  }

  /** Rights take a moment to hold. */
  const untilAnswered = (path: string, status: number): Promise<boolean> => until(`${status} from ${path}`, async () => (await cluster.request('GET', path, undefined, { token })).status === status);

  async function feedEnd(): Promise<number> {
    return (await user.events()).at(-1)?.position ?? 0;
  }

  /** Every message that came to a path has been signed with its endpoint's secret. */
  function received(path: string): readonly Told[] {
    return sink.at(path).flatMap((message) => {
      const body = verified(message, secrets.get(path)!) as Told & { readonly data: { readonly events?: readonly Told[] } };
      return body.data.events ?? [body];
    });
  }

  const deliveredUpTo = ({ id }: EventBody): Promise<boolean> =>
    until('the deliveries', async () => [...secrets.keys()].every((path) => received(path).some((event) => event.id === id)));
});

/** Each event in a word: what happened, and to which finding. */
const happened = (events: readonly EventBody[]): readonly string[] => events.map(({ type, data }) => (data.finding ? `${type} ${data.finding.key}` : type));

/** The kubeconfig, with a command that is to be run for the credential. */
function withExec(kubeconfig: string): string {
  const config = parse(kubeconfig) as { readonly users: readonly { readonly name: string }[] };
  return stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'true' } } })) });
}
