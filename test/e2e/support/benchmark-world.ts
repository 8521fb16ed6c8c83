import { randomUUID } from 'node:crypto';
import { RunScan } from '#application/scans/run-scan.js';
import { catalogue } from '#controls/catalogue.js';
import { KubernetesClusterCollector } from '#kubernetes/kubernetes-cluster-collector.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { BUNDLE_MEDIA_TYPE } from '#nodes/wire/bundle-header.js';
import { parseEnrolmentKey, type EnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';
import { collectNode } from '../../../apps/agent/node/collect-node.js';
import { NodeRoot } from '../../../apps/agent/testing/node-root.js';
import type { LiveApi, Tenant } from './live-api.js';

const kubeletFile = '/var/lib/kubelet/config.yaml';

/** What differs from node to node. */
export interface NodeOptions {
  readonly controlPlane?: boolean;
  /** Of the kubelet's configuration. */
  readonly mode?: number;
  readonly anonymous?: boolean;
  /** What its kube-proxy is told to serve metrics on; none runs where it is left out. */
  readonly metrics?: string;
}

/** A kubeadm node as its collector sees it. */
export function nodeEvidence({ controlPlane = false, mode = 0o600, anonymous = false, metrics }: NodeOptions = {}): NodeEvidence {
  const root = new NodeRoot();
  try {
    root.file('/etc/kubernetes/kubelet.conf', 'apiVersion: v1\nkind: Config\n', 0o600);
    root.file('/etc/kubernetes/pki/ca.crt', '', 0o644);
    root.file(kubeletFile, `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: ${anonymous}}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\nauthorization: {mode: Webhook}\n`, mode);
    root.process({ pid: 812, argv: ['/usr/bin/kubelet', '--kubeconfig=/etc/kubernetes/kubelet.conf', `--config=${kubeletFile}`], exe: '/usr/bin/kubelet' });
    if (metrics !== undefined) root.process({ pid: 1100, argv: ['/usr/local/bin/kube-proxy', `--metrics-bind-address=${metrics}`, '--kubeconfig=/var/lib/kube-proxy/kubeconfig'], exe: '/usr/local/bin/kube-proxy' });
    if (controlPlane) {
      const manifest = (name: string, argv: readonly string[]) => root.file(`/etc/kubernetes/manifests/${name}.yaml`, JSON.stringify({
        apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'kube-system' }, spec: { hostNetwork: true, containers: [{ name, image: `registry.k8s.io/${name}:v1.32.4`, command: argv }] },
      }), 0o600);
      const argv = ['kube-apiserver', '--anonymous-auth=false', '--authorization-mode=Node,RBAC', '--profiling=false', '--client-ca-file=/etc/kubernetes/pki/ca.crt'];
      manifest('kube-apiserver', argv);
      root.process({ pid: 900, argv, exe: '/usr/local/bin/kube-apiserver' });
    }
    return collectNode(root.path, undefined);
  } finally {
    root.remove();
  }
}

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** A whole upload of a cluster with these nodes. */
export const snapshotOf = (nodes: readonly string[], version = 'v1.32.4'): object => ({
  apiVersion: 'v1', kind: 'List',
  items: [
    ...systemNamespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kubeadm-config', namespace: 'kube-system' } },
    ...nodes.map((name) => ({
      apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...(name.startsWith('cp') && { 'node-role.kubernetes.io/control-plane': '' }) } },
      status: { nodeInfo: { kubeletVersion: version, osImage: 'Debian', kernelVersion: '6.1', containerRuntimeVersion: 'containerd://2.0.0', operatingSystem: 'linux', architecture: 'amd64' }, conditions: [] },
    })),
  ],
});

/** Clusters whose benchmarks are judged by the real thing, from uploads and bundles. */
export class BenchmarkWorld {
  private readonly runner: RunScan;

  constructor(readonly api: LiveApi) {
    const collector = new KubernetesClusterCollector({ addresses: { allowedPrivateRanges: ['127.0.0.0/8'], allowLoopbackHttp: true }, controls: async () => catalogue });
    this.runner = new RunScan(api.database.store, collector, api.vault);
  }

  async cluster(tenant: Tenant): Promise<string> {
    return (await this.api.as(tenant).post('/v1/clusters').send({ name: `cluster-${randomUUID()}` }).expect(201)).body.id;
  }

  /** Uploads the nodes' objects and has them judged, as posture is. */
  upload(tenant: Tenant, cluster: string, nodes: readonly string[], version?: string): Promise<string> {
    return this.uploadList(tenant, cluster, snapshotOf(nodes, version));
  }

  /** Uploads a List of all that a cluster has. */
  async uploadList(tenant: Tenant, cluster: string, list: object): Promise<string> {
    const { body } = await this.api.as(tenant).post(`/v1/clusters/${cluster}/snapshots?complete=cluster`).type('application/json').send(list).expect(202);
    await this.work(tenant, body.id);
    return body.id;
  }

  /** A key of the cluster's collectors. */
  async enrol(tenant: Tenant, cluster: string): Promise<EnrolmentKey> {
    const { body } = await this.api.as(tenant).post(`/v1/clusters/${cluster}/enrolment-keys`).send({ name: 'collectors' }).expect(201);
    return parseEnrolmentKey(body.text)!;
  }

  /** What a collector found, signed by it where it has a key, else uploaded by a person. */
  async bundle(tenant: Tenant, cluster: string, node: string, options: NodeOptions = {}, key?: EnrolmentKey): Promise<void> {
    const { bytes } = writeBundle(nodeEvidence(options), { node, collector: '1.0.0', collectedAt: new Date(), ...(key && { cluster, key }) });
    const { status, body } = await this.api.as(tenant).post(`/v1/clusters/${cluster}/node-bundles`).set('content-type', BUNDLE_MEDIA_TYPE).serialize((given: unknown) => given as string).send(bytes);
    if (status !== 201) throw new Error(`the bundle of ${node} was refused: ${JSON.stringify(body)}`);
  }

  async request(tenant: Tenant, cluster: string): Promise<string> {
    return (await this.api.as(tenant).post(`/v1/clusters/${cluster}/scans`).send({ kind: 'benchmark' }).expect(202)).body.id;
  }

  /** Works off one queued scan. */
  work(tenant: Tenant, scan: string): Promise<void> {
    return this.runner.run(tenant.tenantId, scan, new AbortController().signal);
  }

  /** Judges the cluster's benchmark; the run's id. */
  async run(tenant: Tenant, cluster: string): Promise<string> {
    const id = await this.request(tenant, cluster);
    await this.work(tenant, id);
    return id;
  }

  async scan(tenant: Tenant, id: string) {
    return (await this.api.as(tenant).get(`/v1/scans/${id}`).expect(200)).body;
  }

  /** One item of a run with its evidence. */
  async item(tenant: Tenant, run: string, item: string) {
    return (await this.api.as(tenant).get(`/v1/benchmark-runs/${run}/items?under=${item}`).expect(200)).body.items[0];
  }

  /** Events of these types of the tenant, oldest first. */
  async events(tenant: Tenant, ...types: readonly string[]): Promise<readonly { readonly id: string; readonly type: string; readonly clusterId: string; readonly scanId: string; readonly data: Readonly<Record<string, never>> }[]> {
    return (await this.api.as(tenant).get(`/v1/events?first=100&types=${types.join(',')}`).expect(200)).body.items;
  }
}
