import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable } from '../engine/verdict.js';
import { adminReasonOf } from './admin-routes.js';
import { allowListOf } from './routes/allow-lists.js';
import { judgeSetting } from './routes/judge-setting.js';
import { contourExample, envoyGatewayExample, ingressExample, istioExample, kongExample, nginxExample, objectExample, traefikRouteExample } from './routes/route-examples.js';
import { eachRoute } from './routes/routes.js';

const whole = (text: string, title?: string) => manifests(text.replace(/---\n$/, ''), title === undefined ? {} : { title });
const nginx = 'nginx.ingress.kubernetes.io';
const host = 'grafana.shop.example';
const alb = (annotations: string) => ingressExample(`alb.ingress.kubernetes.io/scheme: internet-facing${annotations}`, { className: 'alb', host });
const policy = (spec: string) => objectExample('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', 'shop', `{targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: web}], authorization: ${spec}}`);

export const ingressAllowList = defineControl({
  id: 'network/ingress-allow-list',
  title: 'Routes for administrators let in the addresses of administrators alone',
  severity: 'low',
  why: 'Consoles, metrics and administration pages are what scanners look for first. A login alone stands between everybody and every fault that such a page has.',
  remediation: 'Name the networks that may come in on the route: annotation nginx.ingress.kubernetes.io/whitelist-source-range, a Traefik middleware with ipAllowList, haproxy.org/allow-list, ipAllowPolicy of an HTTPProxy, Kong\'s ip-restriction plugin, an Istio AuthorizationPolicy with remoteIpBlocks, a SecurityPolicy of Envoy Gateway with clientCIDRs, alb.ingress.kubernetes.io/inbound-cidrs. Better, move the page to an internal load balancer. Where the name only looks like one for administrators, record an exception.',
  frameworks: {
    'nist-800-53': ['AC-17', 'SC-7'], 'mitre-attack': ['T1110', 'T1133', 'T1190'], 'owasp-kubernetes': ['K06'], 'pci-dss': ['1.3.1', '1.4.2'], soc2: ['CC6.6'],
  },
  evidence: ['api'],
  scope: eachRoute,
  check(judged, world) {
    const reason = adminReasonOf(judged);
    if (reason === undefined) return notApplicable('nothing says that it is for administrators');
    return judgeSetting(judged, world, allowListOf, (by) => `it looks like one for administrators, by its ${reason}; the internet reaches it by ${by}, and it lets in every address`, { reason });
  },
  examples: {
    passes: [
      whole(nginxExample() + ingressExample(`${nginx}/whitelist-source-range: "192.0.2.0/24, 198.51.100.7"`, { host })),
      whole(nginxExample() + ingressExample(`${nginx}/allowlist-source-range: 192.0.2.0/24`, { path: '/actuator/health' })),
      whole(traefikRouteExample('{name: office}', host) + objectExample('traefik.io/v1alpha1', 'Middleware', 'shop', '{ipAllowList: {sourceRange: [192.0.2.0/24]}}', 'office')),
      whole(contourExample(', ipAllowPolicy: [{source: Remote, cidr: 192.0.2.0/24}]', host)),
      whole(kongExample('konghq.com/plugins: limit', 'plugin: ip-restriction\nconfig: {allow: [192.0.2.0/24]}', host)),
      whole(istioExample(host) + objectExample('security.istio.io/v1', 'AuthorizationPolicy', 'istio-ingress', '{selector: {matchLabels: {istio: ingress}}, action: DENY, rules: [{from: [{source: {notRemoteIpBlocks: [192.0.2.0/24]}}], to: [{operation: {hosts: [grafana.shop.example]}}]}]}')),
      whole(envoyGatewayExample(host) + policy('{defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: [192.0.2.0/24]}}]}')),
      whole(alb(', alb.ingress.kubernetes.io/inbound-cidrs: 192.0.2.0/24')),
    ],
    fails: [
      whole(nginxExample() + ingressExample('', { host })),
      whole(nginxExample() + ingressExample(`${nginx}/whitelist-source-range: 0.0.0.0/0`, { host })),
      whole(nginxExample() + ingressExample('', { path: '/phpmyadmin' })),
      whole(nginxExample() + ingressExample('', { service: 'kibana' })),
      whole(traefikRouteExample('', host)),
      whole(istioExample(host) + objectExample('security.istio.io/v1', 'AuthorizationPolicy', 'istio-ingress', '{selector: {matchLabels: {istio: ingress}}, rules: [{}]}')),
      whole(envoyGatewayExample(host) + policy('{defaultAction: Allow, rules: [{action: Allow, principal: {clientCIDRs: [192.0.2.0/24]}}]}'), 'Everybody else is let in too'),
      whole(alb('')),
    ],
    unknown: [
      whole(ingressExample('', { className: 'mine', host }), 'A controller that is not known'),
      whole(nginxExample() + ingressExample(`${nginx}/whitelist-source-range: "192.0.2.0/24, office"`, { host }), 'A list that holds what is no range of addresses'),
      whole(alb(', alb.ingress.kubernetes.io/security-groups: sg-1'), 'The cloud says whom it lets in'),
    ],
    notApplicable: [
      whole(nginxExample() + ingressExample('')),
      whole(nginxExample('type: LoadBalancer', ', annotations: {networking.gke.io/load-balancer-type: Internal}') + ingressExample('', { host })),
    ],
  },
});
