import type { CustomFacts } from '#inventory/facts.js';
import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { isEnforce, kyvernoVerifiers, overrideFor } from '../../supply-chain/signature-engines/kyverno.js';
import { kindTest, kyvernoReach, type KindTest } from '../../supply-chain/signature-engines/kyverno-rule.js';
import { readSelector, textsOf } from '../../supply-chain/signature-engines/read-selector.js';
import { webhooksOf, type JudgedNamespace, type Reach } from '../../supply-chain/signature-engines/verifier.js';
import { podMakerKinds, podMakers, type AdmissionPolicy } from './admission-policy.js';
import { topicsOf } from './topics.js';

const engine = 'Kyverno';
export const kyvernoWebhooks = /kyverno/;
type Found = Omit<AdmissionPolicy, 'webhooks'>;

/** ClusterPolicies, Policies and ValidatingPolicies that refuse or report, and those that verify images. */
export function kyvernoPolicies(world: World): readonly AdmissionPolicy[] {
  const webhooks = webhooksOf(world, kyvernoWebhooks, podMakers);
  return [
    ...[
      ...world.seen('clusterpolicies.kyverno.io').flatMap((policy) => rulesOf(policy, 'ClusterPolicy')),
      ...world.seen('policies.kyverno.io').flatMap((policy) => rulesOf(policy, 'Policy')),
      ...world.seen('validatingpolicies.policies.kyverno.io').flatMap(validating),
    ].map((policy) => ({ ...policy, webhooks })),
    ...kyvernoVerifiers(world).map((verifier): AdmissionPolicy => ({ ...verifier, about: new Set(['signatures']), isIgnoring: false })),
  ];
}

const tests = podMakerKinds.map((kind) => kindTest(kind));

/** Tests of the kinds that a rule may mean: most rules name one, and a cluster has many namespaces. */
function testsFor(rule: UnknownRecord): readonly KindTest[] {
  const match = asRecord(rule['match']);
  const clauses = [match, ...asList(match['any']), ...asList(match['all'])].map((clause) => textsOf(asRecord(asRecord(clause)['resources'])['kinds']));
  const named = clauses.flat();
  return named.length === 0 ? tests : tests.filter((test) => named.some(test));
}

/** The widest that it looks at any of the kinds. */
function widestReach(rule: UnknownRecord, kinds: readonly KindTest[], namespace: JudgedNamespace): Reach {
  let widest: Reach = 'none';
  for (const test of kinds) {
    const reach = kyvernoReach(rule, namespace, test);
    if (reach === 'all') return reach;
    if (reach === 'some') widest = reach;
  }
  return widest;
}

function rulesOf(policy: CustomFacts, kind: string): readonly Found[] {
  const spec = asRecord(policy.spec);
  if (spec['admission'] === false) return [];
  const isIgnoring = (asRecord(spec['webhookConfiguration'])['failurePolicy'] ?? spec['failurePolicy']) === 'Ignore';
  return asList(spec['rules']).map(asRecord).flatMap((rule): readonly Found[] => {
    const validate = asRecord(rule['validate']);
    if (Object.keys(validate).length === 0) return [];
    const enforces = (namespace: JudgedNamespace): boolean => isEnforce(validate['failureAction'] ?? overrideFor(spec, namespace) ?? spec['validationFailureAction']);
    const isOverridden = validate['failureAction'] === undefined && asList(spec['validationFailureActionOverrides']).some((override) => isEnforce(asRecord(override)['action']));
    const kinds = testsFor(rule);
    const isDenying = isEnforce(validate['failureAction'] ?? spec['validationFailureAction']) || isOverridden;
    return [{
      engine,
      policy: `${kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name}`,
      mode: isDenying ? 'deny' : 'audit',
      about: topicsOf(validate),
      reach: (namespace) => ((policy.namespace !== '' && policy.namespace !== namespace.name) || (isDenying && !enforces(namespace)) ? 'none' : widestReach(rule, kinds, namespace)),
      isIgnoring,
    }];
  });
}

function validating(policy: CustomFacts): readonly Found[] {
  const spec = asRecord(policy.spec);
  const evaluation = asRecord(spec['evaluation']);
  if (asRecord(evaluation['admission'])['enabled'] === false || (evaluation['mode'] !== undefined && evaluation['mode'] !== 'Kubernetes')) return [];
  const constraints = asRecord(spec['matchConstraints']);
  if (asList(spec['validations']).length === 0 || !rulesMeanPods(constraints)) return [];
  const actions = textsOf(spec['validationActions']);
  const narrows = asList(spec['matchConditions']).length > 0 || Object.keys(asRecord(constraints['objectSelector'])).length > 0;
  return [{
    engine,
    policy: `ValidatingPolicy ${policy.name}`,
    mode: actions.length === 0 || actions.includes('Deny') ? 'deny' : 'audit',
    about: topicsOf([spec['validations'], spec['variables']]),
    reach: ({ labels }) => (!selects(readSelector(constraints['namespaceSelector']), labels) ? 'none' : narrows ? 'some' : 'all'),
    isIgnoring: spec['failurePolicy'] === 'Ignore',
  }];
}

/** Whether resource rules, in the form that the API server's own policies have, mean new pods or what makes them. */
export const rulesMeanPods = (constraints: UnknownRecord): boolean =>
  asList(constraints['resourceRules']).map(asRecord).some((rule) => {
    const operations = textsOf(rule['operations']);
    return (operations.length === 0 || operations.includes('*') || operations.includes('CREATE')) && textsOf(rule['resources']).some((resource) => resource === '*' || resource === '*/*' || podMakers.has(resource));
  });
