import type { Labels, ServiceFacts } from '#inventory/facts.js';
import { groupBy } from '#inventory/group-by.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, lackOf, type World } from '../../engine/world.js';
import { exposureOf } from '../exposure.js';
import { controllerWorkloads } from './controller-workloads.js';
import { products, type Product } from './controllers.js';
import type { Parent, Route } from './route.js';
import { routes } from './routes.js';

/** Whether a route is reached from the internet. */
export type Facing =
  | { readonly state: 'internet'; readonly by: string }
  | { readonly state: 'inside'; readonly because: string }
  | { readonly state: 'unknown'; readonly missing: MissingEvidence };

const isOutward = (service: ServiceFacts): boolean => service.type === 'LoadBalancer' || service.type === 'NodePort' || service.externalIPs.length > 0;

/** Services that something outside may reach: all doors are among them. */
const outward = defineIndex([], (world) => world.seen('services').filter(isOutward));

const selectsAll = (selector: Labels, labels: Labels): boolean => {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
};

interface Doors {
  readonly services: readonly ServiceFacts[];
  /** Its pods listen on ports of their nodes. */
  readonly isOnNodes: boolean;
}

const doorsOfProducts = defineIndex([], (world): ReadonlyMap<Product, Doors> => {
  const byNamespace = groupBy(world.use(outward), ({ namespace }) => namespace);
  const doors = new Map<Product, { services: Set<ServiceFacts>; isOnNodes: boolean }>();
  for (const { product, workload, templates } of world.use(controllerWorkloads)) {
    let known = doors.get(product);
    if (!known) doors.set(product, (known = { services: new Set(), isOnNodes: false }));
    for (const template of templates) {
      for (const service of byNamespace.get(workload.namespace) ?? []) if (selectsAll(service.selector, template.labels)) known.services.add(service);
      if (template.hostNetwork || template.containers.some(({ ports }) => ports.some(({ hostPort }) => hostPort === 80 || hostPort === 443))) known.isOnNodes = true;
    }
  }
  return new Map([...doors].map(([product, { services, isOnNodes }]) => [product, { services: [...services], isOnNodes }]));
});

const istioSelectors = defineIndex([], (world) => new Map(world.seen('gateways.networking.istio.io').map(({ namespace, name, spec }) => [`${namespace}/${name}`, asRecord(asRecord(spec)['selector'])])));

/** Labels of the pods that serve an Istio Gateway. */
export const istioSelectorOf = (world: World, { namespace, name }: Parent): Labels =>
  Object.fromEntries(Object.entries(world.use(istioSelectors).get(`${namespace}/${name}`) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

/** Services that implementations make of a Gateway. */
function isOfGateway({ namespace, name, selector }: ServiceFacts, gateway: Parent): boolean {
  if (selector['gateway.envoyproxy.io/owning-gateway-name'] === gateway.name) return selector['gateway.envoyproxy.io/owning-gateway-namespace'] === gateway.namespace;
  return namespace === gateway.namespace && (selector['gateway.networking.k8s.io/gateway-name'] === gateway.name || name === `cilium-gateway-${gateway.name}`);
}

function doorsOf(world: World, { key, controller, parents }: Route): Doors {
  const all = world.use(outward);
  if (key === 'virtualservices.networking.istio.io') {
    const selectors = parents.map((parent) => istioSelectorOf(world, parent)).filter((labels) => Object.keys(labels).length > 0);
    return { services: all.filter(({ selector }) => selectors.some((labels) => selectsAll(labels, selector))), isOnNodes: false };
  }
  if (controller.product === 'openshift') return { services: all.filter(({ namespace }) => namespace === 'openshift-ingress'), isOnNodes: false };
  const made = parents.length > 0 ? all.filter((service) => parents.some((parent) => isOfGateway(service, parent))) : [];
  if (made.length > 0) return { services: made, isOnNodes: false };
  return (controller.product && world.use(doorsOfProducts).get(controller.product)) ?? { services: [], isOnNodes: false };
}

const untold = (detail: string): Facing => ({ state: 'unknown', missing: { fact: 'services', reason: 'not-requested', detail } });

/** Doors by gateway: many routes share one. */
const doorsByGateway = defineIndex([], () => new Map<string, Doors>());

function rememberedDoorsOf(world: World, route: Route): Doors {
  if (route.parents.length === 0) return doorsOf(world, route);
  const key = route.parents.map((parent) => `${parent.key} ${parent.namespace}/${parent.name}`).join(' ');
  const known = world.use(doorsByGateway);
  let doors = known.get(key);
  if (!doors) known.set(key, (doors = doorsOf(world, route)));
  return doors;
}

/** Load balancers of a cloud, which no Service of the cluster stands for. */
function facingOfCloud({ annotations, controller, className }: Route): Facing | undefined {
  if (controller.product === 'tailscale') return { state: 'inside', because: 'it is served inside a private network' };
  if (controller.product === 'alb') {
    const scheme = annotations['alb.ingress.kubernetes.io/scheme'];
    if (scheme === 'internal') return { state: 'inside', because: 'its load balancer is internal, by annotation alb.ingress.kubernetes.io/scheme' };
    return scheme === 'internet-facing' ? { state: 'internet', by: 'an internet-facing load balancer' } : untold('its load balancer has the scheme of its class, which is not read');
  }
  if (controller.product === 'gce') {
    return className === 'gce-internal' ? { state: 'inside', because: 'its class makes internal load balancers' } : { state: 'internet', by: 'an external load balancer' };
  }
  return undefined;
}

export function facingOf(route: Route, world: World): Facing {
  const cloud = facingOfCloud(route);
  if (cloud) return cloud;
  world.list('services');
  const lack = lackOf(world, 'services');
  const { services, isOnNodes } = rememberedDoorsOf(world, route);
  const open = services.filter((service) => exposureOf(service).loadBalancer !== undefined);
  const closed = services.filter((service) => service.type === 'LoadBalancer' && exposureOf(service).loadBalancer === undefined);
  const title = route.controller.product ? products[route.controller.product].title : route.controller.by;
  if (open.length > 0) {
    if (closed.length > 0 && world.use(routes).classes.countOf(route.controller) > 1) return untold(`${title} has load balancers inside and outside, and which of them serves ${route.controller.by} is not told`);
    return { state: 'internet', by: `load balancer ${open[0]!.namespace}/${open[0]!.name}` };
  }
  if (lack) return { state: 'unknown', missing: lack };
  if (closed.length > 0) {
    const { internalBy } = exposureOf(closed[0]!);
    return { state: 'inside', because: internalBy === undefined ? `load balancer ${closed[0]!.namespace}/${closed[0]!.name} lets in the sources it names` : `load balancer ${closed[0]!.namespace}/${closed[0]!.name} is internal, by ${internalBy}` };
  }
  if (services.length > 0 || isOnNodes) return untold(`${title} listens on ports of the nodes, and whether the internet reaches those is not seen from inside`);
  return untold(`no Service by which ${title} is reached from outside was found`);
}
