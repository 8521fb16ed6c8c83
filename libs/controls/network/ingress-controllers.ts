import type { IngressFacts } from '#inventory/facts.js';

const isYes = (value: string): boolean => value.toLowerCase() === 'true';
const isSet = (value: string): boolean => value.trim() !== '';

/** Annotations by which a controller ends, or passes on, TLS without a tls entry in the Ingress. */
const tlsAnnotations: Readonly<Record<string, (value: string) => boolean>> = {
  'alb.ingress.kubernetes.io/certificate-arn': isSet,
  'ingress.gcp.kubernetes.io/pre-shared-cert': isSet,
  'networking.gke.io/managed-certificates': isSet,
  'networking.gke.io/certmap': isSet,
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate': isSet,
  'traefik.ingress.kubernetes.io/router.tls': isYes,
  'traefik.ingress.kubernetes.io/router.tls.certresolver': isSet,
  'nginx.ingress.kubernetes.io/ssl-passthrough': isYes,
  'haproxy.org/ssl-passthrough': isYes,
  'haproxy-ingress.github.io/ssl-passthrough': isYes,
  'route.openshift.io/termination': isSet,
};

/** Why connections are encrypted though no tls entry says so; undefined where nothing tells. */
export function tlsElsewhere({ annotations, className }: IngressFacts): string | undefined {
  for (const [name, ends] of Object.entries(tlsAnnotations)) {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (value !== undefined && ends(value)) return `TLS is ended where annotation ${name} says`;
  }
  // An ALB with an HTTPS listener finds its certificate by the host, in the account's certificate store.
  if (/"HTTPS"/.test(annotations['alb.ingress.kubernetes.io/listen-ports'] ?? '')) return 'TLS is ended at the HTTPS listener of annotation alb.ingress.kubernetes.io/listen-ports';
  return className === 'tailscale' ? 'the ingress class serves TLS alone' : undefined;
}

const isOff = (value: string | undefined): boolean => value?.toLowerCase() === 'false';

const redirectSwitches = [
  'nginx.ingress.kubernetes.io/ssl-redirect', 'haproxy.org/ssl-redirect', 'haproxy-ingress.github.io/ssl-redirect', 'ingress.kubernetes.io/ssl-redirect', 'appgw.ingress.kubernetes.io/ssl-redirect',
];
const forced = ['nginx.ingress.kubernetes.io/force-ssl-redirect', 'ingress.kubernetes.io/force-ssl-redirect', 'haproxy.org/ssl-redirect', 'haproxy-ingress.github.io/ssl-redirect', 'appgw.ingress.kubernetes.io/ssl-redirect'];

/** Whether plain HTTP is sent on to HTTPS: `on`, `off` with the reason, or `unknown` where the controller's own settings decide. */
export type Redirect = { readonly state: 'on' } | { readonly state: 'off'; readonly because: string } | { readonly state: 'unknown' };

export function redirectOf({ annotations, className = '' }: IngressFacts): Redirect {
  if (forced.some((name) => annotations[name]?.toLowerCase() === 'true')) return { state: 'on' };
  const off = redirectSwitches.find((name) => isOff(annotations[name]));
  if (off !== undefined) return { state: 'off', because: `annotation ${off} is false` };
  const entryPoints = annotations['traefik.ingress.kubernetes.io/router.entrypoints']?.split(',').map((name) => name.trim());
  if (entryPoints) return entryPoints.includes('web') ? { state: 'off', because: 'its routes answer on the entry point web too' } : { state: 'on' };
  if (isAlb(annotations, className)) {
    if (annotations['alb.ingress.kubernetes.io/ssl-redirect'] !== undefined || !listensOnHttp(annotations)) return { state: 'on' };
    return { state: 'off', because: 'its load balancer listens on HTTP, and annotation alb.ingress.kubernetes.io/ssl-redirect is not set' };
  }
  if (isOff(annotations['kubernetes.io/ingress.allow-http'])) return { state: 'on' };
  // ingress-nginx redirects whatever has a certificate; only its ConfigMap could say otherwise.
  return /nginx/.test(className) ? { state: 'on' } : { state: 'unknown' };
}

const isAlb = (annotations: IngressFacts['annotations'], className: string): boolean => className === 'alb' || Object.keys(annotations).some((name) => name.startsWith('alb.ingress.kubernetes.io/'));

/** Without a list of ports an ALB with a certificate listens on HTTPS alone. */
const listensOnHttp = (annotations: IngressFacts['annotations']): boolean => /"HTTP"/.test(annotations['alb.ingress.kubernetes.io/listen-ports'] ?? '');

/** Whether a tls host stands for a rule's: the same, or a wildcard for its first label. */
export function coversHost(tlsHost: string, host: string): boolean {
  if (tlsHost.toLowerCase() === host.toLowerCase()) return true;
  const dot = host.indexOf('.');
  return tlsHost.startsWith('*.') && dot > 0 && host.slice(0, dot) !== '*' && tlsHost.slice(1).toLowerCase() === host.slice(dot).toLowerCase();
}
