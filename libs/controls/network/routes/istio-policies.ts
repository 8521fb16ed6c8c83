import type { Labels } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { defineIndex, type World } from '../../engine/world.js';
import { istioSelectorOf } from './facing.js';
import { textOf, texts } from './loose.js';
import type { Parent, Route } from './route.js';
import { none, set, type Setting } from './setting.js';

/** The namespace whose policies hold everywhere; another one can be set when Istio is installed. */
const rootNamespace = 'istio-system';

/** A policy of Istio that may hold at a gateway. */
interface GatewayPolicy {
  readonly namespace: string;
  /** Of the gateway's pods; none: every gateway of the namespace. */
  readonly selector: Labels;
  /** Gateways it is attached to. */
  readonly targets: readonly string[];
  /** The only hosts that it keeps anybody from; all where there are none. */
  readonly hosts?: readonly string[];
}

function policyOf(namespace: string, selector: unknown, targets: readonly unknown[]): GatewayPolicy {
  return {
    namespace,
    selector: Object.fromEntries(Object.entries(asRecord(selector)).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    targets: targets.map(asRecord).filter(({ kind }) => kind === 'Gateway').map(({ name }) => textOf(name)),
  };
}

/** Filters that limit rates, each told once by its text: what a filter does is written anywhere in it. */
const rateLimitFilters = defineIndex(['envoyfilters.networking.istio.io'], (world): readonly GatewayPolicy[] =>
  world.list('envoyfilters.networking.istio.io').filter(({ spec }) => /envoy\.(?:extensions\.)?filters\.http\.(?:local_?)?rate_?limit/.test(JSON.stringify(spec)))
    .map(({ namespace, spec }) => policyOf(namespace, asRecord(asRecord(spec)['workloadSelector'])['labels'], asList(asRecord(spec)['targetRefs']))));

/** Whether a rule names addresses that it lets in, or all but which it keeps out. */
function namesSources({ action, rules }: { readonly action: unknown; readonly rules: unknown }): boolean {
  const isDeny = action === 'DENY';
  if (!isDeny && action !== undefined && action !== 'ALLOW') return false;
  const fields = isDeny ? ['notIpBlocks', 'notRemoteIpBlocks'] : ['ipBlocks', 'remoteIpBlocks'];
  const sourcesOf = (rule: unknown) => asList(asRecord(rule)['from']).map((from) => asRecord(asRecord(from)['source']));
  const isNamed = (rule: unknown): boolean => {
    const sources = sourcesOf(rule);
    return sources.length > 0 && sources.every((source) => fields.some((field) => texts(source[field]).length > 0));
  };
  const list = asList(rules);
  return list.length > 0 && (isDeny ? list.some(isNamed) : list.every(isNamed));
}

/** Hosts that a denying policy is about. An allowing one keeps everybody from what it does not name. */
function hostsOf({ action, rules }: UnknownRecord): readonly string[] | undefined {
  if (action !== 'DENY') return undefined;
  const operations = asList(rules).flatMap((rule) => asList(asRecord(rule)['to'])).map((to) => texts(asRecord(asRecord(to)['operation'])['hosts']));
  return operations.length === 0 || operations.some((hosts) => hosts.length === 0) ? undefined : operations.flat();
}

const sourcePolicies = defineIndex(['authorizationpolicies.security.istio.io'], (world): readonly GatewayPolicy[] =>
  world.list('authorizationpolicies.security.istio.io').filter(({ spec }) => namesSources({ action: asRecord(spec)['action'], rules: asRecord(spec)['rules'] }))
    .map(({ namespace, spec }) => {
      const { selector, targetRef, targetRefs } = asRecord(spec);
      return { ...policyOf(namespace, asRecord(selector)['matchLabels'], [targetRef, ...asList(targetRefs)]), hosts: hostsOf(asRecord(spec)) };
    }));

function holdsAt(world: World, { namespace, selector, targets }: GatewayPolicy, parent: Parent): boolean {
  if (targets.length > 0) return namespace === parent.namespace && targets.includes(parent.name);
  const wanted = Object.entries(selector);
  // A Gateway of the Gateway API is served by pods that bear its name.
  const labels: Labels = parent.key === 'gateways.networking.istio.io' ? istioSelectorOf(world, parent) : { 'gateway.networking.k8s.io/gateway-name': parent.name };
  if (wanted.length === 0) return namespace === rootNamespace || namespace === parent.namespace;
  return wanted.every(([key, value]) => labels[key] === value);
}

const isAbout = ({ hosts }: GatewayPolicy, route: Route): boolean =>
  hosts === undefined || route.hosts.every((host) => hosts.some((each) => each === host || each === '*' || (each.startsWith('*.') && host.endsWith(each.slice(1)))));

const each = (route: Route, world: World, policies: readonly GatewayPolicy[]): Setting =>
  route.parents.length > 0 && route.parents.every((parent) => policies.some((policy) => isAbout(policy, route) && holdsAt(world, policy, parent))) ? set : none;

export const byRateLimitFilter = (route: Route, world: World): Setting => each(route, world, world.use(rateLimitFilters));
export const bySourcePolicy = (route: Route, world: World): Setting => each(route, world, world.use(sourcePolicies));
