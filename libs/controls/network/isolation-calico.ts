import type { CustomFacts } from '#inventory/facts.js';
import { matchesCalicoSelector } from '#inventory/readers/calico-selector.js';
import { allOf, type LabelLookup, type Tristate } from '#inventory/readers/partial-labels.js';
import { isWellFormed } from '#inventory/readers/policy-shape.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { World } from '../engine/world.js';
import { doubtfulIsolation, type Direction, type Isolation, type PodView } from './isolation.js';

const text = (value: unknown): string | undefined => (value === undefined || value === null ? '' : typeof value === 'string' ? value : undefined);

/** Without `types` a policy means the directions it has rules for, and Ingress where it has none: Calico's own defaulting. */
export function calicoDirections(spec: UnknownRecord): readonly Direction[] {
  const types = asList(spec['types']);
  if (types.length > 0) return (['Ingress', 'Egress'] as const).filter((direction) => types.includes(direction));
  if (asList(spec['egress']).length === 0) return ['Ingress'];
  return asList(spec['ingress']).length === 0 ? ['Egress'] : ['Ingress', 'Egress'];
}

/** Labels that Calico gives every pod beside its own. Those of its account are not known. */
const podLabels = ({ namespace, namespaceLabel, label }: PodView): LabelLookup => (key) => {
  if (key === 'projectcalico.org/namespace') return namespace;
  if (key === 'projectcalico.org/orchestrator') return 'k8s';
  if (key.startsWith('pcns.')) return namespaceLabel(key.slice('pcns.'.length));
  return key.startsWith('pcsa.') || key === 'projectcalico.org/serviceaccount' ? undefined : label(key);
};

const labelsOfNamespace = ({ namespace, namespaceLabel }: PodView): LabelLookup => (key) => (key === 'projectcalico.org/name' ? namespace : namespaceLabel(key));

function selectsPods(spec: UnknownRecord, pods: PodView): Tristate {
  const selector = text(spec['selector']);
  // Limited to some accounts, it may leave pods out.
  const accounts = text(spec['serviceAccountSelector']) === '' ? true : undefined;
  return allOf([accounts, selector === undefined ? undefined : matchesCalicoSelector(selector, podLabels(pods))]);
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

const refOf = (kind: string, { namespace, name }: CustomFacts): ResourceRef => ({ group: 'crd.projectcalico.org', kind, namespace, name });

/** Calico's own policies that turn default deny on. Policies before or past connection tracking are about hosts, not pods. */
export function* calicoIsolations(world: World): Iterable<Isolation> {
  for (const policy of world.list('networkpolicies.crd.projectcalico.org')) {
    if (!isWellFormed('calico', policy)) {
      yield doubtfulIsolation(refOf('NetworkPolicy', policy), policy.namespace);
      continue;
    }
    const spec = asRecord(policy.spec);
    yield { policy: refOf('NetworkPolicy', policy), namespace: policy.namespace, directions: calicoDirections(spec), selects: (pods) => selectsPods(spec, pods) };
  }
  for (const policy of world.list('globalnetworkpolicies.crd.projectcalico.org')) {
    if (!isWellFormed('calico', policy)) {
      yield doubtfulIsolation(refOf('GlobalNetworkPolicy', policy), undefined);
      continue;
    }
    const spec = asRecord(policy.spec);
    if (spec['doNotTrack'] === true || spec['preDNAT'] === true) continue;
    const namespaceSelector = text(spec['namespaceSelector']);
    if (namespaceSelector === undefined) continue;
    const only = namedNamespace(namespaceSelector, text(spec['selector']) ?? '');
    yield {
      policy: refOf('GlobalNetworkPolicy', policy),
      ...(only !== undefined && { namespace: only }),
      directions: calicoDirections(spec),
      selects: (pods) => allOf([matchesCalicoSelector(namespaceSelector, labelsOfNamespace(pods)), selectsPods(spec, pods)]),
    };
  }
}
