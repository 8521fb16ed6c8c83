import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { notApplicable, provenFail, provenPassPart, type Verdict } from '../../engine/verdict.js';
import type { World } from '../../engine/world.js';
import { textOf, texts } from '../routes/loose.js';
import { judgeSecrets, withoutTls } from './secrets.js';

const plainProtocols: ReadonlySet<string> = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB']);
const passing: ReadonlySet<string> = new Set(['PASSTHROUGH', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL']);

const protocolOf = ({ port }: UnknownRecord): string => textOf(asRecord(port)['protocol']).toUpperCase();
/** Hosts of a server; a namespace may stand before them. */
const hostsOf = ({ hosts }: UnknownRecord): readonly string[] => texts(hosts).map((host) => host.slice(host.indexOf('/') + 1));

export function judgeIstioGateway({ spec, name }: CustomFacts, world: World): readonly Verdict[] {
  const { servers, selector } = asRecord(spec);
  if (/egress/.test(name) || Object.values(asRecord(selector)).some((value) => /egress/.test(textOf(value)))) return [notApplicable('it is for what leaves the cluster')];
  const all = asList(servers).map(asRecord);
  const plain = all.filter((server) => plainProtocols.has(protocolOf(server)) && asRecord(server['tls'])['httpsRedirect'] !== true);
  const secured = all.filter((server) => protocolOf(server) === 'HTTPS' || protocolOf(server) === 'TLS');
  if (plain.length + secured.length === 0) return [all.length === 0 ? notApplicable('it has no servers') : provenPassPart('tls')];
  const isSecured = new Set(secured.flatMap(hostsOf));
  const open = plain.flatMap(hostsOf).filter((host) => !isSecured.has('*') && !isSecured.has(host));
  const verdicts: Verdict[] = [];
  if (open.length > 0) verdicts.push(provenFail(`${open.slice(0, 5).map((host) => (host === '*' ? 'every host' : host)).join(', ')}${open.length > 5 ? ' …' : ''} ${open.length === 1 ? 'is' : 'are'} served without TLS`, { part: 'tls', detail: { hosts: open.slice(0, 50) } }));
  else verdicts.push(provenPassPart('tls'));
  if (secured.length === 0) return [...verdicts, ...withoutTls];
  verdicts.push(plain.length > open.length || (plain.length > 0 && open.length === 0)
    ? provenFail('plain HTTP is served beside HTTPS: tls.httpsRedirect of its plain server is not true', { part: 'redirect', severity: 'medium' })
    : provenPassPart('redirect'));
  const terminating = secured.filter(({ tls }) => !passing.has(textOf(asRecord(tls)['mode'])));
  const nameless = terminating.filter(({ tls }) => ['credentialName', 'credentialNames', 'serverCertificate', 'tlsCertificates'].every((field) => asRecord(tls)[field] === undefined));
  const certificate = nameless.length > 0
    ? provenFail(`a server for ${hostsOf(nameless[0]!).slice(0, 3).join(', ')} ends TLS and names no certificate`, { part: 'certificate' })
    : provenPassPart('certificate');
  // They are looked for beside the gateway's pods, wherever those are.
  const secrets = terminating.flatMap(({ tls }) => [textOf(asRecord(tls)['credentialName']), ...texts(asRecord(tls)['credentialNames'])]).filter((secret) => secret !== '' && !secret.includes('://'));
  return [...verdicts, certificate, judgeSecrets([...new Set(secrets.map((secret) => `*/${secret}`))], certificate, world)];
}
