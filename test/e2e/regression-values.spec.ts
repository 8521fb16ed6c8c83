import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BenchmarkWorld, snapshotOf } from './support/benchmark-world.js';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

const anonymous = 'control-plane/api-server-anonymous-auth';
const anonymousItem = '1.2.1';

/** A cluster of kubeadm whose API server runs with these flags, as its mirror pod shows; `others` beside it. */
function clusterWith(flags: readonly string[], ...others: readonly object[]): object {
  const { items, ...list } = snapshotOf(['cp-1', 'w-1']) as { readonly items: readonly object[] };
  const pod = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: 'kube-apiserver-cp-1', namespace: 'kube-system', annotations: { 'kubernetes.io/config.mirror': 'a' }, labels: { component: 'kube-apiserver', tier: 'control-plane' } },
    spec: { nodeName: 'cp-1', hostNetwork: true, containers: [{ name: 'kube-apiserver', image: 'registry.k8s.io/kube-apiserver:v1.32.4', command: ['kube-apiserver', '--authorization-mode=Node,RBAC', ...flags] }] },
  };
  return { ...list, items: [...items, pod, ...others] };
}

const namespace = (level: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'pod-security.kubernetes.io/enforce': level } } });
const pod = (securityContext: object, spec: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { ...spec, containers: [{ name: 'app', image: 'x:1', securityContext }] } });

interface Regression {
  readonly before: { readonly scanId: string | null; readonly value: string | null };
  readonly after: { readonly scanId: string; readonly value: string | null };
  readonly changed: { readonly resource: { readonly name: string }; readonly at: string | null };
}

