import type { CustomFacts, LabelSelector } from '../facts.js';
import { isWellFormed } from '../readers/policy-shape.js';
import { looseSelector } from '../readers/loose-selector.js';
import { asList, asRecord, type UnknownRecord } from '../readers/unknown-record.js';
import type { ResourceRef } from '../resource-ref.js';
import type { Direction, PodSelection, Protocol, SelectablePod, TierPeer, TierPolicy, TierPort, TierRule, UnevaluatedPolicy } from './input.js';

export type TierKind = 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';

/** A policy of the tiers, or, where it does not say which pods it is about, one that may be about any. */
export type ReadTierPolicy = { readonly policy: TierPolicy } | { readonly unreadable: UnevaluatedPolicy };

const everything: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const operators = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** Narrows an AdminNetworkPolicy, BaselineAdminNetworkPolicy (v1alpha1) or ClusterNetworkPolicy (v1alpha2) of any shape. Never throws. */
export function readTierPolicy(kind: TierKind, facts: CustomFacts): ReadTierPolicy {
  const { name, spec: value } = facts;
  const object: ResourceRef = { group: 'policy.networking.k8s.io', kind, namespace: '', name };
  const spec = asRecord(value);
  if (!isWellFormed('tiers', facts)) return { unreadable: anywhere(object) };
  const subject = subjectOf(asRecord(spec['subject']));
  const place = placeOf(kind, spec);
  if (!subject || !place) return { unreadable: anywhere(object) };
  return {
    policy: {
      object,
      ...place,
      subject,
      ingress: asList(spec['ingress']).map((rule, index) => ruleOf(asRecord(rule), 'ingress', index)),
      egress: asList(spec['egress']).map((rule, index) => ruleOf(asRecord(rule), 'egress', index)),
    },
  };
}

const anywhere = (object: ResourceRef): UnevaluatedPolicy => ({ object, directions: ['ingress', 'egress'], effect: 'replaces', selects: (_pod: SelectablePod) => true });

function placeOf(kind: TierKind, spec: UnknownRecord): Pick<TierPolicy, 'tier' | 'priority'> | undefined {
  if (kind === 'BaselineAdminNetworkPolicy') return { tier: 'baseline', priority: 0 };
  const priority = spec['priority'];
  if (typeof priority !== 'number' || !Number.isFinite(priority)) return undefined;
  if (kind === 'AdminNetworkPolicy') return { tier: 'admin', priority };
  const tier = spec['tier'] === 'Admin' ? 'admin' : spec['tier'] === 'Baseline' ? 'baseline' : undefined;
  return tier && { tier, priority };
}

function subjectOf(subject: UnknownRecord): PodSelection | undefined {
  if (Object.keys(subject).length !== 1) return undefined;
  return subject['namespaces'] === undefined ? podsOf(subject['pods']) : namespacesOf(subject['namespaces']);
}

/** A selector that is read in full: an operator or a key that is not known could mean anything. */
function exactSelector(value: unknown): LabelSelector | undefined {
  const keys = Object.keys(asRecord(value));
  if (keys.some((key) => key !== 'matchLabels' && key !== 'matchExpressions')) return undefined;
  const selector = looseSelector(value);
  return selector?.matchExpressions.every(({ key, operator }) => key !== '' && operators.has(operator)) === true ? selector : undefined;
}

function namespacesOf(value: unknown): PodSelection | undefined {
  const namespaceSelector = exactSelector(value);
  return namespaceSelector && { namespaceSelector, podSelector: everything };
}

function podsOf(value: unknown): PodSelection | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = asRecord(value);
  if (Object.keys(record).some((key) => key !== 'namespaceSelector' && key !== 'podSelector')) return undefined;
  const namespaceSelector = record['namespaceSelector'] === undefined ? everything : exactSelector(record['namespaceSelector']);
  const podSelector = record['podSelector'] === undefined ? everything : exactSelector(record['podSelector']);
  return namespaceSelector && podSelector && { namespaceSelector, podSelector };
}

const actions: Readonly<Record<string, TierRule['action']>> = { Allow: 'allow', Accept: 'allow', Deny: 'deny', Pass: 'pass' };

