import type { CustomFacts } from '#inventory/facts.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { selectsAll } from '#inventory/readers/label-selector.js';
import { isWellFormed } from '#inventory/readers/policy-shape.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { resourceType } from '#inventory/resources.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { defineIndex } from '../../engine/world.js';

export const ciliumKeys = ['ciliumnetworkpolicies.cilium.io', 'ciliumclusterwidenetworkpolicies.cilium.io'] as const;

const specsOf = ({ spec, specs = [] }: CustomFacts): readonly UnknownRecord[] => [spec, ...specs].map(asRecord);
const guards = (policy: CustomFacts): boolean => isWellFormed('cilium', policy) && specsOf(policy).some(guardsAll);
const requires = (rule: unknown): boolean => asRecord(asRecord(rule)['authentication'])['mode'] === 'required';

/** Whether a rule set is for every pod, and lets in nobody who has not proven who it is. */
function guardsAll(spec: UnknownRecord): boolean {
  const selector = looseSelector(spec['endpointSelector']);
  const rules = asList(spec['ingress']);
  return selector !== undefined && selectsAll(selector) && rules.length > 0 && rules.every(requires);
}

/** Where Cilium's policies ask peers to prove who they are. As far as policies were read. */
export const ciliumAuthentication = defineIndex([], (world) => {
  const all = ciliumKeys.flatMap((key) => world.seen(key));
  const [doubtful] = ciliumKeys.flatMap((key) => world.seen(key).filter((policy) => !isWellFormed('cilium', policy)).map(({ namespace, name }): ResourceRef => ({ group: resourceType(key).group, kind: resourceType(key).kind, namespace, name })));
  return {
    /** A policy of which nobody can say what it asks. */
    doubtful,
    isUsed: all.some((policy) => specsOf(policy).some((spec) => asList(spec['ingress']).some(requires) || asList(spec['egress']).some(requires))),
    everywhere: world.seen(ciliumKeys[1]).some(guards),
    namespaces: new Set(world.seen(ciliumKeys[0]).filter(guards).map(({ namespace }) => namespace)),
  };
});
