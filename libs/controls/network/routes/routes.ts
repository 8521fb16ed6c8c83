import type { ListScope } from '../../engine/scope.js';
import { defineIndex, type World } from '../../engine/world.js';
import { Classes } from './classes.js';
import { routeOfContour } from './contour.js';
import { routeOfGatewayApi } from './gateway-api.js';
import { Gateways } from './gateways.js';
import { routeOfIngress } from './ingress.js';
import { routeOfIstio } from './istio.js';
import { routeOfOpenShift } from './openshift.js';
import { routeKeys, routeRef, type Route } from './route.js';
import { routeOfTraefik } from './traefik.js';

export interface Routes {
  readonly all: readonly Route[];
  readonly classes: Classes;
  readonly gateways: Gateways;
}

function* routesOf(world: World, classes: Classes, gateways: Gateways): Iterable<Route | undefined> {
  for (const ingress of world.seen('ingresses.networking.k8s.io')) yield routeOfIngress(ingress, classes);
  for (const key of ['httproutes.gateway.networking.k8s.io', 'grpcroutes.gateway.networking.k8s.io', 'tlsroutes.gateway.networking.k8s.io'] as const) {
    for (const facts of world.seen(key)) yield routeOfGatewayApi(key, facts, gateways);
  }
  for (const facts of world.seen('ingressroutes.traefik.io')) yield routeOfTraefik(facts);
  for (const facts of world.seen('httpproxies.projectcontour.io')) yield routeOfContour(facts);
  for (const facts of world.seen('virtualservices.networking.istio.io')) yield routeOfIstio(facts);
  for (const facts of world.seen('routes.route.openshift.io')) yield routeOfOpenShift(facts);
}

/** Every way by which HTTP comes into the cluster, of all kinds alike, as far as they were read. Rests on nothing. */
export const routes = defineIndex([], (world): Routes => {
  const classes = new Classes(world);
  const gateways = new Gateways(world, classes);
  return { classes, gateways, all: [...routesOf(world, classes, gateways)].filter((route) => route !== undefined) };
});

/** Every route. */
export const eachRoute: ListScope<Route> = {
  name: 'route',
  family: 'list',
  needs: routeKeys,
  *subjects(world) {
    for (const route of world.use(routes).all) yield { subject: route, resource: routeRef(route), part: '' };
  },
};

/** Lets a verdict rest on every list that routes come from: there may be others. */
export function restOnRoutes(world: World): void {
  for (const key of routeKeys) world.list(key);
}
