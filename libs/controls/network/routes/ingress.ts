import type { IngressFacts, IngressPath } from '#inventory/facts.js';
import type { Classes } from './classes.js';
import { Matches, serviceKind, targetOf, type Backend, type Match, type Route } from './route.js';

const canary = 'nginx.ingress.kubernetes.io/canary';

/** Where an Ingress competes with others: its class, but for controllers that make a load balancer of each or of a named group. */
function realmOf(ingress: IngressFacts, classes: Classes, product: string | undefined): string {
  const own = `Ingress ${ingress.namespace}/${ingress.name}`;
  if (product === 'gce' || product === 'tailscale') return own;
  if (product === 'alb') {
    const group = ingress.annotations['alb.ingress.kubernetes.io/group.name'];
    return group === undefined || group === '' ? own : `load balancer group ${group}`;
  }
  return `ingress class ${classes.classOf(ingress)}`;
}

const backendOf = (namespace: string, { service, port }: Pick<IngressPath, 'service' | 'port'>): Backend | undefined =>
  service === undefined || service === '' ? undefined : { kind: serviceKind, namespace, name: service, port };

export function routeOfIngress(ingress: IngressFacts, classes: Classes): Route {
  const { namespace, name, annotations, rules, defaultService, defaultPort } = ingress;
  const controller = classes.controllerOfIngress(ingress);
  const isCanary = controller.product === 'ingress-nginx' && annotations[canary] === 'true';
  // An ALB's actions and ssl-redirects are backends that are no Services.
  const isAction = (path: IngressPath): boolean => path.port === 'use-annotation';
  const isRegex = annotations['nginx.ingress.kubernetes.io/use-regex'] === 'true';
  const matches = new Matches();
  const typeOf = ({ type }: IngressPath): Match['type'] => (type === 'Exact' ? 'exact' : isRegex && type === undefined ? 'regex' : 'prefix');
  const backends = new Map<string, Backend>();
  let isBroken = false;
  for (const { host, paths } of rules) {
    for (const path of paths) {
      const backend = backendOf(namespace, path);
      if (backend && !isAction(path)) backends.set(`${backend.name}:${backend.port ?? ''}`, backend);
      if (!backend && path.resource !== true) isBroken = true;
      // A canary takes a part of what another Ingress takes.
      matches.add([host], [{ path: path.path, type: typeOf(path), isNarrowed: isCanary || isAction(path) }], backend ? targetOf([backend]) : 'resource');
    }
  }
  const fallback = backendOf(namespace, { service: defaultService, port: defaultPort });
  if (fallback) backends.set(`${fallback.name}:${fallback.port ?? ''}`, fallback);
  const hosts = [...new Set(rules.map(({ host }) => host)), ...(rules.length === 0 ? [''] : [])];
  return {
    key: 'ingresses.networking.k8s.io', namespace, name, annotations, controller, className: ingress.className, realms: [realmOf(ingress, classes, controller.product)],
    hosts, matches: matches.list, ...(matches.isCut && { isCut: true }), backends: [...backends.values()], ...(isBroken && { broken: true }), parents: [], spec: {},
  };
}
