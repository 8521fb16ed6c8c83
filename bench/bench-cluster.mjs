import { otherFields } from './managed-fields.mjs';
import { variantOf, workloadValues } from './pod-spec.mjs';
import { hex64, mix, suffix, uid } from './random.mjs';
import { workloadObjects } from './workload-objects.mjs';

/** What the organisation has set: the one registry that all images come from. */
export const policy = { trustedRegistries: ['registry.shop.example'] };

const PODS_A_NODE = 30;
const PODS_A_NAMESPACE = 60;
const time = '2026-03-01T00:00:00Z';
const rbac = 'rbac.authorization.k8s.io';

/**
 * The bench cluster: 14 KB pods with their managed fields, 3 containers per 2 pods, every tenth template failing, and
 * around them a service and a policy per 10 pods, a binding and a role per 5, namespaces, nodes, Deployments, ReplicaSets,
 * service accounts and ConfigMaps in proportion. Lists by resource, `{ length, text(index) }`, objects as JSON made on
 * demand: one workload's template is held at a time. The same shape and seed give the same bytes.
 */
export function benchCluster({ pods, replicas, seed = 1, nodes = Math.max(1, Math.ceil(pods / PODS_A_NODE)) }) {
  const workloads = Math.ceil(pods / replicas);
  const namespaces = Math.max(1, Math.ceil(pods / PODS_A_NAMESPACE));
  const policies = Math.ceil(pods / 10);
  const bindings = Math.ceil(pods / 5);
  const inNamespace = (index, count) => `team-${Math.floor((index * namespaces) / count)}`;
  const namespaceOf = (workload) => inNamespace(workload, workloads);
  const metadata = (kind, index, name, namespace, more) => ({
    name, ...(namespace !== undefined && { namespace }), uid: uid(index, seed + 100 * kind), resourceVersion: resourceVersion(index, kind), creationTimestamp: time, ...more,
  });
  const list = (length, object) => ({ length, text: (index) => JSON.stringify(object(index)) });
  const partOf = (namespace) => ({ labels: { 'app.kubernetes.io/part-of': namespace } });

  const resourceVersion = (index, kind) => String(10_000_000 + (mix(index, seed + kind) % 90_000_000));
  const objects = new Map();
  const objectsOf = (workload) => {
    const variant = variantOf(workload);
    const key = JSON.stringify(variant);
    if (!objects.has(key)) objects.set(key, workloadObjects(variant, replicas, time));
    return objects.get(key);
  };
  const valuesOf = (workload) => workloadValues(workload, namespaceOf(workload), seed);

  let current = { workload: -1 };
  const podText = (index) => {
    const workload = Math.floor(index / replicas);
    if (current.workload !== workload) current = { workload, pod: objectsOf(workload).pod.bind(valuesOf(workload)) };
    return current.pod.fill(podValues(index, nodes, seed));
  };

  return {
    namespaces: list(namespaces, (i) => ({
      metadata: metadata(1, i, `team-${i}`, undefined, { labels: { 'kubernetes.io/metadata.name': `team-${i}`, 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'v1.36' } }),
      spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' },
    })),
    nodes: list(nodes, (i) => nodeOf(i, metadata(2, i, `node-${i}`, undefined, { labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': `node-${i}`, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': `zone-${i % 3}` }, managedFields: otherFields('kubelet', 'v1', time, 'podCIDR', 'providerID') }), seed)),
    serviceaccounts: list(workloads, (i) => ({ metadata: metadata(3, i, `app-${i}`, namespaceOf(i), partOf(namespaceOf(i))) })),
    [`roles.${rbac}`]: list(bindings, (i) => ({
      metadata: metadata(4, i, `reader-${i}`, inNamespace(i, bindings), { ...partOf(inNamespace(i, bindings)), managedFields: otherFields('helm', `${rbac}/v1`, time, 'rules') }),
      rules: [{ apiGroups: [''], resources: ['configmaps', 'endpoints'], verbs: ['get', 'list', 'watch'] }, { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
    })),
    [`rolebindings.${rbac}`]: list(bindings, (i) => ({
      metadata: metadata(5, i, `reader-${i}`, inNamespace(i, bindings), { ...partOf(inNamespace(i, bindings)), managedFields: otherFields('helm', `${rbac}/v1`, time, 'roleRef', 'subjects') }),
      subjects: boundTo(i, bindings, workloads).map((workload) => ({ kind: 'ServiceAccount', name: `app-${workload}`, namespace: namespaceOf(workload) })),
      roleRef: { apiGroup: rbac, kind: 'Role', name: `reader-${i}` },
    })),
    services: list(policies, (i) => {
      const workload = Math.floor((i * workloads) / policies);
      return {
        metadata: metadata(6, i, `service-${i}`, namespaceOf(workload), { ...partOf(namespaceOf(workload)), managedFields: otherFields('helm', 'v1', time, 'internalTrafficPolicy', 'ports', 'selector', 'type') }),
        spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }], selector: { app: `app-${workload}` }, clusterIP: `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, type: 'ClusterIP', sessionAffinity: 'None', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' },
        status: { loadBalancer: {} },
      };
    }),
    // The first of a namespace denies by default, the others open what one workload needs.
    'networkpolicies.networking.k8s.io': list(policies, (i) => {
      const namespace = inNamespace(i, policies);
      const isFirst = i === 0 || inNamespace(i - 1, policies) !== namespace;
      const workload = Math.floor((i * workloads) / policies);
      return {
        metadata: metadata(7, i, isFirst ? 'default-deny' : `allow-${i}`, namespace, { ...partOf(namespace), managedFields: otherFields('helm', 'networking.k8s.io/v1', time, 'egress', 'ingress', 'podSelector', 'policyTypes') }),
        spec: isFirst
          ? { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }
          : { podSelector: { matchLabels: { app: `app-${workload}` } }, ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }], from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': namespace } } }] }], egress: [{ ports: [{ protocol: 'UDP', port: 53 }], to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }] }], policyTypes: ['Ingress', 'Egress'] },
      };
    }),
    // Asked for by their metadata alone.
    configmaps: list(workloads, (i) => ({ metadata: metadata(8, i, `app-${i}`, namespaceOf(i), { ...partOf(namespaceOf(i)), managedFields: otherFields('helm', 'v1', time, 'data') }) })),
    'replicasets.apps': { length: workloads, text: (i) => `{"metadata":${objectsOf(i).replicaSetMetadata.fill({ ...valuesOf(i), resourceVersion: resourceVersion(i, 9) })}}` },
    'deployments.apps': { length: workloads, text: (i) => objectsOf(i).deployment.fill({ ...valuesOf(i), resourceVersion: resourceVersion(i, 10) }) },
    pods: { length: pods, text: podText },
  };
}

function podValues(index, nodes, seed) {
  const node = mix(index, seed) % nodes;
  const seconds = mix(index, seed + 6) % 86_400;
  const digits = (value) => String(value).padStart(2, '0');
  return {
    suffix: suffix(index, seed + 7),
    uid: uid(index, seed + 8),
    resourceVersion: 10_000_000 + (mix(index, seed + 9) % 90_000_000),
    token: suffix(index, seed + 10),
    node: `node-${node}`,
    hostIP: `10.200.${node >> 8}.${node & 255}`,
    ip: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    time: `2026-03-02T${digits(Math.floor(seconds / 3600))}:${digits(Math.floor(seconds / 60) % 60)}:${digits(seconds % 60)}Z`,
    appContainer: hex64(2 * index, seed + 13),
    proxyContainer: hex64(2 * index + 1, seed + 13),
  };
}

/** Every account is bound: with fewer workloads than bindings several times, with more of them several a binding. */
function boundTo(binding, bindings, workloads) {
  if (workloads <= bindings) return [Math.floor((binding * workloads) / bindings)];
  const from = Math.floor((binding * workloads) / bindings);
  const to = Math.floor(((binding + 1) * workloads) / bindings);
  return Array.from({ length: to - from }, (_, i) => from + i);
}

function nodeOf(index, metadata, seed) {
  return {
    metadata,
    spec: { podCIDR: `10.${(index >> 8) & 255}.${index & 255}.0/24`, podCIDRs: [`10.${(index >> 8) & 255}.${index & 255}.0/24`], providerID: `example:///zone-${index % 3}/node-${index}` },
    status: {
      capacity: { cpu: '16', 'ephemeral-storage': '100Gi', memory: '64Gi', pods: '110' },
      allocatable: { cpu: '15800m', 'ephemeral-storage': '90Gi', memory: '62Gi', pods: '110' },
      conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({ type, status: type === 'Ready' ? 'True' : 'False', lastHeartbeatTime: time, lastTransitionTime: time, reason: 'Kubelet', message: 'as the kubelet says' })),
      addresses: [{ type: 'InternalIP', address: `10.200.${index >> 8}.${index & 255}` }, { type: 'Hostname', address: `node-${index}` }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: { machineID: hex64(index, seed + 70).slice(32), systemUUID: uid(index, seed + 71), bootID: uid(index, seed + 72), kernelVersion: '6.12.40', osImage: 'Flatcar Container Linux', containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: 'v1.36.3', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
      images: Array.from({ length: 50 }, (_, i) => ({ names: [`registry.shop.example/image-${(index + i) % 200}@sha256:${hex64((index + i) % 200, seed + 73)}`, `registry.shop.example/image-${(index + i) % 200}:1.${i}`], sizeBytes: 50_000_000 + 1_000_003 * i })),
    },
  };
}
