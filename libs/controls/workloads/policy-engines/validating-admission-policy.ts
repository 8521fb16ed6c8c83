import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { lackOf, type World } from '../../engine/world.js';
import { readSelector, textsOf } from '../../supply-chain/signature-engines/read-selector.js';
import type { AdmissionPolicy } from './admission-policy.js';
import { rulesMeanPods } from './kyverno.js';
import { topicsOf } from './topics.js';

const bindings = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';

/** Whether it leaves part of a namespace's objects out by more than the namespace. */
const isNarrow = (match: UnknownRecord): boolean =>
  Object.keys(asRecord(match['objectSelector'])).length > 0 || asList(match['excludeResourceRules']).length > 0;

/** ValidatingAdmissionPolicies about what makes pods, once for each of their bindings: without one they do nothing. */
export function validatingAdmissionPolicies(world: World): readonly AdmissionPolicy[] {
  const bound = new Map<string, UnknownRecord[]>();
  for (const { spec } of world.seen(bindings)) {
    const record = asRecord(spec);
    const name = record['policyName'];
    if (typeof name !== 'string') continue;
    const list = bound.get(name);
    if (list) list.push(record);
    else bound.set(name, [record]);
  }
  return world.seen('validatingadmissionpolicies.admissionregistration.k8s.io').flatMap(({ name, spec }): readonly AdmissionPolicy[] => {
    const policy = asRecord(spec);
    const constraints = asRecord(policy['matchConstraints']);
    if (!rulesMeanPods(constraints)) return [];
    const shared = {
      engine: 'ValidatingAdmissionPolicy', policy: `ValidatingAdmissionPolicy ${name}`, webhooks: 'server', isIgnoring: policy['failurePolicy'] === 'Ignore',
      about: topicsOf([policy['validations'], policy['variables']]),
    } as const;
    const own = bound.get(name) ?? [];
    if (own.length === 0) return [{ ...shared, mode: lackOf(world, bindings) ?? 'audit', reach: () => 'all' }];
    return own.map((binding): AdmissionPolicy => {
      const match = asRecord(binding['matchResources']);
      const hasRules = asList(match['resourceRules']).length > 0;
      const narrows = isNarrow(constraints) || isNarrow(match) || asList(policy['matchConditions']).length > 0;
      return {
        ...shared,
        mode: textsOf(binding['validationActions']).includes('Deny') ? 'deny' : 'audit',
        reach: ({ labels }) => {
          const isMeant = [constraints, match].every((each) => selects(readSelector(each['namespaceSelector']), labels));
          return !isMeant || (hasRules && !rulesMeanPods(match)) ? 'none' : narrows ? 'some' : 'all';
        },
      };
    });
  });
}
