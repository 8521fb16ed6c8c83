import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { fail, notApplicable, provenFail, provenPassPart, unknown, type Verdict } from '../../engine/verdict.js';
import type { World } from '../../engine/world.js';
import { textOf, texts } from '../routes/loose.js';
import { byMiddleware } from '../routes/traefik-middlewares.js';
import { routeOfTraefik } from '../routes/traefik.js';
import { judgeSecrets, withoutTls } from './secrets.js';

const withoutAny = (message: string, patch?: unknown): readonly Verdict[] => [provenFail(message, { part: 'tls', ...(patch !== undefined && { patch }) }), ...withoutTls];

export function judgeOpenShiftRoute({ namespace, spec }: CustomFacts, world: World): readonly Verdict[] {
  const { tls, host } = asRecord(spec);
  if (tls === undefined || tls === null) {
    return withoutAny(`${textOf(host) || 'its host'} is served without TLS: spec.tls is not set`, { spec: { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' } } });
  }
  const { insecureEdgeTerminationPolicy, termination, hasCertificate, externalCertificate } = asRecord(tls);
  const secret = textOf(asRecord(externalCertificate)['name']);
  const certificate = hasCertificate === true || secret !== '' || termination === 'passthrough' ? provenPassPart('certificate') : notApplicable('it is served with the certificate of the router', 'certificate');
  return [
    provenPassPart('tls'),
    insecureEdgeTerminationPolicy === 'Allow'
      ? provenFail('plain HTTP is served beside HTTPS: spec.tls.insecureEdgeTerminationPolicy is Allow', { part: 'redirect', severity: 'medium', patch: { spec: { tls: { insecureEdgeTerminationPolicy: 'Redirect' } } } })
      : provenPassPart('redirect'),
    certificate,
    judgeSecrets(secret === '' ? [] : [`${namespace}/${secret}`], certificate, world),
  ];
}

export function judgeContourProxy({ namespace, spec }: CustomFacts, world: World): readonly Verdict[] {
  const { virtualhost, routes } = asRecord(spec);
  const { fqdn, tls } = asRecord(virtualhost);
  if (virtualhost === undefined) return [notApplicable('TLS is ended by the proxy that includes it')];
  if (tls === undefined || tls === null) return withoutAny(`${textOf(fqdn)} is served without TLS: spec.virtualhost.tls is not set`);
  const { secretName, passthrough } = asRecord(tls);
  const secret = textOf(secretName);
  const certificate = secret !== '' || passthrough === true ? provenPassPart('certificate') : provenFail('no certificate is named in spec.virtualhost.tls', { part: 'certificate' });
  return [
    provenPassPart('tls'),
    certificate,
    asList(routes).some((route) => asRecord(route)['permitInsecure'] === true)
      ? provenFail('plain HTTP is served beside HTTPS: a route has permitInsecure', { part: 'redirect', severity: 'medium' })
      : provenPassPart('redirect'),
    judgeSecrets(secret === '' ? [] : [secret.includes('/') ? secret : `${namespace}/${secret}`], certificate, world),
  ];
}

/** The entry point for HTTPS in the charts that install Traefik: it has TLS of its own. */
const secureEntryPoint = 'websecure';

export function judgeTraefikRoute(facts: CustomFacts, world: World): readonly Verdict[] {
  const { tls, entryPoints } = asRecord(facts.spec);
  if (tls !== undefined && tls !== null) {
    const { secretName, certResolver } = asRecord(tls);
    const secret = textOf(secretName);
    const certificate = secret !== '' || textOf(certResolver) !== '' ? provenPassPart('certificate') : notApplicable('it is served with the certificate of the TLS store', 'certificate');
    return [provenPassPart('tls'), provenPassPart('redirect'), certificate, judgeSecrets(secret === '' ? [] : [`${facts.namespace}/${secret}`], certificate, world)];
  }
  const names = texts(entryPoints);
  if (names.length > 0 && names.every((name) => name === secureEntryPoint)) return [notApplicable(`TLS is that of entry point ${secureEntryPoint}`)];
  const others = names.filter((name) => name !== 'web' && name !== secureEntryPoint);
  if (names.length > 0 && others.length === names.length) return [notApplicable(`whether entry point ${others[0]!.slice(0, 100)} has TLS is set in Traefik, not in the route`)];
  const redirected = byMiddleware(routeOfTraefik(facts), world, ({ redirectScheme }) => asRecord(redirectScheme)['scheme'] === 'https');
  if (redirected.state === 'set') return [provenPassPart('tls')];
  if (redirected.state === 'unknown') return [unknown(redirected.missing)];
  // A middleware that was not read may redirect.
  return [fail(`its routes answer without TLS on ${names.includes('web') ? 'entry point web' : 'every entry point'}: spec.tls is not set`, { part: 'tls' }), ...withoutTls];
}
