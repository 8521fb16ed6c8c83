import type { CustomFacts, IngressFacts } from '#inventory/facts.js';
import { resourceType } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import type { Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { judgeContourProxy, judgeOpenShiftRoute, judgeTraefikRoute } from './tls/custom-routes.js';
import { judgeGateway } from './tls/gateway-api.js';
import { judgeIngress } from './tls/ingress.js';
import { judgeIstioGateway } from './tls/istio.js';

/** Kinds of custom objects that say how TLS is ended, each with who reads it. */
const readers = {
  'gateways.gateway.networking.k8s.io': judgeGateway,
  'gateways.networking.istio.io': judgeIstioGateway,
  'ingressroutes.traefik.io': judgeTraefikRoute,
  'httpproxies.projectcontour.io': judgeContourProxy,
  'routes.route.openshift.io': judgeOpenShiftRoute,
} as const satisfies Record<string, (facts: CustomFacts, world: World) => readonly Verdict[]>;
type ReaderKey = keyof typeof readers;

const ingressKey = 'ingresses.networking.k8s.io';
const readerKeys = Object.keys(readers) as readonly ReaderKey[];

type Subject = { readonly key: typeof ingressKey; readonly facts: IngressFacts } | { readonly key: ReaderKey; readonly facts: CustomFacts };

/** Every object at which TLS from outside ends, or is passed on. */
const eachTlsEnd: ListScope<Subject> = {
  name: 'ingress, gateway or route',
  family: 'list',
  needs: [ingressKey, ...readerKeys],
  *subjects(world) {
    const ref = (key: Subject['key'], { namespace, name }: Subject['facts']) => ({ group: resourceType(key).group, kind: resourceType(key).kind, namespace, name });
    for (const facts of world.seen(ingressKey)) yield { subject: { key: ingressKey, facts }, resource: ref(ingressKey, facts), part: '' };
    for (const key of readerKeys) for (const facts of world.seen(key)) yield { subject: { key, facts }, resource: ref(key, facts), part: '' };
  },
};

const secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: web-tls, namespace: shop}\ntype: kubernetes.io/tls\n';
const ingress = (tls: string, options: { readonly host?: string; readonly annotations?: string; readonly className?: string; readonly secrets?: string } = {}) => manifests(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {${options.annotations ?? ''}}}
spec:
  ingressClassName: ${options.className ?? 'nginx'}
  rules: [{${options.host === '' ? '' : `host: "${options.host ?? 'www.shop.example'}", `}http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
  tls: ${tls}
${options.secrets ?? secret}`);
const certificate = '[{hosts: [www.shop.example], secretName: web-tls}]';
const custom = (apiVersion: string, kind: string, spec: string, rest = secret) => manifests(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\nspec: ${spec}\n${rest}`);
const gateway = (listeners: string, route = '') => custom('gateway.networking.k8s.io/v1', 'Gateway', `{gatewayClassName: eg, listeners: [${listeners}]}`, route + secret);
const https = '{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: web-tls}]}}';
const http = '{name: http, port: 80, protocol: HTTP}';
const httpRoute = (parent: string, rule = 'backendRefs: [{name: web, port: 80}]') => `---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: shop}\nspec: {parentRefs: [{name: web${parent}}], rules: [{${rule}}]}\n`;
const redirect = 'filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]';
const istio = (servers: string) => custom('networking.istio.io/v1', 'Gateway', `{selector: {istio: ingressgateway}, servers: [${servers}]}`);
const istioHttps = "{port: {number: 443, name: https, protocol: HTTPS}, hosts: ['www.shop.example'], tls: {mode: SIMPLE, credentialName: web-tls}}";
const traefik = (fields: string, rest = secret) => custom('traefik.io/v1alpha1', 'IngressRoute', `{${fields}}`, rest);
const rule = "routes: [{kind: Rule, match: 'Host(`www.shop.example`)', services: [{name: web, port: 80}]";

export const ingressTls = defineControl({
  id: 'network/ingress-tls',
  title: 'Every host that comes in is served over TLS, and plain HTTP leads there',
  severity: 'high',
  why: 'What comes in over plain HTTP, passwords and session cookies included, is read and changed by every network on the way, and nothing proves to the visitor whom they talk to.',
  remediation: 'Give every host a certificate: a tls entry of the Ingress, an HTTPS listener with certificateRefs, tls of an IngressRoute, HTTPProxy, Istio server or OpenShift route, with the Secret that holds it (cert-manager makes and renews them by an annotation). Send plain HTTP on to HTTPS: leave the controller\'s redirect on, or let the plain listener serve nothing but a redirect.',
  frameworks: { 'nsa-cisa': ['network/encryption'], 'nist-800-53': ['SC-8', 'SC-8(1)', 'SC-13', 'SC-23'], 'pci-dss': ['4.2.1'], soc2: ['CC6.1', 'CC6.7'] },
  evidence: ['api'],
  parts: { tls: 'every host has TLS', certificate: 'a certificate is named', secret: 'the Secret of the certificate is there', redirect: 'plain HTTP is sent on to HTTPS' },
  scope: eachTlsEnd,
  check: (subject, world) => (subject.key === ingressKey ? judgeIngress(subject.facts, world) : readers[subject.key](subject.facts, world)),
  examples: {
    passes: [
      ingress(certificate),
      ingress('[{hosts: ["*.shop.example"], secretName: web-tls}]'),
      ingress('[{secretName: web-tls}]'),
      ingress(certificate, { host: '', annotations: 'nginx.ingress.kubernetes.io/force-ssl-redirect: "true"' }),
      ingress(certificate, { className: 'traefik', annotations: 'traefik.ingress.kubernetes.io/router.entrypoints: websecure' }),
      ingress('[]', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/certificate-arn: "arn:aws:acm:eu-west-1:111122223333:certificate/a"' }),
      gateway(`${http}, ${https}`, httpRoute(', sectionName: http', redirect)),
      gateway('{name: tls, port: 443, protocol: TLS, tls: {mode: Passthrough}}'),
      gateway('{name: https, port: 443, protocol: HTTPS, tls: {options: {networking.gke.io/pre-shared-certs: web}}}'),
      istio(`{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*'], tls: {httpsRedirect: true}}, ${istioHttps}`),
      traefik(`entryPoints: [websecure], tls: {secretName: web-tls}, ${rule}}]`),
      traefik(`entryPoints: [web], ${rule}, middlewares: [{name: https}]}]`, '---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: https, namespace: shop}\nspec: {redirectScheme: {scheme: https}}\n'),
      custom('projectcontour.io/v1', 'HTTPProxy', '{virtualhost: {fqdn: www.shop.example, tls: {secretName: web-tls}}, routes: [{services: [{name: web, port: 80}]}]}'),
      custom('route.openshift.io/v1', 'Route', '{host: www.shop.example, to: {name: web}, tls: {termination: edge, certificate: PEM, key: PEM}}'),
    ],
    fails: [
      ingress('[]'),
      ingress('[{hosts: [shop.example], secretName: web-tls}]'),
      ingress('[{hosts: ["*.shop.example"], secretName: web-tls}]', { host: 'a.b.shop.example' }),
      ingress('[]', { host: '' }),
      ingress('[{hosts: [www.shop.example]}]'),
      ingress(certificate, { secrets: '' }),
      ingress(certificate, { annotations: 'nginx.ingress.kubernetes.io/ssl-redirect: "false"' }),
      ingress(certificate, { className: 'traefik', annotations: 'traefik.ingress.kubernetes.io/router.entrypoints: "web, websecure"' }),
      ingress('[]', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/certificate-arn: "arn:aws:acm:eu-west-1:111122223333:certificate/a", alb.ingress.kubernetes.io/listen-ports: \'[{"HTTP": 80}, {"HTTPS": 443}]\'' }),
      gateway(http, httpRoute('')),
      gateway(`${http}, ${https}`, httpRoute('')),
      gateway('{name: https, port: 443, protocol: HTTPS}'),
      gateway('{name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: web-tls, namespace: certificates}]}}'),
      istio("{port: {number: 80, name: http, protocol: HTTP}, hosts: ['www.shop.example']}"),
      istio(`{port: {number: 80, name: http, protocol: HTTP}, hosts: ['www.shop.example']}, ${istioHttps}`),
      istio(istioHttps.replace(', credentialName: web-tls', '')),
      istio(istioHttps.replace('web-tls', 'gone')),
      traefik(`entryPoints: [web], ${rule}}]`),
      traefik(`${rule}}]`),
      custom('projectcontour.io/v1', 'HTTPProxy', '{virtualhost: {fqdn: www.shop.example}, routes: [{services: [{name: web, port: 80}]}]}'),
      custom('projectcontour.io/v1', 'HTTPProxy', '{virtualhost: {fqdn: www.shop.example, tls: {secretName: web-tls}}, routes: [{permitInsecure: true, services: [{name: web, port: 80}]}]}'),
      custom('route.openshift.io/v1', 'Route', '{host: www.shop.example, to: {name: web}}'),
      custom('route.openshift.io/v1', 'Route', '{host: www.shop.example, to: {name: web}, tls: {termination: edge, insecureEdgeTerminationPolicy: Allow}}'),
    ],
    unknown: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'ingresses.networking.k8s.io': 'forbidden' } }),
      { ...ingress(certificate), title: 'Secrets that cannot be listed', missing: { secrets: 'forbidden' } },
    ],
    notApplicable: [
      ingress('[]', { className: 'gce', annotations: 'networking.gke.io/managed-certificates: web' }),
      traefik(`entryPoints: [websecure], ${rule}}]`),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
    ],
  },
});
