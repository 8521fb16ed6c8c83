import type { FakeList } from './fake-apiserver.js';
import type { ResourceKey } from '#inventory/resources.js';

export interface BenchShape {
  readonly pods: number;
  /** Pods that share a template: the replicas of a Deployment. */
  readonly replicas: number;
  readonly seed?: number;
}

const created = '2026-03-01T10:00:00Z';

/**
 * The bench cluster: 14 KB pods with managedFields, 3 containers per 2 pods, one pod template in ten failing,
 * and namespaces, nodes, ReplicaSets, Deployments, services, policies, roles and bindings in proportion. The same
 * seed gives the same bytes.
 */
export function benchCluster({ pods, replicas, seed = 1 }: BenchShape): Partial<Record<ResourceKey, FakeList>> {
  const workloads = Math.ceil(pods / replicas);
  const namespaces = Math.max(1, Math.ceil(workloads / 40));
  const nodes = Math.max(1, Math.ceil(pods / 30));
  const namespaceOf = (workload: number): string => `team-${workload % namespaces}`;
  const hashOf = (workload: number): string => mix(workload, seed).toString(36).slice(0, 9).padStart(9, 'b');
  const uid = (kind: number, index: number): string => {
    const word = (salt: number): string => mix(index * 8 + kind, seed + salt).toString(16).padStart(8, '0');
    return `${word(1)}-${word(2).slice(0, 4)}-4${word(2).slice(5)}-a${word(3).slice(1, 4)}-${word(3)}${word(4).slice(4)}`;
  };
  const meta = (name: string, namespace: string | undefined, index: number, kind: number, more: object = {}): object => ({
    name, ...(namespace !== undefined && { namespace }), uid: uid(kind, index), resourceVersion: String(1_000_000 + mix(index, kind) % 1_000_000), creationTimestamp: created, ...more,
  });
  const labelsOf = (workload: number) => ({ app: `app-${workload}`, 'app.kubernetes.io/name': `app-${workload}`, 'app.kubernetes.io/part-of': namespaceOf(workload) });

  return {
    namespaces: { length: namespaces, at: (i) => ({ metadata: meta(`team-${i}`, undefined, i, 1, { labels: { 'kubernetes.io/metadata.name': `team-${i}`, ...(i % 3 === 0 && { 'pod-security.kubernetes.io/enforce': 'baseline' }) } }), spec: {}, status: { phase: 'Active' } }) },
    nodes: { length: nodes, at: (i) => nodeOf(i, meta(`node-${i}`, undefined, i, 2, { labels: { 'kubernetes.io/hostname': `node-${i}`, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': `zone-${i % 3}` }, managedFields: nodeFields })) },
    serviceaccounts: { length: workloads, at: (i) => ({ metadata: meta(`app-${i}`, namespaceOf(i), i, 3) }) },
    'roles.rbac.authorization.k8s.io': { length: workloads, at: (i) => ({ metadata: meta(`app-${i}`, namespaceOf(i), i, 4), rules: [{ apiGroups: [''], resources: ['configmaps', 'endpoints'], verbs: ['get', 'list', 'watch'] }] }) },
    'rolebindings.rbac.authorization.k8s.io': {
      length: Math.ceil(pods / 5),
      at: (i) => ({ metadata: meta(`binding-${i}`, namespaceOf(i % workloads), i, 5), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `app-${i % workloads}` }, subjects: [{ kind: 'ServiceAccount', name: `app-${i % workloads}`, namespace: namespaceOf(i % workloads) }] }),
    },
    services: { length: Math.ceil(pods / 10), at: (i) => ({ metadata: meta(`service-${i}`, namespaceOf(i % workloads), i, 6), spec: { type: 'ClusterIP', selector: { app: `app-${i % workloads}` }, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }] }, status: { loadBalancer: {} } }) },
    'networkpolicies.networking.k8s.io': { length: Math.ceil(pods / 10), at: (i) => ({ metadata: meta(`policy-${i}`, namespaceOf(i % workloads), i, 7), spec: { podSelector: i % 4 === 0 ? {} : { matchLabels: { app: `app-${i % workloads}` } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] }] } }) },
    'replicasets.apps': {
      length: workloads,
      at: (i) => ({ metadata: meta(`app-${i}-${hashOf(i)}`, namespaceOf(i), i, 8, { labels: { ...labelsOf(i), 'pod-template-hash': hashOf(i) }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: `app-${i}`, uid: uid(9, i), controller: true, blockOwnerDeletion: true }] }) }),
    },
    'deployments.apps': {
      length: workloads,
      at: (i) => ({ metadata: meta(`app-${i}`, namespaceOf(i), i, 9, { labels: labelsOf(i), managedFields: deploymentFields }), spec: { replicas, selector: { matchLabels: { app: `app-${i}` } }, template: { metadata: { labels: labelsOf(i) }, spec: templateSpec(i) } }, status: { replicas } }),
    },
    pods: {
      length: pods,
      at: (i) => {
        const workload = Math.floor(i / replicas);
        return podOf(i, workload, `node-${mix(i, seed) % nodes}`, meta(`app-${workload}-${hashOf(workload)}-${mix(i, seed + 7).toString(36).slice(0, 5).padStart(5, 'x')}`, namespaceOf(workload), i, 10, {
          generateName: `app-${workload}-${hashOf(workload)}-`,
          labels: { ...labelsOf(workload), 'pod-template-hash': hashOf(workload) },
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080', 'cni.example/podIP': `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}/32` },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${workload}-${hashOf(workload)}`, uid: uid(8, workload), controller: true, blockOwnerDeletion: true }],
          managedFields: podFields(workload % 2 === 0 ? ['app', 'sidecar'] : ['app'], uid(8, workload)),
        }));
      },
    },
  };
}

