import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { addNode } from './fake-kubelet.js';
import type { KubeCluster } from './kube-cluster.js';

const objectSchema = z.looseObject({
  kind: z.string(),
  type: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string() })).optional(),
  }),
  spec: z.looseObject({}).optional(),
});
type SampleObject = z.infer<typeof objectSchema>;
const nodeSchema = z.object({
  spec: z.object({ taints: z.array(z.object({ key: z.string(), effect: z.string(), value: z.string().optional() })).default([]) }),
  status: z.object({ nodeInfo: z.object({ kubeletVersion: z.string() }) }),
});

/** What a real cluster takes of the sample as it is. Pods and ReplicaSets are made by their controllers, anew. */
const kinds = new Set([
  'Namespace', 'ServiceAccount', 'ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding', 'Service', 'Ingress', 'IngressClass', 'NetworkPolicy',
  'LimitRange', 'ResourceQuota', 'PriorityClass', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'PodDisruptionBudget',
]);

const withAnonymous = (enabled: boolean) => ({
  authentication: { anonymous: { enabled }, webhook: { enabled: true }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
  authorization: { mode: 'Webhook' },
  readOnlyPort: 0,
  enableDebuggingHandlers: true,
});

/** Its one careless node: the kubelet takes requests without a credential. */
export const carelessNode = 'shop-old-1';

/** Fills a cluster with the bundled sample shop: nodes with kubelets behind them, static pods, workloads, RBAC, policies. */
export async function loadShop(cluster: KubeCluster): Promise<void> {
  const text = readFileSync(new URL('../../apps/standalone/sample/shop.yaml', import.meta.url), 'utf8');
  const objects = parseAllDocuments(text).map((document) => objectSchema.parse(document.toJS()));
  for (const object of objects.filter(({ kind }) => kind === 'Node')) {
    const { spec, status } = nodeSchema.parse(object);
    const { name, labels = {} } = object.metadata;
    await addNode(cluster, {
      name,
      labels,
      kubeletVersion: status.nodeInfo.kubeletVersion,
      taints: spec.taints.map(({ key, effect, value }) => ({ key, effect, ...(value !== undefined && { value }) })),
      configz: withAnonymous(name === carelessNode),
    });
  }
  await cluster.apply(objects.filter((object) => kinds.has(object.kind) && !isBuiltIn(object) && object.metadata.name !== viewForAll).map(bare));
  await cluster.apply(objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && !ownConfigMaps.has(metadata.name)).map(bare));
  // Empty ones of their names: a server asks for the keys of each type. Tokens it would fill.
  await cluster.apply(objects.filter(({ kind, type }) => kind === 'Secret' && type !== 'kubernetes.io/service-account-token').map((object) => ({ ...bare(object), type: 'Opaque' })));
  await cluster.apply(objects.filter(({ kind, metadata: { ownerReferences = [] } }) => kind === 'Pod' && ownerReferences.length === 0).map(bare));
  const version = await serverVersion(cluster);
  const staticPods = objects.filter(({ kind, metadata }) => kind === 'Pod' && metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined);
  for (const pod of staticPods) {
    const { metadata, ...rest } = bare(pod);
    // The control plane that they pretend to be is the one that answers.
    const ofVersion = JSON.parse(JSON.stringify(rest).replaceAll(/(registry\.k8s\.io\/kube-[a-z-]+:)v[\d.]+/g, `$1${version}`)) as object;
    await cluster.apply([{ ...ofVersion, metadata: { ...metadata, ownerReferences: [await ownedByNode(cluster, pod)] } }]);
  }
}

/** Such as `v1.36.3`. */
export async function serverVersion(cluster: KubeCluster): Promise<string> {
  return z.object({ gitVersion: z.string() }).parse((await cluster.request('GET', '/version')).body).gitVersion;
}

/** Lets everybody in the cluster see nearly all of it: no right of an account of ours would matter. */
const viewForAll = 'everybody-views';

/** ConfigMaps that the control plane makes and needs. */
const ownConfigMaps = new Set(['kube-root-ca.crt', 'extension-apiserver-authentication']);

/** What the API server makes by itself. */
const isBuiltIn = ({ kind, metadata: { name, labels = {} } }: SampleObject): boolean =>
  labels['kubernetes.io/bootstrapping'] !== undefined || name.startsWith('system:') || (kind === 'Namespace' && (name === 'default' || name.startsWith('kube-')));

/** The object as a person would write it, without what the sample's own cluster put in. */
function bare({ status: _status, ...object }: SampleObject): SampleObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const { clusterIP: _address, clusterIPs: _addresses, ...spec } = object.spec ?? {};
  return {
    ...object,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(object.spec && { spec }),
  };
}

async function ownedByNode(cluster: KubeCluster, pod: SampleObject): Promise<object> {
  const { name = '' } = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'Node') ?? {};
  const { body } = await cluster.request('GET', `/api/v1/nodes/${name}`);
  const { metadata } = z.object({ metadata: z.object({ uid: z.string() }) }).parse(body);
  return { apiVersion: 'v1', kind: 'Node', name, uid: metadata.uid, controller: true };
}
