import { hex64, mix, suffix, uid } from './random.mjs';
import { hole } from './text-template.mjs';

const environment = [
  'LOG_LEVEL', 'LOG_FORMAT', 'DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME', 'CACHE_URL', 'QUEUE_URL', 'FEATURE_FLAGS', 'REGION',
  'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'HTTP_TIMEOUT_MS', 'HTTP_MAX_CONNECTIONS', 'RETRY_BUDGET', 'TRUSTED_PROXIES',
  'SESSION_TTL', 'RATE_LIMIT',
];
const fieldVariables = { POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace', POD_IP: 'status.podIP', NODE_NAME: 'spec.nodeName' };

/** How templates differ in more than their values: three containers per two of them, and of 20 one of each size fails. */
export const variantOf = (workload) => ({ containers: workload % 2 === 0 ? ['app', 'proxy'] : ['app'], isFailing: workload % 20 === 4 || workload % 20 === 15 });

const probe = (path, periodSeconds) => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' }, initialDelaySeconds: 5, timeoutSeconds: 2, periodSeconds, successThreshold: 1, failureThreshold: 3,
});

/** What is wrong with a failing template is what is wrong with most: nobody wrote a security context, resources or a digest. */
function containerOf(name, isFailing) {
  const port = name === 'app' ? 8080 : 15000;
  return {
    name,
    image: `registry.shop.example/team-${hole('team')}/${name}-${hole('workload')}:${hole('version')}${isFailing ? '' : `@sha256:${hole(`${name}Digest`)}`}`,
    args: ['--config=/etc/app/config.yaml', `--listen=0.0.0.0:${port}`, `--shard=${hole('shard')}`, '--enable-metrics'],
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }, { name: 'metrics', containerPort: port + 1000, protocol: 'TCP' }],
    env: [
      ...environment.map((variable, i) => ({ name: variable, value: `${variable.toLowerCase().replaceAll('_', '-')}-${hole(`value${i}`)}` })),
      ...Object.entries(fieldVariables).map(([variable, fieldPath]) => ({ name: variable, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } })),
    ],
    resources: isFailing ? {} : { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'config', readOnly: true, mountPath: '/etc/app' }, { name: 'tmp', mountPath: '/tmp' }],
    livenessProbe: probe('/healthz', 10),
    readinessProbe: probe('/readyz', 5),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    ...(!isFailing && { securityContext: { capabilities: { drop: ['ALL'] }, privileged: false, runAsUser: 10001, runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } } }),
  };
}

/** The pod spec of a Deployment's template as the API server stores it, with holes for `workloadValues`. */
export function templateSpec({ containers, isFailing }) {
  return {
    volumes: [
      { name: 'config', configMap: { name: hole('app'), defaultMode: 420 } },
      { name: 'tmp', emptyDir: {} },
      ...(isFailing && containers.length > 1 ? [{ name: 'zone', hostPath: { path: '/usr/share/zoneinfo', type: '' } }] : []),
    ],
    containers: containers.map((name) => containerOf(name, isFailing)),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: hole('app'),
    serviceAccount: hole('app'),
    securityContext: isFailing ? {} : { runAsNonRoot: true, fsGroup: 10001 },
    schedulerName: 'default-scheduler',
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { 'app.kubernetes.io/name': hole('app') } } }],
  };
}

export const templateLabels = { app: hole('app'), 'app.kubernetes.io/instance': hole('app'), 'app.kubernetes.io/name': hole('app'), 'app.kubernetes.io/part-of': hole('namespace') };

/** What tells one workload's objects from another's. */
export function workloadValues(workload, namespace, seed) {
  const hash = suffix(workload, seed + 50, 10);
  const values = {
    workload, namespace, app: `app-${workload}`, hash, replicaSet: `app-${workload}-${hash}`, replicaSetUid: uid(workload, seed + 60), deploymentUid: uid(workload, seed + 80),
    team: workload % 50, shard: workload % 16, version: `${1 + (mix(workload, seed + 3) % 4)}.${mix(workload, seed + 4) % 30}.${mix(workload, seed + 5) % 10}`,
    appDigest: hex64(workload, seed + 11), proxyDigest: hex64(workload, seed + 21), imageId: hex64(workload, seed + 31),
  };
  for (let i = 0; i < environment.length; i++) values[`value${i}`] = mix(workload * 32 + i, seed + 41).toString(36);
  return values;
}

const tokenVolume = (name) => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
});

const noExecute = (key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

/** What admission and the scheduler make of the template in a pod. */
export function podSpec(template, nodeName, tokenName) {
  const { volumes, containers, restartPolicy, terminationGracePeriodSeconds, dnsPolicy, serviceAccountName, serviceAccount, securityContext, schedulerName, topologySpreadConstraints } = template;
  return {
    volumes: [...volumes, tokenVolume(tokenName)],
    containers: containers.map((container) => ({ ...container, volumeMounts: [...container.volumeMounts, { name: tokenName, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] })),
    restartPolicy, terminationGracePeriodSeconds, dnsPolicy, serviceAccountName, serviceAccount, nodeName, securityContext, schedulerName,
    tolerations: [noExecute('node.kubernetes.io/not-ready'), noExecute('node.kubernetes.io/unreachable')],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    topologySpreadConstraints,
  };
}
