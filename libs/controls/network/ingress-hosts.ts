import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { claimKey, claims } from './routes/claims.js';
import { routeText, type Match, type Route } from './routes/route.js';
import { eachRoute, restOnRoutes } from './routes/routes.js';

const SHOWN = 3;
const listed = (texts: readonly string[]): string => `${texts.slice(0, SHOWN).join(', ')}${texts.length > SHOWN ? ' …' : ''}`;

const isWildcard = (host: string): boolean => host.startsWith('*');

function judgeEmpty({ hosts, matches }: Route): Verdict {
  const part = 'host';
  if (!hosts.includes('')) return provenPassPart(part);
  const paths = [...new Set(matches.filter(({ host }) => host === '').map(({ path }) => path || '/'))];
  return provenFail(`it names no host${paths.length > 0 ? ` for ${listed(paths)}` : ''}: it answers for every name that no other route claims`, { part, detail: { paths: paths.slice(0, 20) } });
}

function judgeWildcard({ hosts }: Route): Verdict {
  const part = 'wildcard';
  const wild = hosts.filter(isWildcard);
  if (wild.length === 0) return provenPassPart(part);
  return provenFail(`it answers for every name of ${listed(wild)}, those included that nobody has given out yet`, { part, detail: { hosts: wild.slice(0, 50) } });
}

function judgeCollision(route: Route, world: World): Verdict {
  const part = 'collision';
  const contested = world.use(claims);
  const found: { readonly match: Match; readonly others: readonly Route[] }[] = [];
  for (const match of route.matches) {
    if (match.isNarrowed || match.target === '') continue;
    for (const realm of route.realms) {
      const rivals = contested.get(claimKey(realm, match));
      // The same backend by two objects of one namespace is written twice, but not ambiguous.
      const others = rivals?.filter((rival) => rival.route !== route && (rival.route.namespace !== route.namespace || rival.target !== match.target)) ?? [];
      if (others.length > 0) found.push({ match, others: others.map((rival) => rival.route) });
    }
  }
  if (found.length === 0) {
    restOnRoutes(world);
    if (route.isCut) return unknown({ fact: route.key, reason: 'limit', detail: 'it has more rules than are compared with those of others' }, part);
    return passPart(part);
  }
  const { match, others } = found[0]!;
  const foreign = found.some((each) => each.others.some(({ namespace }) => namespace !== route.namespace));
  return provenFail(`${match.host === '' ? 'every host' : match.host}${match.path} is claimed by ${listed(others.map(routeText))} as well: which of them answers is the controller's choice`, {
    part,
    detail: {
      ofOtherNamespace: foreign,
      claims: found.slice(0, 20).map((each) => ({ host: each.match.host, path: each.match.path, others: each.others.slice(0, 5).map(routeText) })),
      count: found.length,
    },
  });
}

/** Hosts come from the Gateway or proxy it belongs to, or from the server. */
function givenElsewhere({ key, parents }: Route, world: World): Verdict | readonly Verdict[] {
  const lack = key === 'httpproxies.projectcontour.io' ? undefined : parents.map((parent) => lackOf(world, parent.key)).find((each) => each !== undefined);
  return lack ? ['host', 'wildcard', 'collision'].map((part) => unknown(lack, part)) : notApplicable('its hosts are given by the object that it belongs to, or by the server');
}

const ingress = (namespace: string, host: string, options: { readonly name?: string; readonly path?: string; readonly service?: string; readonly className?: string; readonly annotations?: string } = {}) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${options.name ?? 'web'}, namespace: ${namespace}, annotations: {${options.annotations ?? ''}}}
spec:
  ingressClassName: ${options.className ?? 'nginx'}
  rules: [{${host === '' ? '' : `host: "${host}", `}http: {paths: [{path: ${options.path ?? '/'}, pathType: Prefix, backend: {service: {name: ${options.service ?? 'web'}, port: {number: 80}}}}]}}]
