import type { IngressFacts, PodTemplate, ServiceFacts } from '#inventory/facts.js';
import { selects } from '#inventory/readers/label-selector.js';
import { rulesEverything } from '#inventory/readers/policy-rule.js';
import { defineControl, type Severity } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable, passPart, provenFail, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { accountsOf, AccountSet } from '../indexes/accounts.js';
import { ingressesByNamespace, servicesByNamespace } from '../indexes/by-namespace.js';
import { roles } from '../indexes/roles.js';
import { exposureOf } from '../network/exposure.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';
import { dashboardOf } from './dashboards.js';

/** Service accounts that may do everything in the whole cluster. */
const adminAccounts = defineIndex(['clusterrolebindings.rbac.authorization.k8s.io', ...roles.reads], (world) => {
  const known = world.use(roles);
  const admins = new AccountSet();
  for (const binding of world.list('clusterrolebindings.rbac.authorization.k8s.io')) {
    const isClusterAdmin = binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin';
    if (!isClusterAdmin && !known.of(binding)?.rules.some(rulesEverything)) continue;
    for (const subject of binding.subjects) {
      const accounts = accountsOf(subject);
      if (accounts) admins.add(accounts);
    }
  }
  return admins;
});

/** Annotations by which an ingress controller asks for a login before it lets a request through. */
const authAnnotations = [
  'nginx.ingress.kubernetes.io/auth-url', 'nginx.ingress.kubernetes.io/auth-type', 'nginx.ingress.kubernetes.io/auth-tls-secret',
  'haproxy.org/auth-type', 'haproxy.org/client-ca', 'haproxy-ingress.github.io/auth-url', 'haproxy-ingress.github.io/auth-secret', 'haproxy-ingress.github.io/auth-tls-secret',
  'alb.ingress.kubernetes.io/auth-type', 'ingress.kubernetes.io/auth-type',
];

function asksForLogin({ annotations, className }: IngressFacts): boolean {
  if (className === 'tailscale') return true;
  if (annotations['alb.ingress.kubernetes.io/auth-type'] === 'none') return false;
  if (authAnnotations.some((name) => (annotations[name] ?? '') !== '')) return true;
  // A middleware or plugin may be anything: one that is named for a login counts as one.
  return ['traefik.ingress.kubernetes.io/router.middlewares', 'konghq.com/plugins'].some((name) => /auth|oidc|sso|login/i.test(annotations[name] ?? ''));
}

const isFor = (service: ServiceFacts, template: PodTemplate): boolean =>
  Object.keys(service.selector).length > 0 && selects({ matchLabels: service.selector, matchExpressions: [] }, template.labels);

const servedBy = ({ rules, defaultService }: IngressFacts, service: string): boolean =>
  defaultService === service || rules.some((rule) => rule.paths.some((path) => path.service === service));

function judgeServices(services: readonly ServiceFacts[], product: string, severity: Severity): Verdict {
  const open = services.flatMap((service) => {
    const { loadBalancer, nodePort, externalIPs } = exposureOf(service);
    const by = loadBalancer !== undefined ? 'load balancer' : nodePort ? 'NodePort' : externalIPs.length > 0 ? 'external IP' : undefined;
    return by === undefined ? [] : [{ service: service.name, by }];
  });
  if (open.length === 0) return passPart('service');
  return provenFail(`${product} is reached from outside by Service ${open[0]!.service} (${open[0]!.by})`, { part: 'service', severity, detail: { product, services: open.slice(0, 20) } });
}

function judgeIngresses(world: World, namespace: string, services: readonly ServiceFacts[], product: string, severity: Severity): Verdict {
  const ingresses = world.use(ingressesByNamespace).get(namespace) ?? [];
  const open = ingresses.filter((ingress) => !asksForLogin(ingress) && services.some((service) => servedBy(ingress, service.name)));
  if (open.length === 0) return passPart('ingress');
  return provenFail(`${product} is reached from outside by Ingress ${open[0]!.name}, which asks for no login`, { part: 'ingress', severity, detail: { product, ingresses: open.slice(0, 20).map(({ name }) => name) } });
}

