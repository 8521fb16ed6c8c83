import type { Labels } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { resourceType } from '#inventory/resources.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { Product } from './controllers.js';

/** Kinds by which HTTP comes into a cluster. */
export const routeKeys = [
  'ingresses.networking.k8s.io', 'httproutes.gateway.networking.k8s.io', 'grpcroutes.gateway.networking.k8s.io', 'tlsroutes.gateway.networking.k8s.io',
  'ingressroutes.traefik.io', 'httpproxies.projectcontour.io', 'virtualservices.networking.istio.io', 'routes.route.openshift.io',
] as const;
export type RouteKey = (typeof routeKeys)[number];

/** Who serves a route. */
export interface Controller {
  /** Undefined where it is none that is known here. */
  readonly product?: Product;
  /** The class or gateway by which it was told. */
  readonly by: string;
  /** What kept it from being told. */
  readonly missing?: MissingEvidence;
}

/** Where a route hands its requests to. */
export interface Backend {
  /** `Service`, or the group and kind of something else. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port?: number | string;
}

/** One condition under which a route takes a request. */
export interface Match {
  readonly host: string;
  readonly path: string;
  readonly type: 'exact' | 'prefix' | 'regex';
  /** It asks for more than host and path: another route may have the same of both. */
  readonly isNarrowed: boolean;
  /** Who answers, as text: two claims that lead to the same are none against each other. */
  readonly target: string;
}

/** One object that brings HTTP into the cluster, whatever its kind. */
export interface Route {
  readonly key: RouteKey;
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Labels;
  readonly controller: Controller;
  /** The class it names, of an Ingress. */
  readonly className?: string;
  /** Routes of one realm are served at one address; two of different realms never compete. */
  readonly realms: readonly string[];
  /** As they are written; '' for every host. Empty where another object gives them. */
  readonly hosts: readonly string[];
  readonly matches: readonly Match[];
  readonly backends: readonly Backend[];
  /** There are more matches than are read: what is written here is beyond what anybody writes by hand. */
  readonly isCut?: true;
  /** Rules whose backend is none that the API has. */
  readonly broken?: true;
  /** Objects that are to serve it, `kind/namespace/name`: gateways, parents, included proxies. */
  readonly parents: readonly Parent[];
  /** Its own settings and those it names that decide about rates and sources, read by the controller's own reader. */
  readonly spec: unknown;
}

export interface Parent {
  readonly key: 'gateways.gateway.networking.k8s.io' | 'gateways.networking.istio.io' | 'httpproxies.projectcontour.io';
  readonly namespace: string;
  readonly name: string;
  /** The listener it names. */
  readonly section?: string;
}

/** Most conditions of one route that are told one by one. */
const MAX_MATCHES = 10_000;

/** Gathers the conditions of a route: each host with each path. */
export class Matches {
  readonly list: Match[] = [];
  isCut = false;

  add(hosts: readonly string[], paths: readonly Pick<Match, 'path' | 'type' | 'isNarrowed'>[], target: string): void {
    for (const host of hosts) {
      for (const { path, type, isNarrowed } of paths) {
        if (this.list.length === MAX_MATCHES) {
          this.isCut = true;
          return;
        }
        this.list.push({ host: host.toLowerCase(), path, type, isNarrowed, target });
      }
    }
  }
}

export const routeRef = ({ key, namespace, name }: Pick<Route, 'key' | 'namespace' | 'name'>): ResourceRef => {
  const { group, kind } = resourceType(key);
  return { group, kind, namespace, name };
};

export const routeText = (route: Pick<Route, 'key' | 'namespace' | 'name'>): string => `${resourceType(route.key).kind} ${route.namespace}/${route.name}`;

export const serviceKind = 'Service';

export const targetOf = (backends: readonly Backend[]): string => backends.map(({ kind, namespace, name, port }) => `${kind} ${namespace}/${name}:${port ?? ''}`).sort().join(' ');
