import type { MissingEvidence } from '#inventory/observed.js';
import type { UnknownReason } from '#inventory/reachability/answer.js';
import { refText, type ResourceRef } from '#inventory/resource-ref.js';
import { resourceKeyOf, type ResourceKey } from '#inventory/resources.js';

/** The list that an object is in. */
const keyOf = ({ group, kind }: ResourceRef): ResourceKey => resourceKeyOf(group === '' ? 'v1' : `${group}/v1`, kind) ?? 'networkpolicies.networking.k8s.io';

const details: Readonly<Partial<Record<UnknownReason['kind'], string>>> = {
  'other-engine': 'may decide this, and its rules are not evaluated here',
  unreadable: 'may decide this, and says it in a form that is not understood',
  'address-not-known': 'decides by addresses, and those of some pods are not known',
  'nodes-not-known': 'decides by nodes, and not all nodes were read',
  'domain-names': 'decides by domain names, whose addresses are not known',
};

/** Why reachability cannot tell, as the evidence that is lacking. */
export function undecided(reasons: readonly UnknownReason[]): MissingEvidence {
  for (const reason of reasons) {
    if (reason.kind === 'missing') return reason.evidence;
    if ('object' in reason) return { fact: keyOf(reason.object), reason: 'not-requested', detail: `${refText(reason.object)} ${details[reason.kind] ?? 'may decide this'}` };
    if (reason.kind === 'equal-priority') {
      const [object] = reason.objects;
      if (object) return { fact: keyOf(object), reason: 'not-requested', detail: `${reason.objects.slice(0, 3).map(refText).join(' and ')} have one priority, and which of them is applied nobody promises` };
    }
  }
  return { fact: 'networkpolicies.networking.k8s.io', reason: 'limit', detail: 'policies tell more ports apart than can be kept' };
}

/** A policy of a form that is not understood. */
export const unreadablePolicy = (object: ResourceRef): MissingEvidence =>
  ({ fact: keyOf(object), reason: 'invalid', detail: `${refText(object)} says what it does in a form that is not understood` });

/** A policy of which nobody can tell whether it selects a pod. */
export const doubtfulSelection = (object: ResourceRef): MissingEvidence =>
  ({ fact: keyOf(object), reason: 'not-requested', detail: `${refText(object)} may select these pods: it tells pods apart by what is not known of them` });
