import type { ServiceFacts } from '#inventory/facts.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf, texts } from './loose.js';
import type { Route } from './route.js';

const servicesByName = defineIndex([], (world) => new Map(world.seen('services').map((service) => [`${service.namespace}/${service.name}`, service])));

/** A Service by its name, as far as Services were read. */
export const serviceNamed = (world: World, namespace: string, name: string): ServiceFacts | undefined => world.use(servicesByName).get(`${namespace}/${name}`);

const entryHosts = defineIndex([], (world) => new Set(world.seen('serviceentries.networking.istio.io').flatMap(({ spec }) => texts(asRecord(spec)['hosts']))));

/** Whether a ServiceEntry gives this name, itself or by a wildcard. */
export function isInServiceEntry(world: World, host: string): boolean {
  const hosts = world.use(entryHosts);
  for (let rest = host, dot = rest.indexOf('.'); ; dot = rest.indexOf('.')) {
    if (rest === host ? hosts.has(host) : hosts.has(`*.${rest}`)) return true;
    if (dot < 0) return false;
    rest = rest.slice(dot + 1);
  }
}

/** Whether a Service has the port that a route names, as the route's controller looks it up. */
export function hasPort(service: ServiceFacts, port: number | string, route: Route): boolean {
  // Names stand in the Service; the router of OpenShift and ingress-nginx take the pods' own port too.
  const takesTarget = route.key === 'routes.route.openshift.io' || route.controller.product === 'ingress-nginx';
  const text = String(port);
  return service.ports.some((each) => String(each.port) === text || each.name === text || (takesTarget && String(each.targetPort ?? each.port) === text));
}

interface Grant {
  readonly namespace: string;
  readonly from: readonly string[];
  /** `group/kind/name`, without a name for all. */
  readonly to: readonly string[];
}

const grants = defineIndex([], (world): ReadonlyMap<string, readonly Grant[]> => {
  const byNamespace = new Map<string, Grant[]>();
  for (const { namespace, spec } of world.seen('referencegrants.gateway.networking.k8s.io')) {
    const { from, to } = asRecord(spec);
    const grant: Grant = {
      namespace,
      from: asList(from).map((value) => {
        const { group, kind, namespace: other } = asRecord(value);
        return `${textOf(group)}/${textOf(kind)}/${textOf(other)}`;
      }),
      to: asList(to).map(asRecord).map(({ group, kind, name }) => `${textOf(group)}/${textOf(kind)}/${textOf(name)}`),
    };
    const list = byNamespace.get(namespace);
    if (list) list.push(grant);
    else byNamespace.set(namespace, [grant]);
  }
  return byNamespace;
});

/** Whether the namespace of a Service or Secret lets an object of another namespace refer to it. */
export function isGranted(world: World, from: ResourceRef, kind: 'Service' | 'Secret', { namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
  const wanted = `${from.group}/${from.kind}/${from.namespace}`;
  return (world.use(grants).get(namespace) ?? []).some((grant) => grant.from.includes(wanted) && (grant.to.includes(`/${kind}/`) || grant.to.includes(`/${kind}/${name}`)));
}
