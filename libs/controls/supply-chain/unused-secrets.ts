import type { MetadataFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenPass, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachSecret } from '../scopes/each-object.js';
import { isPlatformNamespace, originOf } from './secret-origins.js';
import { monitoredNamespaces, readableSecrets, referredSecrets } from './secret-references.js';

/** Labels by which a program finds Secrets that nothing names. */
const found: Readonly<Record<string, string>> = { 'argocd.argoproj.io/secret-type': 'Argo CD finds it by its label' };

function judge(secret: MetadataFacts, world: World): Verdict {
  const { namespace, name, labels = {} } = secret;
  const origin = originOf(secret);
  if (origin.by === 'program') return notApplicable(origin.reason);
  if (isPlatformNamespace(namespace)) return notApplicable('components of the platform find their Secrets by name');
  for (const [label, reason] of Object.entries(found)) if (labels[label] !== undefined) return notApplicable(reason);
  if (world.use(referredSecrets).has(namespace, name)) return provenPass;
  if (world.use(monitoredNamespaces).has(namespace)) return notApplicable('a Prometheus or Alertmanager of its namespace may name it in its specification, which is not read');
  if (world.use(readableSecrets).has(namespace, name)) return notApplicable('a program in the cluster has a right of its own to read it, and may use it without naming it');
  const from = origin.by === 'store' ? `; ${origin.product} goes on copying it into the cluster` : '';
  return fail(`no pod, service account, Ingress, Gateway or custom resource that is known here names it${from}`, { detail: { ...(secret.type !== undefined && { type: secret.type }), origin: origin.by } });
}

const secret = (name = 'db', more = '', type = 'Opaque') => `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: shop${more}}\ntype: ${type}\n`;
const pod = (spec: string, container = '') => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {${spec}containers: [{name: app, image: "registry.example/app:1"${container}}]}\n`;

export const unusedSecrets = defineControl({
  id: 'supply-chain/unused-secrets',
  title: 'Every Secret is used by something',
  severity: 'low',
  why: 'A Secret that nothing uses gives an intruder as much as one that is used, and nobody misses it, replaces it or notices that it was read.',
  remediation: 'Find out whether a program reads the Secret over the API by its name (the audit log tells who last got it). If nobody does, withdraw the credential where it was issued, then delete the Secret, and what makes it: its ExternalSecret, SealedSecret or the line of its chart.',
  frameworks: {
    'nsa-cisa': ['network/secrets', 'upgrades/unused-components'], 'nist-800-53': ['CM-7', 'IA-5'], 'mitre-attack': ['T1552', 'T1552.007'], 'owasp-kubernetes': ['K03'],
    'pci-dss': ['8.6.3'], soc2: ['CC6.1', 'C1.2'],
  },
  evidence: ['api'],
  scope: eachSecret,
  check: judge,
  examples: {
    passes: [
      manifests(secret() + pod('', ', env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]')),
      manifests(secret() + pod('', ', envFrom: [{secretRef: {name: db}}]')),
      manifests(secret() + pod('volumes: [{name: db, secret: {secretName: db}}], ')),
      manifests(secret() + pod('volumes: [{name: all, projected: {sources: [{configMap: {name: a}}, {secret: {name: db}}]}}], ')),
      manifests(secret() + pod('volumes: [{name: store, csi: {driver: csi.example, nodePublishSecretRef: {name: db}}}], ')),
      manifests(secret('registry', '', 'kubernetes.io/dockerconfigjson') + pod('imagePullSecrets: [{name: registry}], ')),
      manifests(`${secret('registry', '', 'kubernetes.io/dockerconfigjson')}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\nimagePullSecrets: [{name: registry}]`),
      manifests(`${secret('web-tls', '', 'kubernetes.io/tls')}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {tls: [{hosts: [shop.example], secretName: web-tls}]}`),
      manifests(`${secret('users')}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: web, annotations: {nginx.ingress.kubernetes.io/auth-secret: shop/users}}\nspec: {}`, { title: 'An annotation names it' }),
      manifests(`${secret('web-tls', '', 'kubernetes.io/tls')}---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web, namespace: edge}\nspec: {gatewayClassName: a, listeners: [{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: web-tls, namespace: shop}]}}]}`),
      manifests(`${secret('letsencrypt')}---\napiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: letsencrypt}\nspec: {acme: {privateKeySecretRef: {name: letsencrypt}}}`),
      manifests(`${secret('git')}---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: web, namespace: shop}\nspec: {url: "https://git.example/web", secretRef: {name: git}}`),
    ],
    fails: [
      manifests(secret()),
      manifests(secret() + pod('', ', envFrom: [{secretRef: {name: other}}]')),
      manifests(`${secret()}${pod('', ', envFrom: [{secretRef: {name: db}}]').replace('namespace: shop', 'namespace: other')}`, { title: 'A pod of another namespace' }),
      manifests(secret('db', ', ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: db, uid: a}]'), { title: 'Copied from a store, and never used' }),
    ],
    unknown: [
      manifests(secret(), { missing: { 'cronjobs.batch': 'forbidden' } }),
      manifests(`${secret('letsencrypt')}---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web, namespace: shop}\nspec: {secretName: web-tls}`, { missing: { 'clusterissuers.cert-manager.io': 'forbidden' } }),
      manifests(secret(), { missing: { 'gateways.gateway.networking.k8s.io': 'forbidden' } }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { secrets: 'forbidden' } }),
    ],
    notApplicable: [
      manifests(`${secret('alertmanager-main')}---\napiVersion: monitoring.coreos.com/v1\nkind: Alertmanager\nmetadata: {name: main, namespace: shop}`),
      manifests(secret('sh.helm.release.v1.web.v1', '', 'helm.sh/release.v1')),
      manifests(secret('cluster', ', labels: {argocd.argoproj.io/secret-type: cluster}')),
      manifests(`${secret()}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: web, namespace: shop}\nrules: [{apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: web, namespace: shop}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}\nsubjects: [{kind: ServiceAccount, name: web, namespace: shop}]`, { title: 'A program may read it by name' }),
    ],
  },
});
