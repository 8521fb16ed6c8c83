import type { IngressFacts } from '#inventory/facts.js';
import { notApplicable, provenFail, provenPassPart, type Verdict } from '../../engine/verdict.js';
import type { World } from '../../engine/world.js';
import { coversHost, redirectOf, tlsElsewhere } from '../ingress-controllers.js';
import { listedHosts } from './listed-hosts.js';
import { judgeSecrets, withoutTls } from './secrets.js';

/** Hosts that no tls entry stands for. A rule without a host takes whatever comes, so any entry will do. */
function openHosts({ rules, tls, defaultService }: IngressFacts): readonly string[] {
  const hosts = [...new Set([...rules.map((rule) => rule.host), ...(rules.length === 0 && defaultService !== undefined ? [''] : [])])];
  // An entry without hosts holds for all of them.
  if (tls.some((entry) => entry.hosts.length === 0)) return [];
  return hosts.filter((host) => (host === '' ? tls.length === 0 : !tls.some((entry) => entry.hosts.some((tlsHost) => coversHost(tlsHost, host)))));
}

function judgeTls(judged: IngressFacts): Verdict {
  const open = openHosts(judged);
  if (open.length === 0) return provenPassPart('tls');
  const elsewhere = tlsElsewhere(judged);
  if (elsewhere !== undefined) return notApplicable(elsewhere, 'tls');
  return provenFail(`${listedHosts(open)} served without TLS`, { part: 'tls', detail: { hosts: open.slice(0, 50).map((host) => (host === '' ? 'every host' : host)) } });
}

function judgeCertificate({ tls }: IngressFacts): Verdict {
  if (tls.length === 0) return notApplicable('it has no tls entry', 'certificate');
  const nameless = tls.filter((entry) => (entry.secret ?? '') === '').flatMap((entry) => entry.hosts);
  if (tls.every((entry) => (entry.secret ?? '') !== '')) return provenPassPart('certificate');
  return provenFail(`no certificate is named for ${nameless.length > 0 ? nameless.slice(0, 5).join(', ') : 'its hosts'}: the controller's default is served`, { part: 'certificate', severity: 'medium', detail: { hosts: nameless.slice(0, 50) } });
}

function judgeRedirect(judged: IngressFacts): Verdict {
  if (judged.tls.length === 0 && tlsElsewhere(judged) === undefined) return notApplicable('there is no TLS to send plain HTTP on to', 'redirect');
  const redirect = redirectOf(judged);
  switch (redirect.state) {
    case 'on': return provenPassPart('redirect');
    case 'off': return provenFail(`plain HTTP is served beside HTTPS: ${redirect.because}`, { part: 'redirect', severity: 'medium' });
    case 'unknown': return notApplicable('whether plain HTTP is sent on to HTTPS is set in the controller, not in the Ingress', 'redirect');
  }
}

export function judgeIngress(judged: IngressFacts, world: World): readonly Verdict[] {
  const tls = judgeTls(judged);
  if (tls.status === 'fail' && judged.tls.length === 0) return [tls, ...withoutTls];
  const secrets = [...new Set(judged.tls.flatMap(({ secret }) => (secret === undefined || secret === '' ? [] : [`${judged.namespace}/${secret}`])))];
  const certificate = judgeCertificate(judged);
  return [tls, certificate, judgeRedirect(judged), judgeSecrets(secrets, certificate, world)];
}
