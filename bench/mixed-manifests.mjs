import { stringify } from 'yaml';
import { templateSpec, variantOf, workloadValues } from './pod-spec.mjs';
import { mix } from './random.mjs';
import { TextTemplate } from './text-template.mjs';

const rbac = 'rbac.authorization.k8s.io';
const WORKLOADS_A_NAMESPACE = 30;

/** Manifests as repositories hold them, some six a workload: the same count and seed give the same ones. */
export function* mixedManifests(count, seed) {
  let left = count;
  for (let workload = 0; left > 0; workload++) {
    for (const manifest of manifestsOf(workload, seed)) {
      if (left-- > 0) yield manifest;
    }
  }
}

function* manifestsOf(workload, seed) {
  const namespace = `team-${Math.floor(workload / WORKLOADS_A_NAMESPACE)}`;
  const app = `app-${workload}`;
  const labels = { app, 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': namespace };
  const metadata = (name) => ({ name, namespace, labels });
  const template = { metadata: { labels }, spec: specOf(workload, namespace, seed) };
  if (workload % WORKLOADS_A_NAMESPACE === 0) yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: workload % 90 === 0 ? {} : { 'pod-security.kubernetes.io/enforce': 'baseline' } } };
  if (workload % 10 === 7) yield { apiVersion: 'batch/v1', kind: 'CronJob', metadata: metadata(app), spec: { schedule: '@hourly', jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } } } } };
  else if (workload % 10 === 3) yield { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: metadata(app), spec: { serviceName: app, replicas: 3, selector: { matchLabels: { app } }, template } };
  else yield { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata(app), spec: { replicas: 1 + (mix(workload, seed) % 4), selector: { matchLabels: { app } }, template } };
  yield { apiVersion: 'v1', kind: 'Service', metadata: metadata(app), spec: { type: workload % 40 === 0 ? 'LoadBalancer' : 'ClusterIP', selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } };
  yield { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(app) };
  yield { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(app), data: { 'config.yaml': `listen: 0.0.0.0:8080\nshard: ${workload % 16}\n` } };
  if (workload % 2 === 0) yield { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: metadata(app), spec: { podSelector: workload % 60 === 0 ? {} : { matchLabels: { app } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': namespace } } }], ports: [{ port: 8080 }] }] } };
  if (workload % 2 === 1) {
    yield { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: metadata(app), rules: [{ apiGroups: [''], resources: workload % 50 === 1 ? ['secrets'] : ['configmaps'], verbs: ['get', 'list', 'watch'] }] };
    yield { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: metadata(app), roleRef: { apiGroup: rbac, kind: 'Role', name: app }, subjects: [{ kind: 'ServiceAccount', name: app, namespace }] };
  }
  if (workload % 4 === 0) yield { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metadata(app), spec: { ingressClassName: 'nginx', rules: [{ host: `${app}.shop.example`, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: app, port: { name: 'http' } } } }] } }], ...(workload % 8 === 0 && { tls: [{ hosts: [`${app}.shop.example`], secretName: `${app}-tls` }] }) } };
  if (workload % 5 === 0) yield { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: metadata(app), spec: { minReplicas: 2, maxReplicas: 8, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app } } };
}

const templates = new Map();

function specOf(workload, namespace, seed) {
  const variant = variantOf(workload);
  const key = JSON.stringify(variant);
  if (!templates.has(key)) templates.set(key, TextTemplate.of(templateSpec(variant)));
  return JSON.parse(templates.get(key).fill(workloadValues(workload, namespace, seed)));
}

/** One List, as kubectl writes it. */
export function asJsonList(manifests) {
  const pieces = [];
  for (const manifest of manifests) pieces.push(Buffer.from(`${pieces.length === 0 ? '' : ',\n'}${JSON.stringify(manifest)}`));
  return Buffer.concat([Buffer.from('{"apiVersion":"v1","kind":"List","items":[\n'), ...pieces, Buffer.from('\n]}\n')]);
}

/** Documents, one a manifest. */
export const asYamlDocuments = (manifests) => Array.from(manifests, (manifest) => stringify(manifest, { aliasDuplicateObjects: false }));
