import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.js';
import { eachNamespace } from '../scopes/each-namespace.js';
import { namespaceReach } from './namespace-reach.js';
import { undecided } from './undecided.js';

/** Namespaces and workloads that one finding names. */
const NAMED = 20;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const pod = (namespace: string, name: string, spec = '') => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1}]}`;
const two = (policies = '', options: Omit<Example, 'manifests'> = {}, spec = ''): Example => manifests(`${pod('shop', 'web', spec)}\n---\n${pod('data', 'db')}${policies}`, options);
const policy = (namespace: string, spec: string) => `\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: policy, namespace: ${namespace}}\nspec: ${spec}`;
const isolated = `${policy('shop', '{podSelector: {}}')}${policy('data', '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}')}`;
const tier = (kind: string, spec: string, version = 'v1alpha1') => `\n---\napiVersion: policy.networking.k8s.io/${version}\nkind: ${kind}\nmetadata: {name: default}\nspec: ${spec}`;
const baseline = tier('BaselineAdminNetworkPolicy', '{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}');

export const namespaceReachability = defineControl({
  id: 'network/namespace-reachability',
  title: 'Pods of other namespaces come in only where a policy asks for it',
  severity: 'medium',
  why: 'Namespaces keep teams and stages apart by name alone: until policies say otherwise every pod reaches every other. Whoever breaches the least guarded namespace tries the databases and admin pages of all the others from there.',
  remediation: 'Let a NetworkPolicy select every pod of the namespace and allow incoming traffic from the same namespace alone (from: a podSelector that is empty). Then name, in policies of their own, the namespaces that are to come in, such as the ingress controller\'s and the monitoring\'s.',
  frameworks: {
    'nsa-cisa': ['network/namespaces', 'network/policies'], 'nist-800-190': ['4.3.3'], 'nist-800-53': ['AC-4', 'SC-7(5)', 'SC-7(21)'], 'mitre-attack': ['T1046'], 'owasp-kubernetes': ['K05'],
    'pci-dss': ['1.3.1', '7.3.3'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  scope: eachNamespace,
  check({ name }, world) {
    const reach = world.use(namespaceReach).of(name);
    if (!reach) return notApplicable('the namespace has no pods on the pod network');
    const { from, open, doubts } = reach;
    if (from.size === 0) return doubts.length > 0 ? unknown(undecided(doubts)) : pass;
    return fail(`pods of ${plural(from.size, 'other namespace')} reach ${plural(open.length, 'workload')} here, and no policy asks for it`, {
      detail: {
        from: [...from].sort().slice(0, NAMED), fromCount: from.size,
        workloads: open.map((workload) => `${workload.kind}/${workload.name}`).sort().slice(0, NAMED), workloadCount: open.length,
        manifest: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'same-namespace', namespace: name }, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] } },
      },
    });
  },
  examples: {
    passes: [
      two(isolated, { title: 'the namespaces that come in are named' }),
      two(baseline, { title: 'a baseline that denies' }),
      two(`${policy('shop', '{podSelector: {}, policyTypes: [Egress]}')}${policy('data', '{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}')}`, { title: 'nobody is let out' }),
      two(`${baseline}${tier('AdminNetworkPolicy', '{priority: 1, subject: {namespaces: {}}, ingress: [{action: Allow, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: data}}}]}]}')}`, { title: 'an administrator\'s policy asks for it' }),
      manifests(pod('shop', 'web'), { title: 'nobody else is there' }),
    ],
    fails: [
      two(),
      two(policy('data', '{podSelector: {}}'), { title: 'one of the two is open' }),
      two(`${policy('shop', '{podSelector: {matchLabels: {app: other}}}')}${policy('data', '{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{}]}')}`, { title: 'let out by a rule that names nobody' }),
      two(tier('AdminNetworkPolicy', '{priority: 1, subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: data}}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}'), { title: 'denied in one direction alone' }),
    ],
    unknown: [
      two('\n---\napiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: all}\nspec: {endpointSelector: {}, ingress: [{fromEntities: [cluster]}]}', { title: 'another engine decides' }),
      two('', { missing: { 'globalnetworkpolicies.crd.projectcalico.org': 'forbidden' } }),
      two('', { missing: { pods: 'forbidden' } }),
    ],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: empty}'),
      manifests(pod('shop', 'web', 'hostNetwork: true, ')),
    ],
  },
});
