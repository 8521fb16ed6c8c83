import { selectsAll } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { asList, asRecord, isRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { meshes } from './meshes.js';

const key = 'authorizationpolicies.security.istio.io';

interface NamespacePolicies {
  /** A policy for every pod that lets in what it names and nothing else. */
  readonly denying?: string;
  /** A policy for every pod that lets in everything: it undoes the other. */
  readonly allowing?: string;
}

const policies = defineIndex([key], (world): ReadonlyMap<string, NamespacePolicies> => {
  const found = new Map<string, NamespacePolicies>();
  for (const { namespace, name, spec } of world.list(key)) {
    const { selector, targetRef, targetRefs, action, rules } = asRecord(spec);
    const parsed = looseSelector(selector);
    // One for some pods says nothing of the others.
    if ((parsed !== undefined && !selectsAll(parsed)) || targetRef !== undefined || asList(targetRefs).length > 0) continue;
    const isAllow = action === undefined || action === 'ALLOW';
    const isForAll = asList(rules).some((rule) => Object.keys(asRecord(rule)).length === 0);
    // What is no rule at all denies nobody for certain, though it may let anybody in.
    const deniesAll = asList(rules).some((rule) => isRecord(rule) && Object.keys(rule).length === 0);
    const text = `AuthorizationPolicy ${namespace}/${name}`;
    const known = found.get(namespace) ?? {};
    if (isAllow && isForAll) found.set(namespace, { ...known, allowing: known.allowing ?? text });
    // Once one allows something, what none allows is denied; one that denies everything does so whatever else there is.
    else if (isAllow || (action === 'DENY' && deniesAll)) found.set(namespace, { ...known, denying: known.denying ?? text });
  }
  return found;
});

export interface Authorization {
  readonly isDenying: boolean;
  /** What undoes the denial. */
  readonly allowing?: string;
}

/** Whether pods of a namespace refuse what no policy allows. */
export function authorizationOf(world: World, namespace: string): Authorization {
  const all = world.use(policies);
  const here = [...new Set([namespace, 'istio-system', ...world.use(meshes).controlNamespaces])].flatMap((name) => all.get(name) ?? []);
  const allowing = here.find((each) => each.allowing !== undefined)?.allowing;
  return { isDenying: allowing === undefined && here.some(({ denying }) => denying !== undefined), ...(allowing !== undefined && { allowing }) };
}
