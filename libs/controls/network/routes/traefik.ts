import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord } from '#inventory/readers/unknown-record.js';
import { textOf, texts } from './loose.js';
import { Matches, serviceKind, targetOf, type Backend, type Match, type Route } from './route.js';

/** Longest rule that is read: a longer one is nobody's own writing. */
const MAX_RULE = 16_384;

/** Bounded, so that a rule which opens a thousand calls and closes none costs its length. */
const call = /(!\s{0,4})?\b([A-Za-z]{1,30})\(([^)]{0,2000})\)/g;
const argument = /[`"]([^`"]*)[`"]/g;
/** Patterns of a host that let every one through. */
const anyHost = /^\^?(?:\.[+*]|\{[^:}]*:\.[+*]\})\$?$/;

interface Rule {
  readonly hosts: readonly string[];
  readonly paths: readonly { readonly path: string; readonly type: Match['type'] }[];
  readonly isNarrowed: boolean;
}

/** Hosts and paths of a router's rule: as far as alternatives go, each host with each path. */
function ruleOf(text: string): Rule {
  const hosts: string[] = [];
  const paths: { path: string; type: Match['type'] }[] = [];
  let isNarrowed = text.length > MAX_RULE;
  for (const [, not, name, given] of text.slice(0, MAX_RULE).matchAll(call)) {
    const values = [...given!.matchAll(argument)].map((found) => found[1]!);
    if (not !== undefined) isNarrowed = true;
    else if (name === 'Host') hosts.push(...values);
    else if (name === 'HostRegexp') hosts.push(...values.map((pattern) => (anyHost.test(pattern) ? '' : `*${pattern.slice(0, 253)}`)));
    else if (name === 'Path') paths.push(...values.map((path) => ({ path, type: 'exact' as const })));
    else if (name === 'PathPrefix') paths.push(...values.map((path) => ({ path, type: 'prefix' as const })));
    else if (name === 'PathRegexp') paths.push(...values.map((path) => ({ path, type: 'regex' as const })));
    else isNarrowed = true;
  }
  return { hosts: hosts.length > 0 ? hosts : [''], paths: paths.length > 0 ? paths : [{ path: '/', type: 'prefix' }], isNarrowed };
}

function backendOf(value: unknown, namespace: string): Backend {
  const { kind, name, namespace: other, port } = asRecord(value);
  return {
    kind: kind === undefined || kind === serviceKind ? serviceKind : `traefik.io/${textOf(kind)}`, namespace: textOf(other) || namespace, name: textOf(name),
    ...((typeof port === 'number' || typeof port === 'string') && { port }),
  };
}

export function routeOfTraefik({ namespace, name, spec, annotations = {} }: CustomFacts): Route {
  const hosts = new Set<string>();
  const matches = new Matches();
  const backends = new Map<string, Backend>();
  for (const value of asList(asRecord(spec)['routes'])) {
    const { match, services } = asRecord(value);
    // Traefik leaves out what has no rule.
    if (typeof match !== 'string') continue;
    const rule = ruleOf(match);
    const refs = asList(services).map((service) => backendOf(service, namespace));
    for (const ref of refs) backends.set(targetOf([ref]), ref);
    for (const host of rule.hosts) hosts.add(host);
    matches.add(rule.hosts, rule.paths.map((path) => ({ ...path, isNarrowed: rule.isNarrowed })), targetOf(refs));
  }
  const entryPoints = texts(asRecord(spec)['entryPoints']);
  return {
    key: 'ingressroutes.traefik.io', namespace, name, annotations, controller: { product: 'traefik', by: 'its kind' }, realms: (entryPoints.length > 0 ? entryPoints : ['the default ones']).map((entryPoint) => `entry point ${entryPoint}`),
    hosts: [...hosts], matches: matches.list, ...(matches.isCut && { isCut: true }), backends: [...backends.values()], parents: [], spec,
  };
}
