import type { CustomFacts, IngressFacts, ServiceFacts } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { resourceType } from '#inventory/resources.js';
import { asRecord } from '#inventory/readers/unknown-record.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { ADVISORIES_AS_OF, advisoriesOf, type Advisory } from './controller-advisories.js';
import { injectionsOf, snippetsOf, type Snippet } from './risky-annotations.js';
import { controllerWorkloads, type ControllerWorkload } from './routes/controller-workloads.js';
import { products, type Product } from './routes/controllers.js';
import { routes } from './routes/routes.js';

type Subject =
  | { readonly of: 'ingress'; readonly ingress: IngressFacts }
  | { readonly of: 'service'; readonly found: readonly Snippet[] }
  | { readonly of: 'plugin'; readonly plugin: string }
  | { readonly of: 'controller'; readonly controller: ControllerWorkload };

const pluginKeys = ['kongplugins.configuration.konghq.com', 'kongclusterplugins.configuration.konghq.com'] as const;
/** Plugins whose setting is a program that the gateway runs. */
const programs: ReadonlySet<string> = new Set(['pre-function', 'post-function']);

const programOf = ({ spec }: CustomFacts): string | undefined => {
  const { plugin, disabled } = asRecord(spec);
  return typeof plugin === 'string' && programs.has(plugin) && disabled !== true ? plugin : undefined;
};

const snippetsOfService = ({ annotations = {} }: ServiceFacts): readonly Snippet[] => snippetsOf(annotations, undefined);

/** Every Ingress and controller, and of Services and plugins those that write configuration: hardly any does. */
const eachIngressAndController: ListScope<Subject> = {
  name: 'ingress or ingress controller',
  family: 'list',
  needs: ['ingresses.networking.k8s.io', 'services', ...pluginKeys, ...workloadKeys],
  *subjects(world) {
    const type = resourceType('ingresses.networking.k8s.io');
    for (const ingress of world.seen('ingresses.networking.k8s.io')) yield { subject: { of: 'ingress', ingress }, resource: { group: type.group, kind: type.kind, namespace: ingress.namespace, name: ingress.name }, part: '' };
    for (const service of world.seen('services')) {
      const found = snippetsOfService(service);
      if (found.length > 0) yield { subject: { of: 'service', found }, resource: { group: '', kind: 'Service', namespace: service.namespace, name: service.name }, part: '' };
    }
    for (const key of pluginKeys) {
      const { group, kind } = resourceType(key);
      for (const facts of world.seen(key)) {
        const plugin = programOf(facts);
        if (plugin !== undefined) yield { subject: { of: 'plugin', plugin }, resource: { group, kind, namespace: facts.namespace, name: facts.name }, part: '' };
      }
    }
    for (const controller of world.use(controllerWorkloads)) {
      const { group, kind, namespace, name } = controller.workload;
      yield { subject: { of: 'controller', controller }, resource: { group, kind, namespace, name }, part: '' };
    }
  },
};

function judgeSnippets(found: readonly Snippet[]): Verdict {
  const part = 'snippets';
  if (found.length === 0) return passPart(part);
  const [{ name, writes }] = found as [Snippet];
  return provenFail(`annotation ${name} writes ${writes} configuration into the controller: whoever may change this object reads what the controller reads, every certificate and often every Secret`, {
    part,
    detail: { annotations: found.slice(0, 20).map((each) => each.name) },
    patch: { metadata: { annotations: Object.fromEntries(found.map((each) => [each.name, null])) } },
  });
}

function judgeInjections({ annotations, rules }: IngressFacts, product: Product | undefined): Verdict {
  const part = 'injection';
  if (product !== undefined && product !== 'ingress-nginx') return passPart(part);
  const found = injectionsOf(annotations, rules.flatMap(({ paths }) => paths.map(({ path }) => path)));
  if (found.length === 0) return passPart(part);
  const [{ where, advisory }] = found as [(typeof found)[number]];
  return provenFail(`${where} carries configuration where a plain value belongs, which is how ${advisory} is used`, { part, detail: { found: found.slice(0, 20) } });
}

const SHOWN = 3;

function judgeVersion({ product, images }: ControllerWorkload): Verdict {
  const part = 'version';
  const { title } = products[product];
  const answers = images.map((image) => advisoriesOf(product, image));
  const open = answers.flatMap((answer) => (answer.state === 'judged' && (answer.open.length > 0 || answer.ended !== undefined) ? [answer] : []));
  const [worst] = [...open].sort((a, b) => b.open.length - a.open.length);
  if (worst) {
    const ids = worst.open.map(({ id }: Advisory) => id);
    const known = ids.length === 0 ? '' : ` has ${ids.length} known ${ids.length === 1 ? 'vulnerability' : 'vulnerabilities'}: ${ids.slice(0, SHOWN).join(', ')}${ids.length > SHOWN ? ' …' : ''}`;
    return provenFail(`${title} ${worst.version}${known}${worst.ended === undefined ? '' : `${known === '' ? ':' : ';'} ${worst.ended}`}`, {
      part, detail: { version: worst.version, asOf: ADVISORIES_AS_OF, advisories: worst.open.slice(0, 30).map(({ id, about, fixed }) => ({ id, about, fixed })) },
    });
  }
  const untold = answers.find((answer) => answer.state === 'not-told');
  if (untold) return unknown({ fact: 'pods', reason: 'not-requested', detail: `which vulnerabilities ${title} has cannot be told: ${untold.because}` }, part);
  return answers.every(({ state }) => state === 'judged') ? passPart(part) : notApplicable(`no advisories of ${title} are kept here`, part);
}

