import type { ServiceFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import type { ListScope } from '../engine/scope.js';
import { fail, provenFail, provenPassPart, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { judgeParents } from './dangling-parents.js';
import { judgeService } from './dangling-services.js';
import { gatewayApi } from './routes/gateways.js';
import { routeKeys, routeRef, serviceKind, type Backend, type Route } from './routes/route.js';
import { routes } from './routes/routes.js';
import { hasPort, isGranted, isInServiceEntry, serviceNamed } from './routes/services.js';

type Subject = { readonly route: Route } | { readonly service: ServiceFacts };

/** Every route, and every Service that they or others may lead to. */
const eachRouteAndService: ListScope<Subject> = {
  name: 'route or service',
  family: 'list',
  needs: [...routeKeys, 'services'],
  *subjects(world) {
    for (const route of world.use(routes).all) yield { subject: { route }, resource: routeRef(route), part: '' };
    for (const service of world.seen('services')) yield { subject: { service }, resource: { group: '', kind: 'Service', namespace: service.namespace, name: service.name }, part: '' };
  },
};

interface Fault {
  readonly message: string;
  /** What was looked for and not found; undefined where it was seen to be wrong. */
  readonly rests?: 'services' | 'referencegrants.gateway.networking.k8s.io' | 'serviceentries.networking.istio.io';
}

function faultOf(world: World, backend: Backend, route: Route): Fault | undefined {
  const { kind, namespace, name, port } = backend;
  if (kind === 'host') return name.startsWith('*') || isInServiceEntry(world, name) ? undefined : { message: `no ServiceEntry has the host ${name.slice(0, 253)}`, rests: 'serviceentries.networking.istio.io' };
  // Traefik's own services, and those of its other providers.
  if (kind !== serviceKind || name.includes('@')) return undefined;
  if (name === '') return { message: 'a rule of it names no Service' };
  const where = namespace === route.namespace ? name : `${namespace}/${name}`;
  if (namespace !== route.namespace && route.key.endsWith(`.${gatewayApi}`) && !isGranted(world, routeRef(route), 'Service', backend)) {
    return { message: `no ReferenceGrant lets it lead to Service ${where}`, rests: 'referencegrants.gateway.networking.k8s.io' };
  }
  const service = serviceNamed(world, namespace, name);
  if (!service) return { message: `Service ${where} is not there`, rests: 'services' };
  if (port === undefined || service.type === 'ExternalName' || hasPort(service, port, route)) return undefined;
  return { message: `Service ${where} has no port ${String(port).slice(0, 63)}` };
}

function judgeBackends(route: Route, world: World): Verdict {
  const part = 'backend';
  if (route.broken) return provenFail('a rule of it names neither a Service nor another backend', { part });
  const faults = route.backends.flatMap((backend) => faultOf(world, backend, route) ?? []);
  if (faults.length === 0) return provenPassPart(part);
  const shown = faults.find(({ rests }) => rests === undefined) ?? faults[0]!;
  const detail = { backends: faults.slice(0, 20).map(({ message }) => message), count: faults.length };
  const message = `${shown.message}: ${shown.rests === 'services' ? 'whoever may make one of this name takes its requests' : 'its requests lead nowhere'}`;
  if (shown.rests === undefined) return provenFail(message, { part, detail });
  for (const { rests } of faults) world.list(rests!);
  return fail(message, { part, detail });
}

const ingress = (service: string, port = 'number: 80') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {ingressClassName: nginx, rules: [{host: www.shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: {${port}}}}}]}}]}
---
`;
const service = (spec = 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]', namespace = 'shop') => `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: ${namespace}}\nspec: {${spec}}\n---\n`;
const workload = (labels = 'app: web, tier: front', namespace = 'shop') => `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: ${namespace}}\nspec: {replicas: 0, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: web, image: registry.example/web:1}]}}}\n---\n`;
const slice = 'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nendpoints: []\n---\n';
const custom = (apiVersion: string, kind: string, namespace: string, spec: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: ${namespace}}\nspec: ${spec}\n---\n`;
const gateway = (listener = ', allowedRoutes: {namespaces: {from: All}}') => custom('gateway.networking.k8s.io/v1', 'Gateway', 'edge', `{gatewayClassName: eg, listeners: [{name: https, port: 443, protocol: HTTPS, hostname: www.shop.example${listener}}]}`);
const httpRoute = (backend = 'name: web, port: 80', parent = 'name: web, namespace: edge') => custom('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop', `{parentRefs: [{${parent}}], hostnames: [www.shop.example], rules: [{backendRefs: [{${backend}}]}]}`);
const grant = custom('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'orders', '{from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: "", kind: Service}]}');
const virtualService = (host: string) => custom('networking.istio.io/v1', 'Gateway', 'shop', '{selector: {istio: ingressgateway}, servers: []}') + custom('networking.istio.io/v1', 'VirtualService', 'shop', `{hosts: [www.shop.example], gateways: [web], http: [{route: [{destination: {host: ${host}}}]}]}`);
const whole = (text: string, title?: string) => manifests(text.replace(/---\n$/, ''), title === undefined ? {} : { title });
const target = service() + workload();

