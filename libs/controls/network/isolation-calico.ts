import { matchesCalicoSelector } from '#inventory/readers/calico-selector.js';
import type { LabelLookup } from '#inventory/readers/partial-labels.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../engine/world.js';
import type { Direction, Isolation, NamespaceView } from './isolation.js';

const text = (value: unknown): string | undefined => (value === undefined || value === null ? '' : typeof value === 'string' ? value : undefined);

/** Without `types` a policy means the directions it has rules for, and Ingress where it has none: Calico's own defaulting. */
function directionsOf(spec: UnknownRecord): readonly Direction[] {
  const types = asList(spec['types']);
  if (types.length > 0) return (['Ingress', 'Egress'] as const).filter((direction) => types.includes(direction));
  if (asList(spec['egress']).length === 0) return ['Ingress'];
  return asList(spec['ingress']).length === 0 ? ['Egress'] : ['Ingress', 'Egress'];
}

/** Labels that Calico gives every pod beside its own, which may be any. */
const podLabels = ({ name, label }: NamespaceView): LabelLookup => (key) =>
  key === 'projectcalico.org/namespace' ? name : key === 'projectcalico.org/orchestrator' ? 'k8s' : key.startsWith('pcns.') ? label(key.slice('pcns.'.length)) : undefined;

const labelsOfNamespace = ({ name, label }: NamespaceView): LabelLookup => (key) => (key === 'projectcalico.org/name' ? name : label(key));

function selectsEveryPod(spec: UnknownRecord, namespace: NamespaceView): boolean {
  const selector = text(spec['selector']);
  // Limited to some accounts, it leaves pods out.
  if (selector === undefined || text(spec['serviceAccountSelector']) !== '') return false;
  return matchesCalicoSelector(selector, podLabels(namespace)) === true;
}

/** A selector of one namespace by its name and nothing else. */
const byName = /^\s*(?:projectcalico\.org\/name(?:space)?|kubernetes\.io\/metadata\.name)\s*==\s*(?:"([^"]*)"|'([^']*)')\s*$/;

function namedNamespace(...selectors: readonly string[]): string | undefined {
  for (const selector of selectors) {
    const match = byName.exec(selector);
    if (match) return match[1] ?? match[2];
  }
  return undefined;
}

/** Calico's own policies that turn default deny on. Policies before or past connection tracking are about hosts, not pods. */
export function* calicoIsolations(world: World): Iterable<Isolation> {
  for (const policy of world.list('networkpolicies.crd.projectcalico.org')) {
    const spec = asRecord(policy.spec);
    yield { text: `Calico NetworkPolicy ${policy.name}`, namespace: policy.namespace, directions: directionsOf(spec), covers: (namespace) => selectsEveryPod(spec, namespace) };
  }
  for (const policy of world.list('globalnetworkpolicies.crd.projectcalico.org')) {
    const spec = asRecord(policy.spec);
    if (spec['doNotTrack'] === true || spec['preDNAT'] === true) continue;
    const namespaceSelector = text(spec['namespaceSelector']);
    if (namespaceSelector === undefined) continue;
    const only = namedNamespace(namespaceSelector, text(spec['selector']) ?? '');
    yield {
      text: `Calico GlobalNetworkPolicy ${policy.name}`,
      ...(only !== undefined && { namespace: only }),
      directions: directionsOf(spec),
      covers: (namespace) => matchesCalicoSelector(namespaceSelector, labelsOfNamespace(namespace)) === true && selectsEveryPod(spec, namespace),
    };
  }
}
