/** Pieces of which the examples of controls about routes are made. */

/** A controller in its namespace, with the Service by which it is reached. */
export const controllerExample = (image: string, service = 'type: LoadBalancer', metadata = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: edge}
spec: {template: {metadata: {labels: {app: controller}}, spec: {containers: [{name: controller, image: '${image}'}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: edge${metadata}}
spec: {selector: {app: controller}, ports: [{port: 443}], ${service}}
---
`;

export const nginxExample = (service?: string, metadata?: string): string => controllerExample('registry.k8s.io/ingress-nginx/controller:v1.15.1', service, metadata);
export const traefikExample = controllerExample('traefik:v3.7.18');

export const ingressExample = (annotations: string, { className = 'nginx', host = 'www.shop.example', path = '/', service = 'web' } = {}): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {${annotations}}}
spec: {ingressClassName: ${className}, rules: [{host: ${host}, http: {paths: [{path: ${path}, pathType: Prefix, backend: {service: {name: ${service}, port: {number: 80}}}}]}}]}
---
`;

export const objectExample = (apiVersion: string, kind: string, namespace: string, spec: string, name = 'web'): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n---\n`;

/** A Gateway of Envoy Gateway with the Service that is made of it, and one route. */
export const envoyGatewayExample = (host = 'www.shop.example'): string => `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
${objectExample('gateway.networking.k8s.io/v1', 'Gateway', 'edge', '{gatewayClassName: eg, listeners: [{name: https, port: 443, protocol: HTTPS, allowedRoutes: {namespaces: {from: All}}}]}')}apiVersion: v1
kind: Service
metadata: {name: envoy-edge-web, namespace: envoy-gateway-system}
spec: {type: LoadBalancer, selector: {gateway.envoyproxy.io/owning-gateway-name: web, gateway.envoyproxy.io/owning-gateway-namespace: edge}, ports: [{port: 443}]}
---
${objectExample('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop', `{parentRefs: [{name: web, namespace: edge}], hostnames: [${host}], rules: [{backendRefs: [{name: web, port: 80}]}]}`)}`;

/** A Gateway of Istio with the Service that leads to its pods, and one route. */
export const istioExample = (host = 'www.shop.example'): string => `${objectExample('networking.istio.io/v1', 'Gateway', 'istio-ingress', '{selector: {istio: ingress}, servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: web}}]}')}apiVersion: v1
kind: Service
metadata: {name: ingress, namespace: istio-ingress}
spec: {type: LoadBalancer, selector: {istio: ingress, app: ingress}, ports: [{port: 443}]}
---
${objectExample('networking.istio.io/v1', 'VirtualService', 'shop', `{hosts: [${host}], gateways: [istio-ingress/web], http: [{route: [{destination: {host: web}}]}]}`)}`;

export const contourExample = (fields: string, host = 'www.shop.example'): string =>
  `${controllerExample('ghcr.io/projectcontour/contour:v1.33.0')}${objectExample('projectcontour.io/v1', 'HTTPProxy', 'shop', `{virtualhost: {fqdn: ${host}}, routes: [{services: [{name: web, port: 80}]${fields}}]}`)}`;

export const traefikRouteExample = (middlewares: string, host = 'www.shop.example'): string =>
  `${traefikExample}${objectExample('traefik.io/v1alpha1', 'IngressRoute', 'shop', `{entryPoints: [websecure], routes: [{kind: Rule, match: 'Host(\`${host}\`)', services: [{name: web, port: 80}], middlewares: [${middlewares}]}]}`)}`;

export const kongExample = (annotations: string, plugin: string, host = 'www.shop.example'): string => `${controllerExample('kong:3.9')}${ingressExample(annotations, { className: 'kong', host })}apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: {name: limit, namespace: shop}
${plugin}
---
`;