const ingress = (annotations: string, options: { readonly className?: string; readonly path?: string } = {}) => manifests(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {${annotations}}}
spec: {ingressClassName: ${options.className ?? 'nginx'}, rules: [{host: www.shop.example, http: {paths: [{path: ${options.path ?? '/'}, pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}]}`);
const controller = (image: string) => manifests(`apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: controller, namespace: edge}\nspec: {template: {spec: {containers: [{name: controller, image: '${image}'}]}}}`);
const nginx = 'nginx.ingress.kubernetes.io';

export const ingressRiskyAnnotations = defineControl({
  id: 'network/ingress-risky-annotations',
  title: 'No annotation writes configuration into an ingress controller, and the controller has no known vulnerabilities',
  severity: 'high',
  why: 'An ingress controller holds the certificates of every team and often may read every Secret. A snippet annotation lets whoever may write an Ingress in one namespace run as that controller; so do the injections that its advisories describe, until it is updated.',
  remediation: 'Replace snippets by annotations or policies that do one thing (rewrites, headers, limits), and turn them off in the controller: allow-snippet-annotations: "false" for ingress-nginx, no -enable-snippets for F5 NGINX. Let no network but the API server\'s reach its admission webhook. Update the controller to a release that has every fix. ingress-nginx has had none since March 2026: move its routes to a Gateway API implementation or another controller, or to a fork that somebody you trust maintains.',
  frameworks: {
    'nsa-cisa': ['upgrades/patches#version'], 'nist-800-53': ['CM-6', 'RA-5#version', 'SI-2#version', 'SI-10#injection'], 'mitre-attack': ['T1068', 'T1190', 'T1552.007'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['2.2.6', '6.3.3#version'], soc2: ['CC6.6', 'CC7.1'],
  },
  evidence: ['api'],
  parts: { snippets: 'no annotation writes configuration', injection: 'no value carries configuration', version: 'the controller\'s release has no known vulnerabilities' },
  scope: eachIngressAndController,
  check(subject, world) {
    switch (subject.of) {
      case 'ingress': {
        const { product } = world.use(routes).classes.controllerOfIngress(subject.ingress);
        return [judgeSnippets(snippetsOf(subject.ingress.annotations, product)), judgeInjections(subject.ingress, product)];
      }
      case 'service': return judgeSnippets(subject.found);
      case 'plugin': return provenFail(`plugin ${subject.plugin} runs a program of its own in the gateway, which serves every team`, { part: 'snippets', detail: { plugin: subject.plugin } });
      case 'controller': return judgeVersion(subject.controller);
    }
  },
  examples: {
    passes: [
      ingress(`${nginx}/rewrite-target: /$2, ${nginx}/auth-url: "https://login.shop.example/check?rd=$escaped_request_uri"`),
      ingress(`${nginx}/configuration-snippet: ""`),
      ingress(`${nginx}/server-snippet: "return 200;"`, { className: 'alb' }),
      ingress(`${nginx}/auth-tls-match-cn: "CN=[a-z]{4}"`, { path: '"/api/v[0-9]{1}/(.*)"' }),
      controller('traefik:v3.7.18'),
      controller('rancher/mirrored-library-traefik:2.11.62'),
    ],
    fails: [
      ingress(`${nginx}/configuration-snippet: "more_set_headers \\"x: y\\";"`),
      ingress(`${nginx}/auth-snippet: "proxy_set_header a b;"`),
      ingress('nginx.org/server-snippets: "return 200;"', { className: 'edge' }),
      ingress('haproxy.org/backend-config-snippet: "http-send-name-header x-dst"', { className: 'haproxy' }),
      ingress('haproxy-ingress.github.io/config-backend: "acl a src 192.0.2.1"', { className: 'haproxy' }),
      ingress(`${nginx}/auth-url: "http://a.example/#;}}}\\nssl_engine /proc/7/fd/9;\\n"`),
      ingress(`${nginx}/auth-method: "GET;"`),
      ingress('', { path: '"/a{\\nload_module x;\\n"' }),
      manifests('apiVersion: configuration.konghq.com/v1\nkind: KongPlugin\nmetadata: {name: run, namespace: shop}\nplugin: pre-function\nconfig: {access: ["return kong.response.exit(200)"]}'),
      manifests('apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, annotations: {haproxy.org/backend-config-snippet: "http-send-name-header x-dst"}}\nspec: {selector: {app: web}, ports: [{port: 80}]}'),
      controller('registry.k8s.io/ingress-nginx/controller:v1.11.3@sha256:d56f135b6462cfc476447cfe564b83a45e8bb7da2774963b00d12161112270b7'),
      controller('registry.k8s.io/ingress-nginx/controller:v1.15.1'),
      controller('docker.io/bitnamilegacy/nginx-ingress-controller:1.11.3-debian-12-r0'),
      controller('traefik:v3.6.21'),
    ],
    unknown: [
      controller('cgr.dev/chainguard/ingress-nginx-controller:1.15.16'),
      controller('rancher/nginx-ingress-controller:v1.12.6-hardened1'),
      controller('traefik:latest'),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'ingresses.networking.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [controller('haproxytech/kubernetes-ingress:3.1.4'), manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
