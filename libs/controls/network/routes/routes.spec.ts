import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { World } from '../../engine/world.js';
import { routes } from './routes.js';

const routesOf = (yaml: string) => new World(inventoryOf(objectsOf(yaml))).use(routes).all;

describe('the routes of a cluster', () => {
  it('are read from rules of Traefik, host by host and path by path', () => {
    const [route] = routesOf("apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: web, namespace: shop}\nspec: {entryPoints: [websecure], routes: [{kind: Rule, match: '(Host(`a.example`) || Host(`B.example`, `c.example`)) && (PathPrefix(`/x`) || Path(\"/y\"))', services: [{name: web, port: 80}]}]}");
    expect(route!.hosts).toEqual(['a.example', 'B.example', 'c.example']);
    expect(route!.matches.map(({ host, path, type }) => `${host}${path} ${type}`)).toEqual(['a.example/x prefix', 'a.example/y exact', 'b.example/x prefix', 'b.example/y exact', 'c.example/x prefix', 'c.example/y exact']);
  });

  it('tell the controller of an Ingress by its class, the default one, or its annotations', () => {
    const ingress = (name: string, fields: string, annotations = '') => `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}, namespace: shop, annotations: {${annotations}}}\nspec: {${fields}, rules: []}\n`;
    const ingressClass = (name: string, controller: string, annotations = '') => `---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ${name}, annotations: {${annotations}}}\nspec: {controller: ${controller}}\n`;
    const productOf = (yaml: string) => routesOf(yaml)[0]!.controller.product;
    expect(productOf(ingress('a', 'ingressClassName: edge') + ingressClass('edge', 'nginx.org/ingress-controller'))).toBe('nginx');
    expect(productOf(ingress('a', 'ingressClassName: nginx'))).toBe('ingress-nginx');
    expect(productOf(ingress('a', 'ingressClassName: nginx', 'nginx.org/ssl-services: web'))).toBe('nginx');
    expect(productOf(ingress('a', 'ingressClassName: haproxy', 'haproxy.org/check: "true"'))).toBe('haproxytech');
    expect(productOf(ingress('a', 'ingressClassName: mine') + ingressClass('mine', 'shop.example/controller'))).toBeUndefined();
    expect(productOf(ingress('a', 'tls: []', 'kubernetes.io/ingress.class: traefik'))).toBe('traefik');
    expect(productOf(ingress('a', 'tls: []') + ingressClass('one', 'k8s.io/ingress-nginx') + ingressClass('two', 'traefik.io/ingress-controller', 'ingressclass.kubernetes.io/is-default-class: "true"'))).toBe('traefik');
    expect(productOf(ingress('a', 'tls: []'))).toBeUndefined();
  });

  it('bear what no controller would take', () => {
    const odd = ['spec: {rules: 7, parentRefs: {name: 1}, routes: [1, {services: x}], hosts: {}, gateways: [3, a/b], virtualhost: [], to: 1, http: [null]}'];
    for (const [apiVersion, kind] of [['gateway.networking.k8s.io/v1', 'HTTPRoute'], ['traefik.io/v1alpha1', 'IngressRoute'], ['projectcontour.io/v1', 'HTTPProxy'], ['networking.istio.io/v1', 'VirtualService'], ['route.openshift.io/v1', 'Route']] as const) {
      expect(() => routesOf(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: odd, namespace: shop}\n${odd[0]}`)).not.toThrow();
    }
  });

  it('stop counting what grows by multiplication', () => {
    const many = (name: string) => Array.from({ length: 2000 }, (_, i) => `Path(\`/${name}${i}\`) || Host(\`h${i}.example\`)`).join(' || ');
    const [route] = routesOf(`apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: web, namespace: shop}\nspec: {routes: [{match: '${many('p').slice(0, 16000)}', services: [{name: web, port: 80}]}]}`);
    expect(route!.isCut).toBe(true);
    expect(route!.matches.length).toBe(10_000);
  });
});
