import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { gatewayApi, type Gateways } from './gateways.js';
import { textOf, texts } from './loose.js';
import { Matches, serviceKind, targetOf, type Backend, type Controller, type Match, type Parent, type Route, type RouteKey } from './route.js';

type GatewayRouteKey = Extract<RouteKey, `${string}.${typeof gatewayApi}`>;

function backendOf(value: unknown, namespace: string): Backend {
  const { group, kind, name, namespace: other, port } = asRecord(value);
  const isService = (kind === undefined || kind === serviceKind) && (group === undefined || group === '');
  return {
    kind: isService ? serviceKind : `${textOf(group)}/${textOf(kind)}`, namespace: textOf(other) || namespace, name: textOf(name),
    ...(typeof port === 'number' && { port }),
  };
}

/** Gateways that a route attaches to. Parents of other kinds are Services of a mesh: no way into the cluster. */
function parentsOf(spec: UnknownRecord, namespace: string): readonly Parent[] {
  return asList(spec['parentRefs']).flatMap((value): Parent[] => {
    const { group, kind, name, namespace: other, sectionName } = asRecord(value);
    const isGateway = (group === undefined || group === gatewayApi) && (kind === undefined || kind === 'Gateway');
    if (!isGateway) return [];
    return [{ key: 'gateways.gateway.networking.k8s.io', namespace: textOf(other) || namespace, name: textOf(name), ...(typeof sectionName === 'string' && sectionName !== '' && { section: sectionName }) }];
  });
}

const pathTypes: Readonly<Record<string, Match['type']>> = { Exact: 'exact', RegularExpression: 'regex' };

type RuleMatch = Pick<Match, 'path' | 'type' | 'isNarrowed'>;

function matchOf(value: unknown): RuleMatch {
  const { path, method, headers, queryParams } = asRecord(value);
  const { type, value: text } = asRecord(path);
  const isNarrowed = method !== undefined || asList(headers).length > 0 || asList(queryParams).length > 0;
  return { path: typeof text === 'string' ? text : '/', type: pathTypes[textOf(type)] ?? 'prefix', isNarrowed };
}

const everything: RuleMatch = { path: '/', type: 'prefix', isNarrowed: false };

export function routeOfGatewayApi(key: GatewayRouteKey, { namespace, name, spec, annotations = {} }: CustomFacts, gateways: Gateways): Route | undefined {
  const record = asRecord(spec);
  const parents = parentsOf(record, namespace);
  if (parents.length === 0) return undefined;
  const own = texts(record['hostnames']);
  // Without hostnames of its own it takes those of the listeners it attaches to.
  const hosts = own.length > 0 ? own : [...new Set(parents.flatMap((parent) => gateways.listenersOf(parent)?.map(({ hostname }) => textOf(hostname)) ?? []))];
  const backends = new Map<string, Backend>();
  const matches = new Matches();
  for (const rule of asList(record['rules'])) {
    const { matches: conditions, backendRefs } = asRecord(rule);
    const refs = asList(backendRefs).map((ref) => backendOf(ref, namespace));
    for (const ref of refs) backends.set(targetOf([ref]), ref);
    matches.add(hosts, asList(conditions).length > 0 ? asList(conditions).map(matchOf) : [everything], targetOf(refs));
  }
  const controllers = parents.map((parent): Controller => gateways.controllerOf(parent));
  return {
    key, namespace, name, annotations, controller: controllers.find(({ product }) => product !== undefined) ?? controllers[0]!,
    realms: parents.flatMap((parent) => gateways.realmsOf(parent)), hosts, matches: matches.list, ...(matches.isCut && { isCut: true }), backends: [...backends.values()], parents, spec,
  };
}