export const danglingRoutes = defineControl({
  id: 'network/dangling-routes',
  title: 'Every route and Service leads to something inside the cluster',
  severity: 'medium',
  why: 'A host that leads to a Service which is not there, or a Service that selects no pod, belongs to whoever makes the missing piece: one object in that namespace, and requests, cookies and passwords that were meant for the old application are theirs. An ExternalName hands them to a name outside that can change hands too.',
  remediation: 'Delete the route or Service if what it led to is gone, together with its DNS name. Otherwise mend the name: that of the Service and its port in the route, the labels in spec.selector of the Service, the Gateway in parentRefs; and add a ReferenceGrant where a route leads into another namespace. Replace an ExternalName by calling the outside name directly, through an egress gateway or policy that names it.',
  frameworks: {
    'nsa-cisa': ['upgrades/unused-components'], 'nist-800-53': ['CM-6', 'CM-8', 'SC-7'], 'mitre-attack': ['T1036.005'], 'pci-dss': ['1.2.5'], soc2: ['CC6.6'],
  },
  evidence: ['api'],
  parts: {
    backend: 'what a route leads to is there', parent: 'the gateway or proxy that a route belongs to is there and takes it',
    endpoints: 'a Service has pods or endpoints behind it', 'external-name': 'a Service hands nothing outside',
  },
  scope: eachRouteAndService,
  check: (subject, world) => ('service' in subject ? judgeService(subject.service, world) : [orUnknown('backend', () => judgeBackends(subject.route, world)), ...(subject.route.parents.length > 0 ? [orUnknown('parent', () => judgeParents(subject.route, world))] : [])]),
  examples: {
    passes: [
      whole(ingress('web') + target, 'A workload at no replicas counts as there'),
      whole(ingress('web', 'name: http') + target),
      whole(ingress('web', 'number: 8080') + target, 'ingress-nginx takes the pods\' own port too'),
      whole(ingress('web') + service('ports: [{port: 80}]') + slice, 'Endpoints that somebody keeps by hand'),
      whole('apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\nspec: {ports: [{port: 443}]}'),
      whole(target + 'apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: blog}\nspec: {type: ExternalName, externalName: web.shop.svc.cluster.local}', 'Another name for a Service of the cluster'),
      whole(service('selector: {statefulset.kubernetes.io/pod-name: web-0}, ports: [{port: 80}]') + workload('app: web').replace('Deployment', 'StatefulSet'), 'One pod of a StatefulSet'),
      whole(gateway() + httpRoute() + target),
      whole(gateway(', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: web}}}}') + httpRoute() + target + 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: web}}'),
      whole(gateway() + httpRoute('name: web, namespace: orders, port: 80') + grant + service(undefined, 'orders') + workload(undefined, 'orders')),
      whole(virtualService('web.shop.svc.cluster.local') + target),
      whole(virtualService('pay.example') + custom('networking.istio.io/v1', 'ServiceEntry', 'shop', '{hosts: ["*.example"]}')),
      whole(custom('traefik.io/v1alpha1', 'IngressRoute', 'shop', '{routes: [{kind: Rule, match: "Host(`www.shop.example`)", services: [{name: web, port: http}, {kind: TraefikService, name: api@internal}]}]}') + target),
      whole(custom('route.openshift.io/v1', 'Route', 'shop', '{host: www.shop.example, port: {targetPort: 8080}, to: {kind: Service, name: web}}') + target),
    ],
    fails: [
      whole(ingress('gone') + target),
      whole(ingress('web', 'number: 8443') + target),
      whole(target + 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {rules: [{http: {paths: [{path: /, backend: {serviceName: web, servicePort: 80}}]}}]}', 'Fields that v1 does not have'),
      whole('apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {defaultBackend: {service: {name: gone, port: {number: 80}}}}'),
      whole(service('selector: {app: web, tier: back}, ports: [{port: 80}]') + workload()),
      whole(service() + workload(undefined, 'orders'), 'Pods of another namespace'),
      whole(service('ports: [{port: 80}]'), 'Neither a selector nor endpoints'),
      whole(service('type: ExternalName, externalName: shop.example.com')),
      whole(service('type: ExternalName, externalName: gone.orders.svc.cluster.local')),
      whole(gateway() + httpRoute('name: web, namespace: orders, port: 80') + service(undefined, 'orders') + workload(undefined, 'orders'), 'No ReferenceGrant'),
      whole(httpRoute() + target, 'No Gateway of that name'),
      whole(gateway('') + httpRoute() + target, 'The Gateway takes routes of its own namespace alone'),
      whole(gateway() + httpRoute(undefined, 'name: web, namespace: edge, sectionName: http') + target, 'No such listener'),
      whole(virtualService('pay.example')),
      whole(custom('projectcontour.io/v1', 'HTTPProxy', 'shop', '{virtualhost: {fqdn: www.shop.example}, includes: [{name: gone, namespace: blog}]}')),
    ],
    unknown: [
      manifests(ingress('web').slice(0, -4), { missing: { services: 'forbidden' } }),
      manifests(service('ports: [{port: 80}]').slice(0, -4), { missing: { 'endpointslices.discovery.k8s.io': 'forbidden' } }),
      whole(service('selector: {app: web, rollouts-pod-template-hash: abc}, ports: [{port: 80}]') + workload('app: web'), 'Pods of one roll-out'),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
