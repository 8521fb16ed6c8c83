import type { WebhookFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenFail, provenPassPart, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { eachWebhook } from '../scopes/each-webhook.js';

const serviceNames = defineIndex(['services'], (world) => new Set(world.list('services').map(({ namespace, name }) => `${namespace}/${name}`)));

function judgeService({ name, service, failurePolicy }: WebhookFacts, world: World): Verdict {
  const part = 'service';
  if (!service) return notApplicable('a webhook that is called by URL, outside the cluster\'s Services', part);
  const target = `${service.namespace}/${service.name}`;
  if (world.use(serviceNames).has(target)) return provenPassPart(part);
  const effect = failurePolicy === 'Ignore' ? 'nobody makes its checks, and nothing tells' : 'every request that it is asked about is refused';
  return fail(`webhook ${name} calls Service ${target}, which does not exist: ${effect}`, { part, detail: { service: target, failurePolicy } });
}

/** What pods are made of and rights are given by, by API group. */
const guarded: Readonly<Record<string, readonly string[]>> = {
  '': ['pods', 'replicationcontrollers'],
  apps: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
  batch: ['jobs', 'cronjobs'],
  'rbac.authorization.k8s.io': ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
};

/** Subresources by which a pod gets containers or commands; the others change a status or a number. */
const strongSubresources: ReadonlySet<string> = new Set(['*', 'ephemeralcontainers', 'exec', 'attach']);
const strongOperations: ReadonlySet<string> = new Set(['*', 'CREATE', 'UPDATE', 'CONNECT']);

/** A guarded resource that one of the webhook's rules names; undefined where it looks at none. */
function guards({ rules }: WebhookFacts): string | undefined {
  for (const { operations, apiGroups, resources } of rules) {
    if (!operations.some((operation) => strongOperations.has(operation))) continue;
    const kinds = Object.entries(guarded).filter(([group]) => apiGroups.includes('*') || apiGroups.includes(group)).flatMap(([, names]) => names);
    const found = resources.find((resource) => {
      const [name = '', subresource] = resource.split('/');
      return kinds.length > 0 && (name === '*' || kinds.includes(name)) && (subresource === undefined || strongSubresources.has(subresource));
    });
    if (found !== undefined) return found.startsWith('*') ? 'all resources' : found;
  }
  return undefined;
}

function judgeFailure(webhook: WebhookFacts): Verdict {
  const part = 'fails-open';
  const what = guards(webhook);
  if (what === undefined) return notApplicable('a webhook that looks at no pods, workloads or roles', part);
  if (webhook.failurePolicy !== 'Ignore') return provenPassPart(part);
  return provenFail(`webhook ${webhook.name} looks at ${what.slice(0, 60)} and lets them through unseen whenever it does not answer`, { part, severity: 'low' });
}

const webhook = (fields: string, kind = 'Validating') => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}WebhookConfiguration
metadata: {name: policies}
webhooks:
- name: check.policies.example
  clientConfig: {service: {namespace: policies, name: webhook}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
  sideEffects: None
  admissionReviewVersions: [v1]
${fields}
`;
const service = '---\napiVersion: v1\nkind: Service\nmetadata: {name: webhook, namespace: policies}\nspec: {ports: [{port: 443}]}\n';
const forOthers = webhook('').replace('resources: [pods]', 'resources: [pods/status, configmaps]').replace('service: {namespace: policies, name: webhook}', 'url: "https://policies.example/check"');

export const admissionWebhookHealth = defineControl({
  id: 'governance/admission-webhook-health',
  title: 'Admission webhooks have somebody who answers, and fail closed',
  severity: 'medium',
  why: 'A webhook whose Service is gone checks nothing where it fails open, and stops all that it guards where it fails closed. One that guards pods or roles and fails open is passed by whoever keeps it busy or stops its pods.',
  remediation: 'Bring the Service back, or delete the webhook configuration that an uninstalled engine left behind. Set failurePolicy to Fail in the values of what installed the webhook, after giving it two replicas and a namespaceSelector that leaves kube-system and its own namespace out.',
  frameworks: {
    'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.5'], 'nist-800-53': ['CM-6', 'SC-24'], 'mitre-attack': ['T1610', 'T1685'],
    'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.6', '10.7.2'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { service: 'the Service that a webhook calls exists', 'fails-open': 'a webhook for pods, workloads or roles fails closed' },
  scope: eachWebhook,
  check: ({ webhook: judged }, world) => [judgeService(judged, world), judgeFailure(judged)],
  examples: {
    passes: [
      manifests(webhook('  failurePolicy: Fail') + service),
      manifests(webhook('', 'Mutating') + service, { title: 'Fail is the default' }),
    ],
    fails: [
      manifests(webhook('  failurePolicy: Fail'), { title: 'Its Service is gone' }),
      manifests(webhook('  failurePolicy: Ignore') + service),
      manifests(webhook('  failurePolicy: Ignore', 'Mutating').replace('apiGroups: [""]', 'apiGroups: ["*"]').replace('resources: [pods]', 'resources: ["*/*"]') + service),
      manifests(webhook('  failurePolicy: Ignore').replace('apiGroups: [""]', 'apiGroups: [rbac.authorization.k8s.io]').replace('resources: [pods]', 'resources: [clusterrolebindings]') + service),
    ],
    unknown: [manifests(webhook('  failurePolicy: Fail'), { missing: { services: 'forbidden' } })],
    notApplicable: [manifests(forOthers, { title: 'Called by URL, for other resources' })],
  },
});
