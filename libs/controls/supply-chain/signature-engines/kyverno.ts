import type { CustomFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { kyvernoReach } from './kyverno-rule.js';
import { readSelector, textsOf } from './read-selector.js';
import { webhooksOf, type JudgedNamespace, type Reach, type Verifier } from './verifier.js';
import { matchesWildcard } from './wildcard.js';

const engine = 'Kyverno';
export const isEnforce = (action: unknown): boolean => typeof action === 'string' && action.toLowerCase() === 'enforce';
/** Fields by which an entry says whose signature counts; without one only digests are looked at. */
const signers = ['attestors', 'attestations', 'key', 'roots', 'issuer', 'subject'];

/** ClusterPolicies, Policies and ImageValidatingPolicies that verify signatures. */
export function kyvernoVerifiers(world: World): readonly Verifier[] {
  const webhooks = webhooksOf(world, /kyverno/);
  return [
    ...world.seen('clusterpolicies.kyverno.io').flatMap((policy) => rulesOf(policy, 'ClusterPolicy')),
    ...world.seen('policies.kyverno.io').flatMap((policy) => rulesOf(policy, 'Policy')),
    ...world.seen('imagevalidatingpolicies.policies.kyverno.io').flatMap(imageValidating),
  ].map((verifier) => ({ ...verifier, webhooks }));
}

type Found = Omit<Verifier, 'webhooks'>;

function rulesOf(policy: CustomFacts, kind: string): readonly Found[] {
  const spec = asRecord(policy.spec);
  if (spec['admission'] === false) return [];
  return asList(spec['rules']).map(asRecord).flatMap((rule) =>
    asList(rule['verifyImages']).map(asRecord).filter((entry) => signers.some((field) => entry[field] !== undefined)).map((entry): Found => {
      const enforces = (namespace: JudgedNamespace): boolean => isEnforce(entry['failureAction'] ?? overrideFor(spec, namespace) ?? spec['validationFailureAction']);
      const overridden = asList(spec['validationFailureActionOverrides']).some((override) => isEnforce(asRecord(override)['action']));
      const reaches = (namespace: JudgedNamespace): Reach => (policy.namespace !== '' && policy.namespace !== namespace.name ? 'none' : kyvernoReach(rule, namespace));
      const isDenying = isEnforce(entry['failureAction'] ?? spec['validationFailureAction']) || (entry['failureAction'] === undefined && overridden);
      return {
        engine,
        policy: `${kind} ${policy.namespace === '' ? '' : `${policy.namespace}/`}${policy.name}`,
        mode: isDenying ? 'deny' : 'audit',
        images: [...textsOf(entry['imageReferences']), ...(typeof entry['image'] === 'string' ? [entry['image']] : [])],
        reach: (namespace) => (isDenying && !enforces(namespace) ? 'none' : reaches(namespace)),
        ...(isConditional(rule, spec) && { conditions: conditionsOf(kind, policy) }),
      };
    }));
}

const isThere = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length > 0;

const isConditional = (rule: UnknownRecord, spec: UnknownRecord): boolean =>
  isThere(rule['preconditions']) || isThere(rule['celPreconditions']) || isThere(asRecord(spec['webhookConfiguration'])['matchConditions']);

const conditionsOf = (kind: string, { name }: CustomFacts): MissingEvidence => ({
  fact: kind === 'Policy' ? 'policies.kyverno.io' : 'clusterpolicies.kyverno.io', reason: 'not-requested', detail: `which pods ${kind} ${name} looks at hangs on its preconditions, which only Kyverno evaluates`,
});

/** The action that the first override for a namespace sets. */
export function overrideFor(spec: UnknownRecord, namespace: JudgedNamespace): unknown {
  for (const item of asList(spec['validationFailureActionOverrides'])) {
    const { action, namespaces, namespaceSelector } = asRecord(item);
    const isNamed = namespaces === undefined || textsOf(namespaces).some((pattern) => matchesWildcard(pattern, namespace.name));
    const isSelected = namespaceSelector === undefined || selects(readSelector(namespaceSelector), namespace.labels);
    if (isNamed && isSelected && (namespaces !== undefined || namespaceSelector !== undefined)) return action;
  }
  return undefined;
}

function imageValidating(policy: CustomFacts): readonly Found[] {
  const spec = asRecord(policy.spec);
  const evaluation = asRecord(spec['evaluation']);
  if (asRecord(evaluation['admission'])['enabled'] === false || evaluation['mode'] === 'JSON') return [];
  if (asList(spec['attestors']).length === 0 || asList(spec['validations']).length === 0) return [];
  const constraints = asRecord(spec['matchConstraints']);
  const seesPods = asList(constraints['resourceRules']).map(asRecord).some((rule) => textsOf(rule['resources']).some((resource) => resource === 'pods' || resource === '*'));
  // Conditions are CEL that only the engine evaluates: what they leave in is not for us to say.
  const narrows = asList(spec['matchConditions']).length > 0 || Object.keys(asRecord(constraints['objectSelector'])).length > 0;
  const actions = textsOf(spec['validationActions']);
  return [{
    engine,
    policy: `ImageValidatingPolicy ${policy.name}`,
    mode: actions.length === 0 || actions.includes('Deny') ? 'deny' : 'audit',
    images: asList(spec['matchImageReferences']).map(asRecord).map((reference) => String(reference['glob'] ?? reference['expression'] ?? '')),
    reach: ({ labels }) => (!seesPods || !selects(readSelector(constraints['namespaceSelector']), labels) ? 'none' : narrows ? 'some' : 'all'),
  }];
}