/** A 32-bit hash of two numbers. */
function mix(index: number, seed: number): number {
  let x = (index ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

const envNames = ['LOG_LEVEL', 'DATABASE_HOST', 'DATABASE_PORT', 'CACHE_URL', 'FEATURE_FLAGS', 'REGION', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'HTTP_TIMEOUT_MS', 'MAX_CONNECTIONS', 'RETRY_BUDGET', 'TRUSTED_PROXIES'];

function containerOf(workload: number, name: string): object {
  const isBad = workload % 10 === 0 && name === 'app';
  return {
    name,
    image: `registry.shop.example/team/${name}-${workload}:1.${workload % 17}.${workload % 5}@sha256:${mix(workload, 11).toString(16).padStart(8, '0').repeat(8)}`,
    args: ['--config=/etc/app/config.yaml', '--listen=0.0.0.0:8080', `--shard=${workload % 13}`],
    ports: [{ name: `http-${name.slice(0, 4)}`, containerPort: name === 'app' ? 8080 : 9090, protocol: 'TCP' }],
    env: [
      ...envNames.map((envName) => ({ name: envName, value: `value-${workload}-${envName.toLowerCase()}` })),
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ],
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }, { name: 'tmp', mountPath: '/tmp' }, { name: 'kube-api-access-x7k2p', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    livenessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, initialDelaySeconds: 10, timeoutSeconds: 2, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 2, periodSeconds: 5, successThreshold: 1, failureThreshold: 3 },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: isBad
      ? { privileged: true }
      : { capabilities: { drop: ['ALL'] }, privileged: false, runAsUser: 10001, runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } },
  };
}

function templateSpec(workload: number): Readonly<Record<string, unknown>> {
  return {
    volumes: [{ name: 'config', configMap: { name: `app-${workload}`, defaultMode: 420 } }, { name: 'tmp', emptyDir: {} }],
    containers: (workload % 2 === 0 ? ['app', 'sidecar'] : ['app']).map((name) => containerOf(workload, name)),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: `app-${workload}`,
    serviceAccount: `app-${workload}`,
    automountServiceAccountToken: workload % 7 === 0,
    securityContext: { runAsNonRoot: true, fsGroup: 10001 },
    schedulerName: 'default-scheduler',
  };
}

function podOf(index: number, workload: number, nodeName: string, metadata: object): object {
  const spec = templateSpec(workload);
  const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const names = workload % 2 === 0 ? ['app', 'sidecar'] : ['app'];
  return {
    metadata,
    spec: {
      ...spec,
      volumes: [...(spec['volumes'] as readonly object[]), { name: 'kube-api-access-x7k2p', projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }, { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } }], defaultMode: 420 } }],
      nodeName,
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: created, observedGeneration: 1 })),
      hostIP: '10.200.0.1', hostIPs: [{ ip: '10.200.0.1' }], podIP: ip, podIPs: [{ ip }], startTime: created,
      containerStatuses: names.map((name) => ({
        name, state: { running: { startedAt: created } }, lastState: {}, ready: true, restartCount: index % 4, image: `registry.shop.example/team/${name}-${workload}:1`,
        imageID: `registry.shop.example/team/${name}-${workload}@sha256:${mix(workload, 12).toString(16).padStart(8, '0').repeat(8)}`, containerID: `containerd://${mix(index, 13).toString(16).padStart(8, '0').repeat(8)}`, started: true,
        volumeMounts: [{ name: 'config', mountPath: '/etc/app' }, { name: 'tmp', mountPath: '/tmp' }, { name: 'kube-api-access-x7k2p', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true, recursiveReadOnly: 'Disabled' }],
      })),
      qosClass: 'Burstable',
    },
  };
}

