import { asRecord } from '#inventory/readers/unknown-record.js';
import type { World } from '../../engine/world.js';
import { isSet, writes } from './annotations.js';
import { byPolicy } from './attached-policies.js';
import { byProxyField } from './contour-policies.js';
import type { Product } from './controllers.js';
import { byRateLimitFilter } from './istio-policies.js';
import { byPlugin } from './kong-plugins.js';
import type { Route } from './route.js';
import { noSuchSetting, none, set, type Setting } from './setting.js';
import { byMiddleware } from './traefik-middlewares.js';

const nginx = 'nginx.ingress.kubernetes.io/';
const haproxyIngress = 'haproxy-ingress.github.io/';
const openshift = 'haproxy.router.openshift.io/rate-limit-connections';
const openshiftLimits = ['concurrent-tcp', 'rate-http', 'rate-tcp'].map((limit) => `${openshift}.${limit}`);
const kongLimits: ReadonlySet<unknown> = new Set(['rate-limiting', 'rate-limiting-advanced', 'response-ratelimiting']);
const beforeIt = (by: string) => (): Setting => noSuchSetting(`rates are limited before it, by ${by}`);
const untold = (fact: 'ingresses.networking.k8s.io' | 'gateways.gateway.networking.k8s.io', detail: string): Setting => ({ state: 'unknown', missing: { fact, reason: 'not-requested', detail } });

/** Where each controller is told how many requests one client may send, or connections open. */
const readers: Readonly<Record<Product, (route: Route, world: World) => Setting>> = {
  'ingress-nginx': ({ annotations }) => (isSet(annotations, `${nginx}limit-rps`, `${nginx}limit-rpm`, `${nginx}limit-connections`) || writes(annotations, nginx, /\blimit_(?:req|conn)\b/) ? set : none),
  nginx({ annotations }) {
    if (isSet(annotations, 'nginx.org/limit-req-rate') || writes(annotations, 'nginx.org/', /\blimit_(?:req|conn)\b/)) return set;
    return isSet(annotations, 'nginx.org/policies') ? untold('ingresses.networking.k8s.io', 'policies of F5 NGINX, which annotation nginx.org/policies names, are not read') : none;
  },
  traefik: (route, world) => byMiddleware(route, world, (middleware) => 'rateLimit' in middleware || 'inFlightReq' in middleware),
  haproxytech: ({ annotations }) => (isSet(annotations, 'haproxy.org/rate-limit-requests') || writes(annotations, 'haproxy.org/', /\bsc_\w*rate\b/) ? set : none),
  'haproxy-ingress': ({ annotations }) => (isSet(annotations, `${haproxyIngress}limit-rps`, `${haproxyIngress}limit-rpm`, `${haproxyIngress}limit-connections`) || writes(annotations, haproxyIngress, /\bsc_\w*rate\b/) ? set : none),
  contour(route, world) {
    if (route.key === 'httpproxies.projectcontour.io') return byProxyField(route, world, 'rateLimitPolicy', (value) => value !== undefined && value !== null && asRecord(value)['disabled'] !== true && ('local' in asRecord(value) || 'global' in asRecord(value)));
    return noSuchSetting('Contour limits rates of HTTPProxies alone');
  },
  kong: (route, world) => byPlugin(route, world, ({ plugin }) => kongLimits.has(plugin)),
  istio: byRateLimitFilter,
  openshift: ({ annotations }) => (isSet(annotations, openshift) && isSet(annotations, ...openshiftLimits) ? set : none),
  'envoy-gateway': (route, world) => byPolicy(route, world, 'traffic', ({ rateLimit }) => typeof rateLimit === 'object' && rateLimit !== null),
  'nginx-gateway-fabric': () => untold('gateways.gateway.networking.k8s.io', 'RateLimitPolicies of NGINX Gateway Fabric are not read'),
  alb: beforeIt('rules of AWS WAF'),
  gce: beforeIt('policies of Cloud Armor'),
  'application-gateway': beforeIt('rules of its web application firewall'),
  cilium: () => noSuchSetting('Cilium has no rate limit for routes'),
  tailscale: () => noSuchSetting('Tailscale has no rate limit'),
};

export const rateLimitOf = (route: Route, product: Product, world: World): Setting => readers[product](route, world);
