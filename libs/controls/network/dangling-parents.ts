import type { Labels } from '#inventory/facts.js';
import { selects } from '#inventory/readers/label-selector.js';
import { looseSelector } from '#inventory/readers/loose-selector.js';
import { asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { resourceType } from '#inventory/resources.js';
import { fail, provenFail, provenPassPart, type Verdict } from '../engine/verdict.js';
import { defineIndex, lackOf, MissingEvidenceError, type World } from '../engine/world.js';
import { textOf } from './routes/loose.js';
import type { Parent, Route } from './routes/route.js';
import { routes } from './routes/routes.js';

const part = 'parent';

const namesOf = (key: Exclude<Parent['key'], 'gateways.gateway.networking.k8s.io'>) => defineIndex([], (world) => new Set(world.seen(key).map(({ namespace, name }) => `${namespace}/${name}`)));
const istioGateways = namesOf('gateways.networking.istio.io');
const proxies = namesOf('httpproxies.projectcontour.io');

const namespaceLabels = defineIndex(['namespaces'], (world) => new Map<string, Labels>(world.list('namespaces').map(({ name, labels }) => [name, labels])));

/** Whether a listener takes routes of a namespace: those of its own where it does not say. Undefined where it goes by labels of a namespace that was not read. */
function takes(world: World, listener: UnknownRecord, gateway: Parent, namespace: string): boolean | undefined {
  const { from, selector } = asRecord(asRecord(listener['allowedRoutes'])['namespaces']);
  switch (textOf(from)) {
    case 'All': return true;
    case 'None': return false;
    case 'Selector': {
      const wanted = looseSelector(selector);
      if (!wanted) return false;
      const own = world.use(namespaceLabels).get(namespace);
      return own || !lackOf(world, 'namespaces') ? selects(wanted, { ...own, 'kubernetes.io/metadata.name': namespace }) : undefined;
    }
    default: return gateway.namespace === namespace;
  }
}

/** Why a parent does not serve the route; undefined where it does, or may. Throws MissingEvidenceError where that hangs on what was not read. */
function faultOf(world: World, parent: Parent, route: Route): { readonly message: string; readonly isSeen: boolean } | undefined {
  const text = `${resourceType(parent.key).kind} ${parent.namespace}/${parent.name}`;
  const absent = { message: `${text} is not there`, isSeen: false };
  if (parent.key === 'gateways.networking.istio.io') return world.use(istioGateways).has(`${parent.namespace}/${parent.name}`) ? undefined : absent;
  if (parent.key === 'httpproxies.projectcontour.io') return world.use(proxies).has(`${parent.namespace}/${parent.name}`) ? undefined : absent;
  const listeners = world.use(routes).gateways.listenersOf(parent);
  if (!listeners) return absent;
  if (parent.section !== undefined && listeners.length === 0) return { message: `${text} has no listener ${parent.section}`, isSeen: true };
  const answers = listeners.map((listener) => takes(world, listener, parent, route.namespace));
  if (answers.includes(true)) return undefined;
  const lack = answers.includes(undefined) ? lackOf(world, 'namespaces') : undefined;
  if (lack) throw new MissingEvidenceError(lack);
  return { message: `no listener of ${text} takes routes of namespace ${route.namespace}`, isSeen: true };
}

/** Whether the gateways or proxies that a route names are there and take it. */
export function judgeParents(route: Route, world: World): Verdict {
  const faults = route.parents.flatMap((parent) => {
    const fault = faultOf(world, parent, route);
    return fault ? [{ ...fault, parent }] : [];
  });
  if (faults.length === 0) return provenPassPart(part);
  const message = faults.slice(0, 3).map((fault) => fault.message).join('; ');
  const options = { part, detail: { parents: faults.slice(0, 20).map(({ parent }) => `${parent.namespace}/${parent.name}`) } };
  const seen = faults.find(({ isSeen }) => isSeen);
  if (seen) return provenFail(seen.message, options);
  for (const { parent } of faults) world.list(parent.key);
  return fail(message, options);
}
