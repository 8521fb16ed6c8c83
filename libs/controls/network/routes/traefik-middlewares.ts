import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { textOf } from './loose.js';
import type { Route } from './route.js';
import { least, none, type Setting } from './setting.js';

const key = 'middlewares.traefik.io';
/** Chains of chains that are followed. */
const MAX_DEPTH = 8;

const middlewares = defineIndex([key], (world): ReadonlyMap<string, UnknownRecord> =>
  new Map(world.list(key).flatMap(({ namespace, name, spec }): [string, UnknownRecord][] => [[`${namespace}/${name}`, asRecord(spec)], [`${namespace}-${name}`, asRecord(spec)]])));

/** Middlewares of each rule of a route: `namespace/name`, `namespace-name` as annotations write it, or with a provider's name. */
function namesOf({ key: routeKey, namespace, annotations, spec }: Route): readonly (readonly string[])[] {
  if (routeKey === 'ingressroutes.traefik.io') {
    return asList(asRecord(spec)['routes']).map((rule) => asList(asRecord(rule)['middlewares']).map((value) => {
      const { name, namespace: other } = asRecord(value);
      return textOf(name).includes('@') ? textOf(name) : `${textOf(other) || namespace}/${textOf(name)}`;
    }));
  }
  if (routeKey === 'ingresses.networking.k8s.io') {
    return [(annotations['traefik.ingress.kubernetes.io/router.middlewares'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')];
  }
  return asList(asRecord(spec)['rules']).map((rule) => asList(asRecord(rule)['filters']).map((filter) => asRecord(asRecord(filter)['extensionRef']))
    .filter(({ kind }) => kind === 'Middleware').map(({ name }) => `${namespace}/${textOf(name)}`));
}

function isSet(world: World, name: string, fits: (middleware: UnknownRecord) => boolean, depth: number): Setting {
  const [own = '', provider] = name.split('@');
  if (provider !== undefined && provider !== 'kubernetescrd') return { state: 'unknown', missing: { fact: key, reason: 'not-requested', detail: `middleware ${name.slice(0, 200)} is defined outside the cluster's API` } };
  const middleware = world.use(middlewares).get(own);
  if (!middleware) return none;
  if (fits(middleware)) return { state: 'set' };
  if (depth === MAX_DEPTH) return none;
  const namespace = own.slice(0, Math.max(0, own.indexOf('/')));
  const chained = asList(asRecord(middleware['chain'])['middlewares']).slice(0, 50).map((value) => {
    const { name: next, namespace: other } = asRecord(value);
    return `${textOf(other) || namespace}/${textOf(next)}`;
  });
  return best(chained.map((next) => isSet(world, next, fits, depth + 1)));
}

const best = (settings: readonly Setting[]): Setting => settings.find(({ state }) => state === 'set') ?? settings.find(({ state }) => state === 'unknown') ?? none;

/** Whether each rule of a route passes through a middleware of some kind. */
export const byMiddleware = (route: Route, world: World, fits: (middleware: UnknownRecord) => boolean): Setting =>
  least(namesOf(route).map((names) => best(names.slice(0, 100).map((name) => isSet(world, name, fits, 0)))));