function ruleOf(rule: UnknownRecord, direction: Direction, index: number): TierRule {
  const place = `${direction}[${index}]`;
  const peers = direction === 'ingress' ? 'from' : 'to';
  const { action, name, ports, protocols } = rule;
  return {
    ...(typeof name === 'string' && name !== '' && { name }),
    action: (typeof action === 'string' && Object.hasOwn(actions, action) ? actions[action] : undefined) ?? 'unreadable',
    peers: asList(rule[peers]).map((peer) => peerOf(asRecord(peer), direction, `${place}.${peers}`)),
    ports: [...listOr(ports, `${place}.ports`, portOf), ...listOr(protocols, `${place}.protocols`, protocolOf)],
  };
}

function listOr(value: unknown, field: string, read: (item: UnknownRecord, field: string) => TierPort): readonly TierPort[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map((item) => read(asRecord(item), field)) : [{ kind: 'unreadable', field }];
}

function peerOf(peer: UnknownRecord, direction: Direction, field: string): TierPeer {
  const unreadable: TierPeer = { kind: 'unreadable', field };
  const [kind, ...more] = Object.keys(peer);
  if (kind === undefined || more.length > 0) return unreadable;
  switch (kind) {
    case 'namespaces': {
      const selection = namespacesOf(peer[kind]);
      return selection ? { kind: 'pods', ...selection } : unreadable;
    }
    case 'pods': {
      const selection = podsOf(peer[kind]);
      return selection ? { kind: 'pods', ...selection } : unreadable;
    }
    case 'networks': {
      const cidrs = asList(peer[kind]);
      return direction === 'egress' && cidrs.length > 0 && cidrs.every((item) => typeof item === 'string') ? { kind: 'networks', cidrs } : unreadable;
    }
    case 'nodes': {
      const selector = direction === 'egress' ? exactSelector(peer[kind]) : undefined;
      return selector ? { kind: 'nodes', selector } : unreadable;
    }
    case 'domainNames': return direction === 'egress' ? { kind: 'domain-names' } : unreadable;
    default: return unreadable;
  }
}

const isProtocol = (value: unknown): value is Protocol => value === 'TCP' || value === 'UDP' || value === 'SCTP';

/** The shape of v1alpha1. */
function portOf(port: UnknownRecord, field: string): TierPort {
  const unreadable: TierPort = { kind: 'unreadable', field };
  if (Object.keys(port).length !== 1) return unreadable;
  const { namedPort } = port;
  if (typeof namedPort === 'string') return { kind: 'name', name: namedPort };
  const number = asRecord(port['portNumber']);
  const range = asRecord(port['portRange']);
  const protocol = number['protocol'] ?? range['protocol'] ?? 'TCP';
  if (!isProtocol(protocol)) return unreadable;
  return rangeOf(protocol, number['port'] ?? range['start'], number['port'] ?? range['end']) ?? unreadable;
}

/** The shape of v1alpha2. */
function protocolOf(item: UnknownRecord, field: string): TierPort {
  const unreadable: TierPort = { kind: 'unreadable', field };
  const [kind, ...more] = Object.keys(item);
  if (kind === undefined || more.length > 0) return unreadable;
  const value = item[kind];
  if (kind === 'destinationNamedPort') return typeof value === 'string' ? { kind: 'name', name: value } : unreadable;
  const protocol = kind.toUpperCase();
  if (!isProtocol(protocol) || kind !== kind.toLowerCase()) return unreadable;
  const { destinationPort, ...others } = asRecord(value);
  if (Object.keys(others).length > 0) return unreadable;
  if (destinationPort === undefined) return { kind: 'range', protocol, first: 1, last: 65_535 };
  const { number, range } = asRecord(destinationPort);
  const { start, end } = asRecord(range);
  return rangeOf(protocol, number ?? start, number ?? end) ?? unreadable;
}

function rangeOf(protocol: Protocol, first: unknown, last: unknown): TierPort | undefined {
  return typeof first === 'number' && typeof last === 'number' && first >= 1 && last <= 65_535 && first <= last ? { kind: 'range', protocol, first, last } : undefined;
}
