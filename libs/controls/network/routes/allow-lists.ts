import type { Labels } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { isEveryone, isRange } from '../exposure.js';
import { isSet, writes } from './annotations.js';
import { byPolicy } from './attached-policies.js';
import { byProxyField } from './contour-policies.js';
import type { Product } from './controllers.js';
import { bySourcePolicy } from './istio-policies.js';
import { byPlugin } from './kong-plugins.js';
import { texts } from './loose.js';
import type { Route } from './route.js';
import { noSuchSetting, none, set, type Setting } from './setting.js';
import { byMiddleware } from './traefik-middlewares.js';

/** Whether sources are named, and not everybody among them; what is no range of addresses may be anybody. */
const areNamed = (ranges: readonly string[]): boolean => ranges.length > 0 && ranges.every((range) => isRange(range) && !isEveryone(range));

const rangesIn = (annotations: Labels, name: string): readonly string[] => (Object.hasOwn(annotations, name) ? annotations[name]! : '').split(/[\s,]+/).filter((range) => range !== '');

const untold = (fact: 'ingresses.networking.k8s.io' | 'gateways.gateway.networking.k8s.io', detail: string): Setting => ({ state: 'unknown', missing: { fact, reason: 'not-requested', detail } });

function byAnnotation(...names: readonly string[]): (route: Pick<Route, 'annotations'>) => Setting {
  return ({ annotations }) => {
    const lists = names.map((name) => rangesIn(annotations, name));
    if (lists.some(areNamed)) return set;
    // Controllers take files and exceptions there too.
    const unread = lists.filter((ranges) => !ranges.some(isEveryone)).flat().find((range) => !isRange(range));
    return unread === undefined ? none : untold('ingresses.networking.k8s.io', `its list of sources holds ${JSON.stringify(unread.slice(0, 50))}, which is no range of addresses`);
  };
}

const nginxDenies = /\bdeny\s+all\b/;
const haproxyDenies = /\bdeny\b[^\n]{0,300}\bsrc\b/;
const beforeIt = (by: string) => (): Setting => noSuchSetting(`sources are told apart before it, by ${by}`);

const readers: Readonly<Record<Product, (route: Route, world: World) => Setting>> = {
  'ingress-nginx': (route) => (writes(route.annotations, 'nginx.ingress.kubernetes.io/', nginxDenies) ? set : byAnnotation('nginx.ingress.kubernetes.io/whitelist-source-range', 'nginx.ingress.kubernetes.io/allowlist-source-range')(route)),
  nginx({ annotations }) {
    if (writes(annotations, 'nginx.org/', nginxDenies)) return set;
    return isSet(annotations, 'nginx.org/policies') ? untold('ingresses.networking.k8s.io', 'policies of F5 NGINX, which annotation nginx.org/policies names, are not read') : none;
  },
  traefik: (route, world) => byMiddleware(route, world, ({ ipAllowList, ipWhiteList }) => areNamed(texts(asRecord(ipAllowList ?? ipWhiteList)['sourceRange']))),
  haproxytech: (route) => (writes(route.annotations, 'haproxy.org/', haproxyDenies) ? set : byAnnotation('haproxy.org/allow-list', 'haproxy.org/whitelist')(route)),
  'haproxy-ingress': (route) => (writes(route.annotations, 'haproxy-ingress.github.io/', haproxyDenies) ? set : byAnnotation('haproxy-ingress.github.io/allowlist-source-range', 'haproxy-ingress.github.io/whitelist-source-range')(route)),
  contour(route, world) {
    if (route.key !== 'httpproxies.projectcontour.io') return noSuchSetting('Contour tells sources apart for HTTPProxies alone');
    return byProxyField(route, world, 'ipAllowPolicy', (value) => areNamed(asList(value).flatMap((item) => texts([asRecord(item)['cidr']]))));
  },
  kong: (route, world) => byPlugin(route, world, ({ plugin, allow }) => plugin === 'ip-restriction' && areNamed(texts(allow))),
  istio: bySourcePolicy,
  openshift: byAnnotation('haproxy.router.openshift.io/ip_whitelist', 'haproxy.router.openshift.io/ip_allowlist'),
  'envoy-gateway': (route, world) => byPolicy(route, world, 'security', ({ authorization }) => {
    const { defaultAction, rules } = asRecord(authorization);
    const allowed = asList(rules).map(asRecord).filter(({ action }) => action === 'Allow');
    return defaultAction !== 'Allow' && allowed.length > 0 && allowed.every(({ principal }) => areNamed(texts(asRecord(principal)['clientCIDRs'])));
  }),
  'nginx-gateway-fabric': () => untold('gateways.gateway.networking.k8s.io', 'policies and snippets of NGINX Gateway Fabric are not read'),
  alb({ annotations }) {
    if (areNamed(rangesIn(annotations, 'alb.ingress.kubernetes.io/inbound-cidrs'))) return set;
    const elsewhere = ['alb.ingress.kubernetes.io/security-groups', 'alb.ingress.kubernetes.io/security-group-prefix-lists', 'alb.ingress.kubernetes.io/wafv2-acl-arn', 'alb.ingress.kubernetes.io/waf-acl-id'].find((name) => isSet(annotations, name));
    return elsewhere === undefined ? none : untold('ingresses.networking.k8s.io', `whom it lets in is said in AWS, by what annotation ${elsewhere} names`);
  },
  gce: beforeIt('policies of Cloud Armor'),
  'application-gateway': beforeIt('rules of its web application firewall'),
  cilium: () => noSuchSetting('Cilium tells sources apart by its network policies'),
  tailscale: () => noSuchSetting('Tailscale tells sources apart by its own access rules'),
};

/** Whether a route lets in named sources alone. */
export const allowListOf = (route: Route, product: Product, world: World): Setting => readers[product](route, world);
