import type { CustomFacts } from '#inventory/facts.js';
import { resourceType } from '#inventory/resources.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from './loose.js';
import type { Route } from './route.js';
import { none, set, type Setting } from './setting.js';

const policyKeys = { traffic: 'backendtrafficpolicies.gateway.envoyproxy.io', security: 'securitypolicies.gateway.envoyproxy.io' } as const;

interface Policies {
  /** By what they are attached to: `kind namespace/name`. */
  readonly byTarget: ReadonlyMap<string, readonly CustomFacts[]>;
  readonly selecting: readonly CustomFacts[];
}

const policiesOf = (key: (typeof policyKeys)[keyof typeof policyKeys]) => defineIndex([key], (world): Policies => {
  const byTarget = new Map<string, CustomFacts[]>();
  const selecting: CustomFacts[] = [];
  for (const policy of world.list(key)) {
    const { targetRef, targetRefs, targetSelectors } = asRecord(policy.spec);
    if (asList(targetSelectors).length > 0) selecting.push(policy);
    for (const { kind, name } of [targetRef, ...asList(targetRefs)].map(asRecord)) {
      const target = `${textOf(kind)} ${policy.namespace}/${textOf(name)}`;
      const list = byTarget.get(target);
      if (list) list.push(policy);
      else byTarget.set(target, [policy]);
    }
  }
  return { byTarget, selecting };
});

const indexes = { traffic: policiesOf(policyKeys.traffic), security: policiesOf(policyKeys.security) } as const;

/** Whether a policy of Envoy Gateway that does what is asked for is attached to a route, or to a Gateway that serves it. */
export function byPolicy(route: Route, world: World, of: keyof typeof policyKeys, fits: (spec: UnknownRecord) => boolean): Setting {
  const { byTarget, selecting } = world.use(indexes[of]);
  const targets = [`${resourceType(route.key).kind} ${route.namespace}/${route.name}`, ...route.parents.map(({ namespace, name }) => `Gateway ${namespace}/${name}`)];
  if (targets.some((target) => byTarget.get(target)?.some(({ spec }) => fits(asRecord(spec))))) return set;
  const untold = selecting.find(({ spec }) => fits(asRecord(spec)));
  const key = policyKeys[of];
  return untold ? { state: 'unknown', missing: { fact: key, reason: 'not-requested', detail: `${resourceType(key).kind} ${untold.namespace}/${untold.name} selects its targets by labels, which are not kept of routes` } } : none;
}