---
`;
const custom = (apiVersion: string, kind: string, namespace: string, name: string, spec: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;
const gateway = (listener: string) => custom('gateway.networking.k8s.io/v1', 'Gateway', 'edge', 'web', `{gatewayClassName: eg, listeners: [{name: https, port: 443, protocol: HTTPS${listener}}]}`);
const httpRoute = (namespace: string, spec: string) => custom('gateway.networking.k8s.io/v1', 'HTTPRoute', namespace, 'web', `{parentRefs: [{name: web, namespace: edge}], rules: [{${spec.includes('matches') ? `${spec.slice(spec.indexOf('matches'))}, ` : ''}backendRefs: [{name: web, port: 80}]}]${spec.startsWith('hostnames') ? `, ${spec.split('; ')[0]}` : ''}}`);
const traefik = (namespace: string, rule: string) => custom('traefik.io/v1alpha1', 'IngressRoute', namespace, 'web', `{entryPoints: [websecure], routes: [{kind: Rule, match: '${rule}', services: [{name: web, port: 80}]}]}`);
const whole = (text: string, title?: string) => manifests(text.replace(/---\n$/, ''), title === undefined ? {} : { title });

export const ingressHosts = defineControl({
  id: 'network/ingress-hosts',
  title: 'Every route names its hosts, and no two routes claim the same one',
  severity: 'medium',
  why: 'A route without a host, or with a wildcard, answers for names that belong to others or to nobody yet. Where two routes claim one host and path, the controller picks a winner: whoever may make a route in any namespace can so take over another team\'s address and what its visitors send.',
  remediation: 'Write the full host name into every rule of the Ingress, HTTPRoute, IngressRoute, VirtualService or proxy. Give each host to one namespace, and let an admission policy refuse hosts that are another\'s. Where two objects share a host on purpose, give them paths that differ, or bring them into one object. Keep a wildcard only where each name below it is your own to give, and record that as an exception.',
  frameworks: { 'nist-800-53': ['AC-4', 'CM-6', 'SC-7'], 'mitre-attack': ['T1190'], 'owasp-kubernetes': ['K07'], 'pci-dss': ['1.4.2'], soc2: ['CC6.6'] },
  evidence: ['api'],
  parts: { host: 'a host is named', wildcard: 'no host is a wildcard', collision: 'nobody else claims its host and path' },
  scope: eachRoute,
  check(judged, world) {
    if (judged.hosts.length === 0) return givenElsewhere(judged, world);
    return [judgeEmpty(judged), judgeWildcard(judged), orUnknown('collision', () => judgeCollision(judged, world))];
  },
  examples: {
    passes: [
      whole(ingress('shop', 'www.shop.example') + ingress('blog', 'blog.example')),
      whole(ingress('shop', 'www.shop.example') + ingress('orders', 'www.shop.example', { path: '/orders' }), 'One host, two paths'),
      whole(ingress('shop', 'www.shop.example') + ingress('blog', 'www.shop.example', { className: 'internal' }), 'Two classes are two addresses'),
      whole(ingress('shop', 'www.shop.example') + ingress('shop', 'www.shop.example', { name: 'canary', service: 'next', annotations: 'nginx.ingress.kubernetes.io/canary: "true", nginx.ingress.kubernetes.io/canary-weight: "10"' }), 'A canary takes its share of another Ingress'),
      whole(ingress('shop', 'www.shop.example', { className: 'alb' }) + ingress('blog', 'www.shop.example', { className: 'alb' }), 'Each has a load balancer of its own'),
      whole(gateway(', hostname: www.shop.example') + httpRoute('shop', ''), 'The listener gives its host'),
      whole(gateway('') + httpRoute('shop', 'hostnames: [www.shop.example]; ') + httpRoute('next', 'hostnames: [www.shop.example]; matches: [{headers: [{name: x-next, value: "1"}]}]'), 'Told apart by a header'),
      whole(custom('gateway.networking.k8s.io/v1', 'Gateway', 'edge', 'web', '{gatewayClassName: eg, listeners: [{name: http, port: 80, protocol: HTTP}, {name: https, port: 443, protocol: HTTPS}]}')
        + custom('gateway.networking.k8s.io/v1', 'HTTPRoute', 'edge', 'redirect', '{parentRefs: [{name: web, sectionName: http}], hostnames: [www.shop.example], rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]}')
        + httpRoute('shop', 'hostnames: [www.shop.example]; '), 'One redirects, one answers'),
      whole(traefik('shop', 'Host(`www.shop.example`) && PathPrefix(`/orders`)') + traefik('blog', 'Host(`www.shop.example`) && PathPrefix(`/blog`)')),
    ],
    fails: [
      whole(ingress('shop', '')),
      whole(ingress('shop', '*.shop.example')),
      whole(ingress('shop', 'www.shop.example') + ingress('blog', 'WWW.shop.example'), 'Two namespaces claim one host'),
      whole(ingress('shop', 'www.shop.example', { path: '/orders' }) + ingress('shop', 'www.shop.example', { name: 'next', path: '/orders/', service: 'next' }), 'Two Services for one path'),
      whole('apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {ingressClassName: nginx, defaultBackend: {service: {name: web, port: {number: 80}}}}', 'A default backend alone takes everything'),
      whole(ingress('shop', 'www.shop.example', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/group.name: edge' }) + ingress('blog', 'www.shop.example', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/group.name: edge' }), 'One load balancer for a group'),
      whole(gateway('') + httpRoute('shop', ''), 'Neither the route nor the listener has a host'),
      whole(gateway('') + httpRoute('shop', 'hostnames: [www.shop.example]; ') + httpRoute('blog', 'hostnames: [www.shop.example]; ')),
      whole(traefik('shop', 'PathPrefix(`/`)')),
      whole(traefik('shop', 'HostRegexp(`^.+\\.shop\\.example$`)')),
      whole(custom('projectcontour.io/v1', 'HTTPProxy', 'shop', 'web', '{virtualhost: {fqdn: www.shop.example}, routes: [{services: [{name: web, port: 80}]}]}') + custom('projectcontour.io/v1', 'HTTPProxy', 'blog', 'web', '{virtualhost: {fqdn: www.shop.example}, routes: [{conditions: [{prefix: /blog}], services: [{name: web, port: 80}]}]}'), 'Contour serves neither'),
      whole(custom('networking.istio.io/v1', 'VirtualService', 'shop', 'web', "{hosts: ['*'], gateways: [edge/web], http: [{route: [{destination: {host: web}}]}]}")),
      whole(custom('route.openshift.io/v1', 'Route', 'shop', 'web', '{host: www.shop.example, wildcardPolicy: Subdomain, to: {kind: Service, name: web}}')),
    ],
    unknown: [
      { ...whole(httpRoute('shop', ''), 'A Gateway that cannot be read'), missing: { 'gateways.gateway.networking.k8s.io': 'forbidden' } },
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'ingresses.networking.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
      whole(custom('networking.istio.io/v1', 'VirtualService', 'shop', 'web', '{hosts: [web], http: [{route: [{destination: {host: web}}]}]}'), 'Between pods alone'),
    ],
  },
});