const dashboard = `apiVersion: apps/v1
kind: Deployment
metadata: {name: kubernetes-dashboard, namespace: kubernetes-dashboard}
spec: {template: {metadata: {labels: {k8s-app: dashboard}}, spec: {serviceAccountName: dashboard, containers: [{name: dashboard, image: kubernetesui/dashboard:v2.7.0}]}}}
---
`;
const service = (spec: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: dashboard, namespace: kubernetes-dashboard}\nspec: {selector: {k8s-app: dashboard}, ports: [{port: 443}], ${spec}}\n`;
const ingress = (annotations: string) => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: dashboard, namespace: kubernetes-dashboard, annotations: {${annotations}}}
spec: {rules: [{host: dashboard.shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: dashboard, port: {number: 443}}}}]}}]}
`;

export const dashboardExposure = defineControl({
  id: 'control-plane/dashboard-exposure',
  title: 'Cluster dashboards are not reached from outside, and may not do everything',
  severity: 'critical',
  why: 'A dashboard acts in the cluster for whoever opens it. One on a public address, or one whose own account is cluster-admin, has been the way into clusters again and again.',
  remediation: 'Make its Service a ClusterIP and reach it by `kubectl port-forward`, or put an Ingress before it that asks for a login at your identity provider. Bind its service account to a role that reads what it shows, and let people sign in as themselves.',
  frameworks: {
    'cis-kubernetes': ['5.1.1#cluster-admin'], 'nsa-cisa': ['network/control-plane', 'access/authentication'], 'nist-800-190': ['4.3.1', '4.3.2'],
    'nist-800-53': ['AC-6#cluster-admin', 'AC-17', 'CM-7', 'SC-7'], 'mitre-attack': ['T1133', 'T1190', 'T1610', 'T1613'], 'owasp-kubernetes': ['K06'],
    'pci-dss': ['1.3.1', '1.4.2'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  parts: { service: 'no Service opens it to the outside', ingress: 'no Ingress opens it without a login', 'cluster-admin': 'its account may not do everything' },
  scope: eachPodTemplate,
  check({ workload, template }, world) {
    const found = dashboardOf(workload.name, template);
    if (!found) return notApplicable('it is no dashboard that is known here');
    const { product } = found;
    const { namespace } = workload;
    const severity: Severity = found.hasAccounts ? 'high' : 'critical';
    const services = (world.use(servicesByNamespace).get(namespace) ?? []).filter((candidate) => isFor(candidate, template));
    const isAdmin = world.use(adminAccounts).has(namespace, template.serviceAccount);
    return [
      judgeServices(services, product, severity),
      judgeIngresses(world, namespace, services, product, severity),
      isAdmin ? provenFail(`${product} runs as service account ${template.serviceAccount}, which may do everything`, { part: 'cluster-admin', detail: { product, serviceAccount: template.serviceAccount } }) : passPart('cluster-admin'),
    ];
  },
  examples: {
    passes: [
      manifests(`${dashboard}${service('type: ClusterIP')}`),
      manifests(`${dashboard}${service('type: ClusterIP')}${ingress('nginx.ingress.kubernetes.io/auth-url: "https://login.shop.example/check"')}`),
    ],
    fails: [
      manifests(`${dashboard}${service('type: LoadBalancer')}`),
      manifests(`${dashboard}${service('type: NodePort')}`),
      manifests(`${dashboard}${service('type: ClusterIP')}${ingress('')}`),
      manifests(`${dashboard}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dashboard}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: dashboard, namespace: kubernetes-dashboard}]`),
    ],
    unknown: [manifests(dashboard.slice(0, -4), { missing: { services: 'forbidden' } })],
    notApplicable: [manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}')],
  },
});
