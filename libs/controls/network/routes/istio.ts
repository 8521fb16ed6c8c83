import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { textOf, texts } from './loose.js';
import { Matches, serviceKind, targetOf, type Backend, type Match, type Parent, type Route } from './route.js';

const hostKind = 'host';

/** `name`, `name.namespace.svc` and longer forms are Services; anything else is a name that a ServiceEntry gives. */
function backendOf(value: unknown, namespace: string): Backend {
  const { host, port } = asRecord(asRecord(value)['destination']);
  const text = textOf(host);
  const [first = '', second = namespace, third] = text.split('.');
  const isService = !text.includes('.') || third === 'svc';
  const { number } = asRecord(port);
  return { kind: isService ? serviceKind : hostKind, namespace: isService ? second : namespace, name: isService ? first : text, ...(typeof number === 'number' && { port: number }) };
}

function matchOf(value: unknown): Pick<Match, 'path' | 'type' | 'isNarrowed'> {
  const { uri, name: _name, ...others } = asRecord(value);
  const { exact, prefix, regex } = asRecord(uri);
  const isNarrowed = Object.keys(others).length > 0;
  if (typeof exact === 'string') return { path: exact, type: 'exact', isNarrowed };
  if (typeof regex === 'string') return { path: regex, type: 'regex', isNarrowed };
  return { path: typeof prefix === 'string' ? prefix : '/', type: 'prefix', isNarrowed };
}

/** Gateways that a VirtualService names, `mesh` left out: that is traffic between pods. */
function parentsOf(gateways: unknown, namespace: string): readonly Parent[] {
  return texts(gateways).filter((name) => name !== 'mesh').map((text) => {
    const [first = '', second] = text.split('/');
    return { key: 'gateways.networking.istio.io', namespace: second === undefined ? namespace : first, name: second ?? first };
  });
}

export function routeOfIstio({ namespace, name, spec, annotations = {} }: CustomFacts): Route | undefined {
  const { hosts: names, gateways, http, tls, tcp } = asRecord(spec);
  const parents = parentsOf(gateways, namespace);
  if (parents.length === 0) return undefined;
  const hosts = texts(names).map((host) => (host === '*' ? '' : host));
  const backends = new Map<string, Backend>();
  const matches = new Matches();
  for (const [rules, isHttp] of [[http, true], [tls, false], [tcp, false]] as const) {
    for (const rule of asList(rules)) {
      const { match, route } = asRecord(rule);
      const refs = asList(route).map((destination) => backendOf(destination, namespace));
      for (const ref of refs) backends.set(targetOf([ref]), ref);
      if (!isHttp) continue;
      matches.add(hosts, asList(match).length > 0 ? asList(match).map(matchOf) : [{ path: '/', type: 'prefix', isNarrowed: false }], targetOf(refs));
    }
  }
  return {
    key: 'virtualservices.networking.istio.io', namespace, name, annotations, controller: { product: 'istio', by: 'its kind' },
    realms: parents.map((parent) => `Istio Gateway ${parent.namespace}/${parent.name}`), hosts, matches: matches.list, ...(matches.isCut && { isCut: true }), backends: [...backends.values()], parents, spec,
  };
}
