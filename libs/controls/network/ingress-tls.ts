import type { IngressFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { implied, notApplicable, passPart, provenFail, type Verdict } from '../engine/verdict.js';
import { eachIngress } from '../scopes/each-object.js';
import { coversHost, redirectOf, tlsElsewhere } from './ingress-controllers.js';

const ingress = (tls: string, options: { readonly host?: string; readonly annotations?: string; readonly className?: string } = {}) => manifests(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {${options.annotations ?? ''}}}
spec:
  ingressClassName: ${options.className ?? 'nginx'}
  rules: [{${options.host === '' ? '' : `host: "${options.host ?? 'www.shop.example'}", `}http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
  tls: ${tls}`);
const certificate = '[{hosts: [www.shop.example], secretName: web-tls}]';

/** Hosts that no tls entry stands for. A rule without a host takes whatever comes, so any entry will do. */
function openHosts({ rules, tls, defaultService }: IngressFacts): readonly string[] {
  const hosts = [...new Set([...rules.map((rule) => rule.host), ...(rules.length === 0 && defaultService !== undefined ? [''] : [])])];
  // An entry without hosts holds for all of them.
  if (tls.some((entry) => entry.hosts.length === 0)) return [];
  return hosts.filter((host) => (host === '' ? tls.length === 0 : !tls.some((entry) => entry.hosts.some((tlsHost) => coversHost(tlsHost, host)))));
}

function judgeTls(judged: IngressFacts): Verdict {
  const open = openHosts(judged);
  if (open.length === 0) return passPart('tls');
  const elsewhere = tlsElsewhere(judged);
  if (elsewhere !== undefined) return notApplicable(elsewhere, 'tls');
  const names = open.map((host) => (host === '' ? 'every host' : host));
  return provenFail(`${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''} ${names.length === 1 ? 'is' : 'are'} served without TLS`, { part: 'tls', detail: { hosts: names.slice(0, 50) } });
}

function judgeCertificate({ tls }: IngressFacts): Verdict {
  if (tls.length === 0) return notApplicable('it has no tls entry', 'certificate');
  const nameless = tls.filter((entry) => (entry.secret ?? '') === '').flatMap((entry) => entry.hosts);
  if (tls.every((entry) => (entry.secret ?? '') !== '')) return passPart('certificate');
  return provenFail(`no certificate is named for ${nameless.length > 0 ? nameless.slice(0, 5).join(', ') : 'its hosts'}: the controller's default is served`, { part: 'certificate', severity: 'medium', detail: { hosts: nameless.slice(0, 50) } });
}

function judgeRedirect(judged: IngressFacts): Verdict {
  if (judged.tls.length === 0 && tlsElsewhere(judged) === undefined) return notApplicable('there is no TLS to send plain HTTP on to', 'redirect');
  const redirect = redirectOf(judged);
  switch (redirect.state) {
    case 'on': return passPart('redirect');
    case 'off': return provenFail(`plain HTTP is served beside HTTPS: ${redirect.because}`, { part: 'redirect', severity: 'medium' });
    case 'unknown': return notApplicable('whether plain HTTP is sent on to HTTPS is set in the controller, not in the Ingress', 'redirect');
  }
}

export const ingressTls = defineControl({
  id: 'network/ingress-tls',
  title: 'Every host of an Ingress is served over TLS, and plain HTTP leads there',
  severity: 'high',
  why: 'What comes in over plain HTTP, passwords and session cookies included, is read and changed by every network on the way, and nothing proves to the visitor whom they talk to.',
  remediation: 'Add a tls entry with every host and the Secret of its certificate (cert-manager makes and renews them by an annotation), and leave the controller\'s redirect to HTTPS on.',
  frameworks: { 'nsa-cisa': ['network/encryption'], 'nist-800-53': ['SC-8', 'SC-8(1)', 'SC-13', 'SC-23'], 'pci-dss': ['4.2.1'], soc2: ['CC6.1', 'CC6.7'] },
  evidence: ['api'],
  parts: { tls: 'every host has a tls entry', certificate: 'every tls entry names a certificate', redirect: 'plain HTTP is sent on to HTTPS' },
  scope: eachIngress,
  check(judged) {
    const tls = judgeTls(judged);
    // Without any TLS there is neither a certificate nor anything to send plain HTTP on to: worse than either finding says.
    if (tls.status === 'fail' && judged.tls.length === 0) return [tls, implied('certificate'), implied('redirect')];
    return [tls, judgeCertificate(judged), judgeRedirect(judged)];
  },
  examples: {
    passes: [
      ingress(certificate),
      ingress('[{hosts: ["*.shop.example"], secretName: wildcard-tls}]'),
      ingress('[{secretName: web-tls}]'),
      ingress(certificate, { host: '', annotations: 'nginx.ingress.kubernetes.io/force-ssl-redirect: "true"' }),
      ingress(certificate, { className: 'traefik', annotations: 'traefik.ingress.kubernetes.io/router.entrypoints: websecure' }),
      ingress('[]', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/certificate-arn: "arn:aws:acm:eu-west-1:111122223333:certificate/a"' }),
    ],
    fails: [
      ingress('[]'),
      ingress('[{hosts: [shop.example], secretName: web-tls}]'),
      ingress('[{hosts: ["*.shop.example"], secretName: web-tls}]', { host: 'a.b.shop.example' }),
      ingress('[]', { host: '' }),
      ingress('[{hosts: [www.shop.example]}]'),
      ingress(certificate, { annotations: 'nginx.ingress.kubernetes.io/ssl-redirect: "false"' }),
      ingress(certificate, { className: 'traefik', annotations: 'traefik.ingress.kubernetes.io/router.entrypoints: "web, websecure"' }),
      ingress('[]', { className: 'alb', annotations: 'alb.ingress.kubernetes.io/certificate-arn: "arn:aws:acm:eu-west-1:111122223333:certificate/a", alb.ingress.kubernetes.io/listen-ports: \'[{"HTTP": 80}, {"HTTPS": 443}]\'' }),
    ],
    unknown: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'ingresses.networking.k8s.io': 'forbidden' } })],
    notApplicable: [
      ingress('[]', { className: 'gce', annotations: 'networking.gke.io/managed-certificates: web' }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
    ],
  },
});
