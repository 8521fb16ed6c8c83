import type { Subject } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { ruleReaches } from '#inventory/readers/policy-rule.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { fail, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { roles } from '../indexes/roles.js';
import { wholeCluster } from '../scopes/whole-cluster.js';

type Step = Parameters<typeof ruleReaches>[1] & { readonly part: string; readonly does: string };

/** What playbooks have people do first, and the right that it takes, anywhere in the cluster. */
const steps = [
  { part: 'isolate', does: 'write a NetworkPolicy that cuts a pod off', verb: 'create', group: 'networking.k8s.io', resource: 'networkpolicies' },
  { part: 'cordon', does: 'cordon a node', verb: 'patch', group: '', resource: 'nodes' },
  { part: 'capture', does: 'attach an ephemeral container that takes evidence', verb: 'patch', group: '', resource: 'pods', subresource: 'ephemeralcontainers' },
] as const satisfies readonly Step[];

/** Servers attach ephemeral containers to running pods without a feature gate since then. */
const firstWithEphemeral = { major: 1, minor: 23 };

/** People: what begins with `system:` is Kubernetes itself, or the group that passes every authorisation and that nobody should be in. */
const isPerson = ({ kind, name }: Subject): boolean => (kind === 'User' || kind === 'Group') && !name.startsWith('system:');

/** Steps that some person or team may take in the whole cluster. */
const possible = defineIndex([], (world): ReadonlySet<string> => {
  const known = world.use(roles);
  const found = new Set<string>();
  for (const binding of world.list('clusterrolebindings.rbac.authorization.k8s.io')) {
    if (!binding.subjects.some(isPerson)) continue;
    const isAdmin = binding.roleName === 'cluster-admin';
    const rules = known.of(binding)?.rules ?? [];
    for (const step of steps) if (isAdmin || rules.some((rule) => rule.resourceNames.length === 0 && ruleReaches(rule, step))) found.add(step.part);
  }
  return found;
});

function judge({ part, does }: Step, world: World): Verdict {
  if (part === 'capture') {
    const server = minorOf(world.cluster.version ?? '');
    if (!server) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is whether evidence can be taken from a running pod' }, part);
    if (isBefore(server, firstWithEphemeral)) return provenFail(`servers of ${server.major}.${server.minor} attach no ephemeral containers, so that evidence of a running pod is lost with it`, { part });
  }
  world.list('clusterrolebindings.rbac.authorization.k8s.io');
  world.use(roles);
  if (world.use(possible).has(part)) return provenPassPart(part);
  const { isManaged, platform } = world.cluster;
  // That no provider runs the control plane is told by the nodes.
  if (!isManaged) world.list('nodes');
  if (isManaged) return unknown({ fact: 'cloud-rights', reason: 'not-requested', detail: `no RBAC binding lets a person or team ${does}; ${platform} may give that right by its own access management, which is not in the cluster` }, part);
  return fail(`no person or team may ${does} anywhere in the cluster, except by being in system:masters`, { part });
}

const responders = (rules: string, subject = '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: responders}') => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: responder}
rules: ${rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: responders}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: responder}
subjects: [${subject}]`;
const cordon = '{apiGroups: [""], resources: [nodes], verbs: [get, patch]}';
const isolate = '{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: ["*"]}';
const capture = '{apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [patch]}';
const all = `[${cordon}, ${isolate}, ${capture}]`;
const version = 'v1.36.1';

export const responseReadiness = defineControl({
  id: 'runtime/response-readiness',
  title: 'Somebody may take the first steps of a response in the whole cluster',
  severity: 'low',
  why: 'When an alert comes at night, a playbook helps only if somebody may do what it says. Where all rights lie with a break-glass account, the intruder has the hour that it takes to find who holds it. This service itself only reads: its playbooks are for people.',
  remediation: 'Make a ClusterRole for responders with `create` on networkpolicies, `patch` on nodes (cordon), `create` on pods/eviction and `patch` on pods/ephemeralcontainers, and bind it to the group of those on call. Let them try each playbook once on a test workload; whether the network plugin does what policies say is another control\'s question.',
  frameworks: { 'nist-800-53': ['IR-4'], 'owasp-kubernetes': ['K10'], 'pci-dss': ['12.10.1'], soc2: ['CC7.4'] },
  evidence: ['api'],
  parts: { isolate: 'a pod can be cut off', cordon: 'a node can be cordoned', capture: 'evidence of a running pod can be taken' },
  scope: wholeCluster(['clusterrolebindings.rbac.authorization.k8s.io', ...roles.reads]),
  check: (world) => steps.map((step) => orUnknown(step.part, () => judge(step, world))),
  examples: {
    passes: [
      manifests(responders(all), { version }),
      manifests('apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: admins}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}]', { version, title: 'Whoever may do everything may do this as well' }),
    ],
    fails: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { version, title: 'Nobody but system:masters' }),
      manifests(responders(`[${isolate}, ${capture}]`), { version, title: 'No node can be cordoned' }),
      manifests(responders(all, '{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:masters"}'), { version }),
      manifests(responders(all, '{kind: ServiceAccount, name: autoscaler, namespace: kube-system}'), { version, title: 'A controller is no responder' }),
      manifests(responders(all), { version: 'v1.22.17', title: 'A server that attaches no ephemeral containers' }),
      manifests(responders(`[${isolate}, ${capture}, {apiGroups: [""], resources: [nodes], resourceNames: [a], verbs: [patch]}]`), { version, title: 'One node only' }),
    ],
    unknown: [
      manifests(responders(all), { title: 'The version of the API server is not known' }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { version: 'v1.36.1-eks-113cf36', title: 'Rights that a cloud gives are not in the cluster' }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { version, missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
  },
});
