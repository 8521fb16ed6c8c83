import type { CustomFacts, Labels } from '../facts.js';
import type { Inventory } from '../inventory.js';
import { matchesCalicoSelector } from '../readers/calico-selector.js';
import { controllerLabels } from '../readers/controller-labels.js';
import { looseSelector } from '../readers/loose-selector.js';
import { isWellFormed } from '../readers/policy-shape.js';
import { selectsPartly, type LabelLookup } from '../readers/partial-labels.js';
import { asList, asRecord, type UnknownRecord } from '../readers/unknown-record.js';
import type { ResourceRef } from '../resource-ref.js';
import type { Direction, SelectablePod, UnevaluatedPolicy } from './input.js';

const both: readonly Direction[] = ['ingress', 'egress'];
const valueOf = (labels: Labels, key: string): string | null | undefined => (Object.hasOwn(labels, key) ? labels[key]! : controllerLabels.has(key) ? undefined : null);
const text = (value: unknown): string | undefined => (value === undefined || value === null ? '' : typeof value === 'string' ? value : undefined);

/** Objects of Calico, Cilium and Istio that may select pods: their rules are not evaluated here. */
export function otherEngines(inventory: Inventory): readonly UnevaluatedPolicy[] {
  return [
    ...inventory.list('networkpolicies.crd.projectcalico.org').map((policy) => calicoPolicy(policy, 'NetworkPolicy', policy.namespace)),
    ...inventory.list('globalnetworkpolicies.crd.projectcalico.org').map((policy) => calicoPolicy(policy, 'GlobalNetworkPolicy')),
    ...inventory.list('ciliumnetworkpolicies.cilium.io').flatMap((policy) => ciliumPolicies(policy, 'CiliumNetworkPolicy', policy.namespace)),
    ...inventory.list('ciliumclusterwidenetworkpolicies.cilium.io').flatMap((policy) => ciliumPolicies(policy, 'CiliumClusterwideNetworkPolicy')),
    ...inventory.list('authorizationpolicies.security.istio.io').map(istioPolicy),
  ];
}

/** Of a form that is not understood: it may select any pod, and do anything. */
const unreadable = (object: ResourceRef, namespace: string | undefined): UnevaluatedPolicy => ({ object, directions: both, effect: 'replaces', ...(namespace !== undefined && { namespace }), selects: () => true });

const refOf = (group: string, kind: string, { namespace, name }: CustomFacts): ResourceRef => ({ group, kind, namespace, name });

/** Without `types` a Calico policy means the directions it has rules for, and ingress where it has none. */
function calicoDirections(spec: UnknownRecord): readonly Direction[] {
  const types = asList(spec['types']);
  if (types.length > 0) return [...(types.includes('Ingress') ? (['ingress'] as const) : []), ...(types.includes('Egress') ? (['egress'] as const) : [])];
  if (asList(spec['egress']).length === 0) return ['ingress'];
  return asList(spec['ingress']).length === 0 ? ['egress'] : both;
}

function calicoPolicy(policy: CustomFacts, kind: string, namespace?: string): UnevaluatedPolicy {
  const object = refOf('crd.projectcalico.org', kind, policy);
  if (!isWellFormed('calico', policy)) return unreadable(object, namespace);
  const spec = asRecord(policy.spec);
  const [selector, namespaceSelector, accounts] = [text(spec['selector']), text(spec['namespaceSelector']), text(spec['serviceAccountSelector'])];
  const podLabels = (pod: SelectablePod): LabelLookup => (key) => {
    if (key === 'projectcalico.org/namespace') return pod.namespace;
    if (key === 'projectcalico.org/orchestrator') return 'k8s';
    if (key === 'projectcalico.org/serviceaccount') return pod.serviceAccount;
    if (key.startsWith('pcns.')) return valueOf(pod.namespaceLabels, key.slice('pcns.'.length));
    // Labels of service accounts are not among a pod's.
    return key.startsWith('pcsa.') ? undefined : valueOf(pod.labels, key);
  };
  const ofNamespace = (pod: SelectablePod): LabelLookup => (key) => (key === 'projectcalico.org/name' ? pod.namespace : valueOf(pod.namespaceLabels, key));
  return {
    object,
    directions: calicoDirections(spec),
    effect: 'replaces',
    ...(namespace !== undefined && { namespace }),
    selects: (pod) =>
      (selector === undefined || matchesCalicoSelector(selector, podLabels(pod)) !== false) &&
      (namespace !== undefined || namespaceSelector === undefined || matchesCalicoSelector(namespaceSelector, ofNamespace(pod)) !== false) &&
      // By labels of the account, which are not known; all that is sure is that no selector means every account.
      (accounts === '' || pod.serviceAccount !== undefined),
  };
}

const prefix = /^(?:k8s|any)[:.]/;
const namespaceLabels = 'io.cilium.k8s.namespace.labels.';

function ciliumPolicies(policy: CustomFacts, kind: string, namespace?: string): readonly UnevaluatedPolicy[] {
  const object = refOf('cilium.io', kind, policy);
  if (!isWellFormed('cilium', policy)) return [unreadable(object, namespace)];
  const found: UnevaluatedPolicy[] = [];
  for (const item of [policy.spec, ...(policy.specs ?? [])]) {
    const spec = asRecord(item);
    // An empty one beside a list of specs says nothing; one of nodes is about hosts.
    if (Object.keys(spec).length === 0 || spec['nodeSelector'] !== undefined) continue;
    const selector = looseSelector(spec['endpointSelector']);
    const directions = both.filter((direction) => spec[direction] !== undefined || spec[`${direction}Deny`] !== undefined);
    found.push({
      object,
      directions,
      effect: 'replaces',
      ...(namespace !== undefined && { namespace }),
      selects: (pod) => selector === undefined || selectsPartly(selector, (written) => {
        const key = written.replace(prefix, '');
        if (key === 'io.kubernetes.pod.namespace') return pod.namespace;
        if (key.startsWith(namespaceLabels)) return valueOf(pod.namespaceLabels, key.slice(namespaceLabels.length));
        if (key === 'io.cilium.k8s.policy.serviceaccount') return pod.serviceAccount;
        return key.startsWith('io.cilium.') || written.startsWith('reserved') ? undefined : valueOf(pod.labels, key);
      }) !== false,
    });
  }
  return found;
}

/** A mesh judges what the network has let through. In a root namespace, whose name is the mesh's setting, it is about every namespace. */
function istioPolicy(policy: CustomFacts): UnevaluatedPolicy {
  const spec = asRecord(policy.spec);
  const selector = looseSelector(asRecord(spec['selector'])['matchLabels'] === undefined ? undefined : spec['selector']);
  const isRoot = policy.namespace === 'istio-system';
  return {
    object: refOf('security.istio.io', 'AuthorizationPolicy', policy),
    directions: ['ingress'],
    effect: 'narrows',
    ...(!isRoot && { namespace: policy.namespace }),
    selects: (pod) => selector === undefined || selectsPartly(selector, (key) => valueOf(pod.labels, key)) !== false,
  };
}
