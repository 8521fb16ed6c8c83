import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { textOf } from './loose.js';
import { serviceKind, targetOf, type Backend, type Route } from './route.js';

export function routeOfOpenShift({ namespace, name, spec, annotations = {} }: CustomFacts): Route {
  const { host, path, to, alternateBackends, port, wildcardPolicy } = asRecord(spec);
  const { targetPort } = asRecord(port);
  const backends = [to, ...asList(alternateBackends)].map((value): Backend => {
    const { kind, name: service } = asRecord(value);
    return {
      kind: textOf(kind) || serviceKind, namespace, name: textOf(service),
      ...((typeof targetPort === 'string' || typeof targetPort === 'number') && { port: targetPort }),
    };
  });
  const given = textOf(host);
  // Without one the server makes a name of its own for it.
  const hosts = given === '' ? [] : [wildcardPolicy === 'Subdomain' ? given.replace(/^[^.]+/, '*') : given];
  return {
    key: 'routes.route.openshift.io', namespace, name, annotations, controller: { product: 'openshift', by: 'its kind' }, realms: ['the OpenShift router'], hosts,
    matches: hosts.map((each) => ({ host: each.toLowerCase(), path: textOf(path) || '/', type: 'prefix', isNarrowed: false, target: targetOf(backends) })),
    backends, parents: [], spec,
  };
}
