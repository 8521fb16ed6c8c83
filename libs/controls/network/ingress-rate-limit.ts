import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { contourExample, envoyGatewayExample, ingressExample, istioExample, kongExample, nginxExample, objectExample, traefikRouteExample } from './routes/route-examples.js';
import { judgeSetting } from './routes/judge-setting.js';
import { rateLimitOf } from './routes/rate-limits.js';
import { eachRoute } from './routes/routes.js';

const whole = (text: string, title?: string) => manifests(text.replace(/---\n$/, ''), title === undefined ? {} : { title });
const nginx = 'nginx.ingress.kubernetes.io';
const middleware = (name: string, spec: string) => objectExample('traefik.io/v1alpha1', 'Middleware', 'shop', spec, name);
const openshift = (annotations: string) => `apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: web, namespace: shop, annotations: {${annotations}}}\nspec: {host: www.shop.example, to: {kind: Service, name: web}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: router-default, namespace: openshift-ingress}\nspec: {type: LoadBalancer, selector: {ingresscontroller: default}, ports: [{port: 443}]}`;
const alb = (annotations: string) => ingressExample(`alb.ingress.kubernetes.io/scheme: internet-facing${annotations}`, { className: 'alb' });

export const ingressRateLimit = defineControl({
  id: 'network/ingress-rate-limit',
  title: 'Routes that the internet reaches limit how much one client may ask for',
  severity: 'low',
  why: 'Without a limit one client tries passwords as fast as the application answers, or keeps it so busy that nobody else is served.',
  remediation: 'Set a limit that ordinary visitors never meet, on the route: annotation nginx.ingress.kubernetes.io/limit-rps, a Traefik middleware with rateLimit, haproxy.org/rate-limit-requests, rateLimitPolicy of an HTTPProxy, Kong\'s rate-limiting plugin, a local rate limit filter of Istio, or a BackendTrafficPolicy of Envoy Gateway. Where a content delivery network or firewall before the cluster does it, record that as an exception.',
  frameworks: { 'nist-800-53': ['SC-5'], 'mitre-attack': ['T1110', 'T1110.001', 'T1110.003', 'T1110.004', 'T1498', 'T1499'], soc2: ['A1.1', 'CC6.6'] },
  evidence: ['api'],
  scope: eachRoute,
  check: (judged, world) => judgeSetting(judged, world, rateLimitOf, (by) => `the internet reaches it by ${by}, and nothing on the route limits how often one client may ask`),
  examples: {
    passes: [
      whole(nginxExample() + ingressExample(`${nginx}/limit-rps: "10"`)),
      whole(nginxExample() + ingressExample(`${nginx}/configuration-snippet: "limit_req zone=a;"`)),
      whole(traefikRouteExample('{name: outer}') + middleware('outer', '{chain: {middlewares: [{name: slow}]}}') + middleware('slow', '{rateLimit: {average: 10}}'), 'By way of a chain'),
      whole(nginxExample() + ingressExample('traefik.ingress.kubernetes.io/router.middlewares: shop-slow@kubernetescrd', { className: 'traefik' }) + middleware('slow', '{rateLimit: {average: 10}}')),
      whole(contourExample(', rateLimitPolicy: {local: {requests: 10, unit: second}}')),
      whole(kongExample('konghq.com/plugins: limit', 'plugin: rate-limiting\nconfig: {minute: 60}')),
      whole(istioExample() + objectExample('networking.istio.io/v1alpha3', 'EnvoyFilter', 'istio-ingress', '{workloadSelector: {labels: {istio: ingress}}, configPatches: [{patch: {value: {name: envoy.filters.http.local_ratelimit}}}]}')),
      whole(envoyGatewayExample() + objectExample('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', 'shop', '{targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: web}], rateLimit: {type: Local}}')),
      whole(envoyGatewayExample() + objectExample('gateway.envoyproxy.io/v1alpha1', 'BackendTrafficPolicy', 'edge', '{targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: web}, rateLimit: {type: Global}}')),
      whole(openshift('haproxy.router.openshift.io/rate-limit-connections: "true", haproxy.router.openshift.io/rate-limit-connections.rate-http: "100"')),
    ],
    fails: [
      whole(nginxExample() + ingressExample('')),
      whole(nginxExample() + ingressExample(`${nginx}/limit-rps: "0"`), 'Nought is no limit'),
      whole(traefikRouteExample('{name: headers}') + middleware('headers', '{headers: {frameDeny: true}}')),
      whole(contourExample('')),
      whole(kongExample('konghq.com/plugins: limit', 'plugin: rate-limiting\ndisabled: true')),
      whole(istioExample()),
      whole(envoyGatewayExample()),
      whole(openshift('haproxy.router.openshift.io/rate-limit-connections: "true"'), 'Turned on without any limit'),
    ],
    unknown: [
      whole(nginxExample('type: NodePort') + ingressExample(''), 'Who reaches the nodes is not seen'),
      whole(ingressExample('', { className: 'mine' }), 'A controller that is not known'),
      whole(ingressExample(''), 'No controller is seen'),
    ],
    notApplicable: [
      whole(nginxExample('type: LoadBalancer', ', annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true"}') + ingressExample('')),
      whole(nginxExample('type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]') + ingressExample('')),
      whole(alb('')),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
    ],
  },
});
