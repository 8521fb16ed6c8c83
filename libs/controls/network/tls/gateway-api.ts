import type { CustomFacts } from '#inventory/facts.js';
import { resourceType } from '#inventory/resources.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { orUnknown } from '../../engine/part.js';
import { fail, notApplicable, passPart, provenFail, provenPassPart, type Verdict } from '../../engine/verdict.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from '../routes/loose.js';
import type { Route } from '../routes/route.js';
import { routes } from '../routes/routes.js';
import { isGranted } from '../routes/services.js';
import { judgeSecrets, withoutTls } from './secrets.js';

export const gatewayKey = 'gateways.gateway.networking.k8s.io';
const routeKeys = ['httproutes.gateway.networking.k8s.io', 'grpcroutes.gateway.networking.k8s.io'] as const;

/** Paths at which certificates are proven: those are asked for over plain HTTP. */
const challenge = '/.well-known/acme-challenge';

/** Whether a rule sends everything on to HTTPS, or only proves a certificate. */
function isHarmless(rule: UnknownRecord): boolean {
  const isRedirect = asList(rule['filters']).map(asRecord).some(({ type, requestRedirect }) => type === 'RequestRedirect' && asRecord(requestRedirect)['scheme'] === 'https');
  const matches = asList(rule['matches']).map((match) => textOf(asRecord(asRecord(match)['path'])['value']));
  return isRedirect || (matches.length > 0 && matches.every((path) => path.startsWith(challenge)));
}

/** Routes that answer themselves where plain HTTP asks them: by `namespace/name` of their Gateway and by listener. */
const answering = defineIndex([], (world): ReadonlyMap<string, readonly Route[]> => {
  const { all, gateways } = world.use(routes);
  const found = new Map<string, Route[]>();
  for (const route of all) {
    if (!(routeKeys as readonly string[]).includes(route.key) || asList(asRecord(route.spec)['rules']).map(asRecord).every(isHarmless)) continue;
    for (const parent of route.parents) {
      for (const { name } of gateways.listenersOf(parent) ?? []) {
        const place = `${parent.namespace}/${parent.name} ${textOf(name)}`;
        const list = found.get(place);
        if (list) list.push(route);
        else found.set(place, [route]);
      }
    }
  }
  return found;
});

function judgePlain(gateway: CustomFacts, plain: readonly UnknownRecord[], hasTls: boolean, world: World): Verdict {
  const part = hasTls ? 'redirect' : 'tls';
  for (const { name } of plain) {
    const [route] = world.use(answering).get(`${gateway.namespace}/${gateway.name} ${textOf(name)}`) ?? [];
    if (!route) continue;
    const who = `${resourceType(route.key).kind} ${route.namespace}/${route.name}`;
    return provenFail(hasTls ? `${who} answers at its listener ${textOf(name)} over plain HTTP, and does not send on to HTTPS` : `its listener ${textOf(name)} serves ${who} over plain HTTP, and none has TLS`, {
      part, ...(hasTls && { severity: 'medium' as const }), detail: { listeners: plain.slice(0, 20).map((listener) => textOf(listener['name'])) },
    });
  }
  for (const key of routeKeys) if (plain.length > 0) world.list(key);
  return passPart(part);
}

/** Certificates that implementations find by other means than a reference. */
function certificateElsewhere(gateway: CustomFacts, listener: UnknownRecord, world: World): boolean {
  const { product } = world.use(routes).classes.controllerOfGateway(textOf(asRecord(gateway.spec)['gatewayClassName']), gateway.annotations ?? {});
  return Object.keys(asRecord(asRecord(listener['tls'])['options'])).length > 0 || gateway.annotations?.['networking.gke.io/certmap'] !== undefined || product === 'alb';
}

export function judgeGateway(gateway: CustomFacts, world: World): readonly Verdict[] {
  const listeners = asList(asRecord(gateway.spec)['listeners']).map(asRecord);
  const plain = listeners.filter(({ protocol }) => protocol === 'HTTP');
  const secured = listeners.filter(({ protocol }) => protocol === 'HTTPS' || protocol === 'TLS');
  if (plain.length + secured.length === 0) return [notApplicable('none of its listeners is for HTTP or TLS')];
  const plainVerdict = orUnknown(secured.length > 0 ? 'redirect' : 'tls', () => judgePlain(gateway, plain, secured.length > 0, world));
  if (secured.length === 0) return plainVerdict.status === 'fail' ? [plainVerdict, ...withoutTls] : [plainVerdict];
  const terminating = secured.filter(({ tls }) => asRecord(tls)['mode'] !== 'Passthrough');
  const refsOf = (listener: UnknownRecord) => asList(asRecord(listener['tls'])['certificateRefs']).map(asRecord);
  const nameless = terminating.filter((listener) => refsOf(listener).length === 0 && !certificateElsewhere(gateway, listener, world));
  const certificate = nameless.length > 0
    ? provenFail(`listener ${textOf(nameless[0]!['name'])} ends TLS and names no certificate`, { part: 'certificate', detail: { listeners: nameless.slice(0, 20).map(({ name }) => textOf(name)) } })
    : provenPassPart('certificate');
  const refs = terminating.flatMap(refsOf).filter(({ kind, group }) => (kind === undefined || kind === 'Secret') && (group === undefined || group === ''))
    .map(({ namespace, name }) => ({ namespace: textOf(namespace) || gateway.namespace, name: textOf(name) }));
  const from = { group: resourceType(gatewayKey).group, kind: 'Gateway', namespace: gateway.namespace, name: gateway.name };
  const refused = refs.find((ref) => ref.namespace !== gateway.namespace && !isGranted(world, from, 'Secret', ref));
  const secret = !refused ? judgeSecrets([...new Set(refs.map(({ namespace, name }) => `${namespace}/${name}`))], certificate, world) : orUnknown('secret', () => {
    world.list('referencegrants.gateway.networking.k8s.io');
    return fail(`no ReferenceGrant lets it use Secret ${refused.namespace}/${refused.name}`, { part: 'secret', severity: 'medium' });
  });
  return [provenPassPart('tls'), plainVerdict, certificate, secret];
}
