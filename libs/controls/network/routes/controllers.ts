import { parseImage } from '#inventory/image-reference.js';
import type { PodTemplate } from '#inventory/facts.js';

/** Controllers that are told apart. */
export type Product =
  | 'ingress-nginx' | 'nginx' | 'traefik' | 'haproxytech' | 'haproxy-ingress' | 'contour' | 'kong' | 'istio' | 'openshift' | 'alb' | 'gce'
  | 'application-gateway' | 'cilium' | 'envoy-gateway' | 'nginx-gateway-fabric' | 'tailscale';

interface ControllerProduct {
  readonly title: string;
  /** `spec.controller` of its IngressClasses: whole, or its beginning where it ends in `*`. */
  readonly ingressControllers: readonly string[];
  /** Names that its classes have by convention, for where no IngressClass tells. */
  readonly classNames: readonly string[];
  /** Beginnings of its own annotations. */
  readonly annotations: readonly string[];
  /** `spec.controllerName` of its GatewayClasses. */
  readonly gatewayControllers: readonly string[];
  /** Last pieces of the names of images that take in requests. */
  readonly images: readonly string[];
}

export const products: Readonly<Record<Product, ControllerProduct>> = {
  'ingress-nginx': {
    title: 'ingress-nginx',
    ingressControllers: ['k8s.io/ingress-nginx*', 'k8s.io/internal-ingress-nginx', 'k8s.io/nginx*', 'webapprouting.kubernetes.azure.com/nginx*'],
    classNames: ['nginx', 'webapprouting.kubernetes.azure.com'], annotations: ['nginx.ingress.kubernetes.io/'], gatewayControllers: [],
    images: ['ingress-nginx/controller', 'ingress-nginx/controller-chroot', 'nginx-ingress-controller', 'ingress-nginx-controller', 'mirrored-ingress-nginx-controller'],
  },
  nginx: {
    title: 'F5 NGINX Ingress Controller', ingressControllers: ['nginx.org/ingress-controller*'], classNames: [], annotations: ['nginx.org/', 'nginx.com/'], gatewayControllers: [],
    images: ['nginx/nginx-ingress', 'nginx-ic/nginx-plus-ingress', 'nginx-ingress/nginx-ingress', 'nginx-plus-ingress'],
  },
  traefik: {
    title: 'Traefik', ingressControllers: ['traefik.io/ingress-controller*'], classNames: ['traefik'], annotations: ['traefik.ingress.kubernetes.io/'],
    gatewayControllers: ['traefik.io/gateway-controller'], images: ['traefik', 'mirrored-library-traefik', 'traefik-hub'],
  },
  haproxytech: {
    title: 'HAProxy Kubernetes Ingress Controller', ingressControllers: ['haproxy.org/ingress-controller*'], classNames: [], annotations: ['haproxy.org/'],
    gatewayControllers: ['haproxy.org/gateway-controller'], images: ['haproxytech/kubernetes-ingress'],
  },
  'haproxy-ingress': {
    title: 'HAProxy Ingress', ingressControllers: ['haproxy-ingress.github.io/controller*'], classNames: [], annotations: ['haproxy-ingress.github.io/'],
    gatewayControllers: ['haproxy-ingress.github.io/controller'], images: ['jcmoraisjr/haproxy-ingress'],
  },
  contour: {
    title: 'Contour', ingressControllers: ['projectcontour.io/*'], classNames: ['contour'], annotations: ['projectcontour.io/'],
    gatewayControllers: ['projectcontour.io/gateway-controller'], images: ['projectcontour/contour', 'bitnami/contour', 'bitnamilegacy/contour'],
  },
  kong: {
    title: 'Kong', ingressControllers: ['ingress-controllers.konghq.com/kong*'], classNames: ['kong'], annotations: ['konghq.com/'],
    gatewayControllers: ['konghq.com/kic-gateway-controller', 'konghq.com/gateway-operator'], images: ['kong/kong-gateway', 'library/kong', 'kong/kong', 'kong/kubernetes-ingress-controller'],
  },
  istio: {
    title: 'Istio', ingressControllers: ['istio.io/ingress-controller'], classNames: ['istio'], annotations: [],
    gatewayControllers: ['istio.io/gateway-controller', 'istio.io/unmanaged-gateway'], images: [],
  },
  openshift: { title: 'the OpenShift router', ingressControllers: ['openshift.io/ingress-to-route'], classNames: ['openshift-default'], annotations: ['haproxy.router.openshift.io/', 'route.openshift.io/'], gatewayControllers: ['openshift.io/gateway-controller*'], images: [] },
  alb: {
    title: 'the AWS Load Balancer Controller', ingressControllers: ['ingress.k8s.aws/alb', 'eks.amazonaws.com/alb'], classNames: ['alb'], annotations: ['alb.ingress.kubernetes.io/'],
    gatewayControllers: ['gateway.k8s.aws/alb', 'gateway.k8s.aws/nlb'], images: [],
  },
  gce: {
    title: 'the Google Cloud load balancer', ingressControllers: ['k8s.io/ingress-gce*'], classNames: ['gce', 'gce-internal'], annotations: ['ingress.gcp.kubernetes.io/', 'networking.gke.io/'],
    gatewayControllers: ['networking.gke.io/gateway*'], images: [],
  },
  'application-gateway': {
    title: 'Azure Application Gateway', ingressControllers: ['azure/application-gateway*', 'alb.networking.azure.io/*'], classNames: ['azure-application-gateway', 'azure/application-gateway'],
    annotations: ['appgw.ingress.kubernetes.io/'], gatewayControllers: ['alb.networking.azure.io/alb-controller'], images: [],
  },
  cilium: { title: 'Cilium', ingressControllers: ['cilium.io/ingress-controller'], classNames: ['cilium'], annotations: ['ingress.cilium.io/'], gatewayControllers: ['io.cilium/gateway-controller'], images: [] },
  'envoy-gateway': { title: 'Envoy Gateway', ingressControllers: [], classNames: [], annotations: [], gatewayControllers: ['gateway.envoyproxy.io/gatewayclass-controller'], images: [] },
  'nginx-gateway-fabric': { title: 'NGINX Gateway Fabric', ingressControllers: [], classNames: [], annotations: [], gatewayControllers: ['gateway.nginx.org/nginx-gateway-controller'], images: [] },
  tailscale: { title: 'Tailscale', ingressControllers: ['tailscale.com/ts-ingress'], classNames: ['tailscale'], annotations: ['tailscale.com/'], gatewayControllers: [], images: [] },
};