const leaf = (...names: readonly string[]): object => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
const keyed = (entries: readonly (readonly [object, object])[]): object => Object.fromEntries(entries.map(([key, fields]) => [`k:${JSON.stringify(key)}`, { '.': {}, ...fields }]));

function specFields(containers: readonly string[]): object {
  return {
    ...leaf('automountServiceAccountToken', 'dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'serviceAccount', 'serviceAccountName', 'terminationGracePeriodSeconds'),
    'f:containers': keyed(containers.map((name) => [{ name }, {
      ...leaf('args', 'image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy'),
      'f:env': { '.': {}, ...keyed([...envNames, 'POD_NAME', 'POD_IP'].map((envName) => [{ name: envName }, leaf('name', 'value')])) },
      'f:livenessProbe': { '.': {}, ...leaf('failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold', 'timeoutSeconds'), 'f:httpGet': { '.': {}, ...leaf('path', 'port', 'scheme') } },
      'f:readinessProbe': { '.': {}, ...leaf('failureThreshold', 'periodSeconds', 'successThreshold', 'timeoutSeconds'), 'f:httpGet': { '.': {}, ...leaf('path', 'port', 'scheme') } },
      'f:ports': { '.': {}, ...keyed([[{ containerPort: 8080, protocol: 'TCP' }, leaf('containerPort', 'name', 'protocol')]]) },
      'f:resources': { '.': {}, 'f:limits': { '.': {}, ...leaf('cpu', 'memory') }, 'f:requests': { '.': {}, ...leaf('cpu', 'memory') } },
      'f:securityContext': { '.': {}, ...leaf('allowPrivilegeEscalation', 'privileged', 'readOnlyRootFilesystem', 'runAsNonRoot', 'runAsUser'), 'f:capabilities': { '.': {}, ...leaf('drop') }, 'f:seccompProfile': { '.': {}, ...leaf('type') } },
      'f:volumeMounts': { '.': {}, ...keyed([[{ mountPath: '/etc/app' }, leaf('mountPath', 'name')], [{ mountPath: '/tmp' }, leaf('mountPath', 'name')]]) },
    }])),
    'f:securityContext': { '.': {}, ...leaf('fsGroup', 'runAsNonRoot') },
    'f:volumes': { '.': {}, ...keyed([[{ name: 'config' }, { 'f:configMap': { '.': {}, ...leaf('defaultMode', 'name') }, 'f:name': {} }], [{ name: 'tmp' }, leaf('emptyDir', 'name')]]) },
  };
}

function podFields(containers: readonly string[], owner: string): readonly object[] {
  const condition = (type: string) => [{ type }, leaf('lastProbeTime', 'lastTransitionTime', 'observedGeneration', 'status', 'type')] as const;
  return [
    {
      manager: 'kube-controller-manager', operation: 'Update', apiVersion: 'v1', time: created, fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:annotations': { '.': {}, ...leaf('prometheus.io/port', 'prometheus.io/scrape') }, 'f:generateName': {}, 'f:labels': { '.': {}, ...leaf('app', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'pod-template-hash') }, 'f:ownerReferences': { '.': {}, ...keyed([[{ uid: owner }, {}]]) } },
        'f:spec': specFields(containers),
      },
    },
    {
      manager: 'kubelet', operation: 'Update', apiVersion: 'v1', time: created, fieldsType: 'FieldsV1', subresource: 'status',
      fieldsV1: { 'f:status': { 'f:conditions': { '.': {}, ...keyed(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition)) }, ...leaf('containerStatuses', 'hostIP', 'hostIPs', 'phase', 'podIP', 'startTime'), 'f:podIPs': { '.': {}, ...keyed([[{ ip: '10.0.0.1' }, leaf('ip')]]) } } },
    },
  ];
}

const deploymentFields = [{ manager: 'helm', operation: 'Update', apiVersion: 'apps/v1', time: created, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:template': { 'f:spec': specFields(['app']) } } } }];
const nodeFields = [{ manager: 'kubelet', operation: 'Update', apiVersion: 'v1', time: created, fieldsType: 'FieldsV1', subresource: 'status', fieldsV1: { 'f:status': leaf('conditions', 'images', 'nodeInfo') } }];

function nodeOf(index: number, metadata: object): object {
  return {
    metadata,
    spec: { providerID: `example://node-${index}` },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: { kubeletVersion: 'v1.36.3', osImage: 'Flatcar Container Linux', kernelVersion: '6.12.0', containerRuntimeVersion: 'containerd://2.1.4', operatingSystem: 'linux', architecture: 'amd64' },
      images: Array.from({ length: 40 }, (_, i) => ({ names: [`registry.shop.example/image-${i}@sha256:${mix(i, 21).toString(16).padStart(8, '0').repeat(8)}`], sizeBytes: 100_000_000 + i })),
    },
  };
}
