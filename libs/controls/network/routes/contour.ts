import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { textOf } from './loose.js';
import { serviceKind, targetOf, type Backend, type Match, type Parent, type Route } from './route.js';

export function routeOfContour({ namespace, name, spec, annotations = {} }: CustomFacts): Route {
  const { virtualhost, routes, includes, tcpproxy, ingressClassName } = asRecord(spec);
  const fqdn = textOf(asRecord(virtualhost)['fqdn']);
  const backends = new Map<string, Backend>();
  const take = (services: unknown): void => {
    for (const service of asList(services)) {
      const { name: to, port } = asRecord(service);
      const backend: Backend = { kind: serviceKind, namespace, name: textOf(to), ...(typeof port === 'number' && { port }) };
      backends.set(targetOf([backend]), backend);
    }
  };
  for (const route of asList(routes)) take(asRecord(route)['services']);
  take(asRecord(tcpproxy)['services']);
  // Contour serves none of two root proxies that claim one name, whatever their paths.
  const matches: readonly Match[] = fqdn === '' ? [] : [{ host: fqdn.toLowerCase(), path: '/', type: 'prefix', isNarrowed: false, target: `HTTPProxy ${namespace}/${name}` }];
  const parents = [...asList(includes), ...(asRecord(tcpproxy)['include'] === undefined ? [] : [asRecord(tcpproxy)['include']])].map((value): Parent => {
    const { name: included, namespace: other } = asRecord(value);
    return { key: 'httpproxies.projectcontour.io', namespace: textOf(other) || namespace, name: textOf(included) };
  });
  const className = textOf(ingressClassName) || annotations['projectcontour.io/ingress.class'] || annotations['kubernetes.io/ingress.class'] || 'contour';
  return {
    key: 'httpproxies.projectcontour.io', namespace, name, annotations, controller: { product: 'contour', by: 'its kind' }, realms: [`Contour's class ${className}`],
    hosts: fqdn === '' ? [] : [fqdn], matches, backends: [...backends.values()], parents, spec,
  };
}