const entries = Object.entries(products) as readonly (readonly [Product, ControllerProduct])[];

const fits = (pattern: string, text: string): boolean => (pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern);

export const productOfIngressController = (controller: string): Product | undefined => entries.find(([, { ingressControllers }]) => ingressControllers.some((pattern) => fits(pattern, controller)))?.[0];

export const productOfGatewayController = (controller: string): Product | undefined => entries.find(([, { gatewayControllers }]) => gatewayControllers.some((pattern) => fits(pattern, controller)))?.[0];

/** The one product whose annotations these are; undefined where there are none, or of several. */
export function productOfAnnotations(annotations: Readonly<Record<string, string>>): Product | undefined {
  const found = new Set<Product>();
  for (const name of Object.keys(annotations)) {
    for (const [product, { annotations: prefixes }] of entries) if (prefixes.some((prefix) => name.startsWith(prefix))) found.add(product);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

export const productOfClassName = (name: string): Product | undefined => entries.find(([, { classNames }]) => classNames.includes(name))?.[0];

/** The product whose requests a pod takes in, and the image by which it is told. */
export function productOfTemplate(template: PodTemplate): { readonly product: Product; readonly image: string } | undefined {
  for (const container of template.containers) {
    if (container.type === 'ephemeral') continue;
    const image = parseImage(container.image);
    if (!image) continue;
    const path = `${image.registry}/${image.repository}`.toLowerCase();
    for (const [product, { images }] of entries) if (images.some((piece) => path.endsWith(`/${piece}`))) return { product, image: container.image };
  }
  return undefined;
}