describe('a regression of a control', () => {
  let api: LiveApi;
  let world: BenchmarkWorld;
  let acme: Tenant;
  let cluster: string;

  beforeAll(async () => {
    api = await liveApi();
    world = new BenchmarkWorld(api);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    acme = await api.tenant();
    cluster = await world.cluster(acme);
  });

  /** Behind the store's back. */
  async function runSql(text: string, ...values: readonly unknown[]): Promise<readonly object[]> {
    const client = new pg.Client(api.database.adminUrl);
    await client.connect();
    try {
      return (await client.query<object>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }
  const regressed = async (controlId: string, part = '') => (await world.events(acme, 'finding.regressed')).filter(({ data }) => {
    const { finding } = data as unknown as { readonly finding: { readonly controlId: string; readonly part: string } };
    return finding.controlId === controlId && finding.part === part;
  }).map((event) => ({ id: event.id, ...(event.data as unknown as { readonly regression: Regression }).regression }));
  const queue = async (list: object): Promise<string> => (await api.as(acme).post(`/v1/clusters/${cluster}/snapshots?complete=cluster`).type('application/json').send(list).expect(202)).body.id;

  it('has both scans, the object, the flag, and its old and new value', async () => {
    await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    const before = await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    const after = await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=true']));
    expect(await regressed(anonymous)).toMatchObject([{
      before: { scanId: before, value: 'false' }, after: { scanId: after, value: 'true' },
      changed: { resource: { kind: 'Pod', namespace: 'kube-system', name: 'kube-apiserver-cp-1' }, part: '', subject: 'Pod kube-system/kube-apiserver-cp-1', at: '--anonymous-auth' },
    }]);
  });

  it('says that a flag was not set, or is not any more', async () => {
    await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    await world.uploadList(acme, cluster, clusterWith(['--token-auth-file=/etc/tokens.csv']));
    expect(await regressed(anonymous)).toMatchObject([{ before: { value: 'false' }, after: { value: 'not set' }, changed: { at: '--anonymous-auth' } }]);
    expect(await regressed('control-plane/api-server-authn', 'static-tokens')).toMatchObject([{ before: { value: 'not set' }, after: { value: '/etc/tokens.csv' }, changed: { at: '--token-auth-file' } }]);
  });

  it('remembers the value over scans that could not tell', async () => {
    const before = await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    await world.uploadList(acme, cluster, clusterWith(['--authentication-config=/etc/kubernetes/authn.yaml']));
    await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=true']));
    expect(await regressed(anonymous)).toMatchObject([{ before: { scanId: before, value: 'false' }, after: { value: 'true' } }]);
  });

  it('has them for files of a node, for kubelets, and for labels of a namespace', async () => {
    await world.bundle(acme, cluster, 'w-1', { mode: 0o600, anonymous: false });
    await world.uploadList(acme, cluster, clusterWith([], namespace('baseline')));
    await world.bundle(acme, cluster, 'w-1', { mode: 0o644, anonymous: true });
    await world.uploadList(acme, cluster, clusterWith([], namespace('privileged')));
    expect(await regressed('control-plane/component-least-privilege', 'kubelet-config-mode')).toMatchObject([{ before: { value: '0600' }, after: { value: '0644' }, changed: { resource: { kind: 'Node', name: 'w-1' }, at: '/var/lib/kubelet/config.yaml' } }]);
    expect(await regressed('control-plane/kubelet-authn', 'anonymous')).toMatchObject([{ before: { value: 'false' }, after: { value: 'true' }, changed: { resource: { kind: 'Node', name: 'w-1' }, at: 'authentication.anonymous.enabled' } }]);
    expect(await regressed('workloads/psa-enforce', 'enforce')).toMatchObject([{ before: { value: 'baseline' }, after: { value: 'privileged' }, changed: { resource: { kind: 'Namespace', name: 'shop' }, at: 'label pod-security.kubernetes.io/enforce' } }]);
  });

  it('has the field of a pod where it alone decides, none where more do, and keeps nothing of pods that pass', async () => {
    const good = { privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, seccompProfile: { type: 'RuntimeDefault' } };
    const before = await world.uploadList(acme, cluster, clusterWith([], pod(good)));
    const after = await world.uploadList(acme, cluster, clusterWith([], pod({ privileged: true }, { hostPID: true })));
    const of = async (controlId: string, part: string) => (await regressed(controlId, part)).map(({ before: was, after: is, changed: { at } }) => [was.scanId, was.value, is.scanId, is.value, at]);
    expect(await of('workloads/privileged', 'app')).toEqual([[before, 'false', after, 'true', 'securityContext.privileged or securityContext.windowsOptions.hostProcess']]);
    expect(await of('workloads/privilege-escalation', 'app')).toEqual([[before, 'false', after, 'not false', 'securityContext.allowPrivilegeEscalation']]);
    expect(await of('workloads/read-only-root-filesystem', 'app')).toEqual([[before, 'true', after, 'not true', 'securityContext.readOnlyRootFilesystem']]);
    expect(await of('workloads/host-namespaces', 'hostPID')).toEqual([[before, 'false', after, 'true', 'hostPID']]);
    expect(await of('workloads/seccomp', 'app')).toEqual([[before, null, after, null, null]]);
    expect(await runSql('select control_id from bulwark.control_states where cluster_id = $1 and control_id like $2 and control_id <> all($3) and seen <> $4::jsonb', cluster, 'workloads/%', ['workloads/psa-enforce', 'workloads/psa-exemptions'], '[]')).toEqual([]);
  });

  it('is told alike by a scan with a benchmark, whose item has the same values', async () => {
    const scan = async (flag: string): Promise<string> => {
      const id = await queue(clusterWith([flag]));
      // Uploads are judged by controls alone; a live scan may be asked for both.
      await api.database.store.inTenant(acme.tenantId, (tx) => tx.scans.update(id, { withBenchmark: true }));
      await world.work(acme, id);
      return id;
    };
    const before = await scan('--anonymous-auth=false');
    const after = await scan('--anonymous-auth=true');
    expect(await regressed(anonymous)).toMatchObject([{ before: { scanId: before, value: 'false' }, after: { scanId: after, value: 'true' }, changed: { at: '--anonymous-auth' } }]);
    const items = (await world.events(acme, 'benchmark.item_regressed')) as unknown as readonly { readonly data: { readonly regression: { readonly item: { readonly id: string } } } }[];
    expect(items.find(({ data }) => data.regression.item.id === anonymousItem)).toMatchObject({
      data: { regression: { before: { runId: before }, after: { runId: after }, subjects: [{ before: 'false', after: 'true', at: '--anonymous-auth of Pod kube-system/kube-apiserver-cp-1', source: 'flags' }] } },
    });
  });

  it('is told once and the same, whoever works on the scan again', async () => {
    await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    const scan = await queue(clusterWith(['--anonymous-auth=true']));
    await api.database.store.inTenant(acme.tenantId, async (tx) => {
      const generation = (await tx.clusters.nextGeneration(cluster))!;
      await tx.scans.update(scan, { state: 'running', generation, startedAt: new Date(), heartbeatAt: new Date(Date.now() - 3_600_000) });
    });
    await world.work(acme, scan);
    const first = await regressed(anonymous);
    expect(first).toMatchObject([{ before: { value: 'false' }, after: { scanId: scan, value: 'true' } }]);
    await world.work(acme, scan);
    await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=true']));
    expect(await regressed(anonymous)).toEqual(first);
  });

  it('has no old value where nobody kept it', async () => {
    const before = await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=false']));
    // As rows are that were written before values were kept.
    await runSql('update bulwark.control_states set seen = default where cluster_id = $1', cluster);
    const after = await world.uploadList(acme, cluster, clusterWith(['--anonymous-auth=true']));
    expect(await regressed(anonymous)).toMatchObject([{ before: { scanId: before, value: null }, after: { scanId: after } }]);
  });
});
