import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenPass } from '../engine/verdict.js';
import { workloadsByNamespace } from '../indexes/by-namespace.js';
import { eachNamespace } from '../scopes/each-namespace.js';
import { isolatingPolicy } from './isolation.js';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n';

export const defaultDenyIngress = defineControl({
  id: 'network/default-deny-ingress',
  title: 'Every namespace with pods denies incoming traffic unless a policy allows it',
  severity: 'high',
  why: 'A pod that no policy selects accepts connections from every other pod: one breached workload can try them all.',
  remediation: 'Create a NetworkPolicy with an empty podSelector and policyTypes [Ingress] in the namespace, then allow what each workload needs by policies of its own.',
  frameworks: { 'cis-kubernetes': ['5.3.2'] },
  evidence: ['api'],
  scope: eachNamespace,
  check({ name }, world) {
    if ((world.use(workloadsByNamespace).get(name) ?? []).length === 0) return notApplicable('the namespace has no pods');
    if (isolatingPolicy(world, name, 'Ingress') !== undefined) return provenPass;
    return fail(`no policy in namespace ${name} selects every pod for incoming traffic`, {
      detail: {
        manifest: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'default-deny-ingress', namespace: name }, spec: { podSelector: {}, policyTypes: ['Ingress'] } },
      },
    });
  },
  examples: {
    passes: [
      manifests(`${pod}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {podSelector: {}}`),
      manifests(`${pod}apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: deny}\nspec: {selector: all(), types: [Ingress, Egress]}`),
    ],
    fails: [
      manifests(pod.slice(0, -4)),
      manifests(`${pod}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web-only, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}`),
    ],
    unknown: [manifests(pod.slice(0, -4), { missing: { 'networkpolicies.networking.k8s.io': 'forbidden' } })],
  },
});
