import type { NetworkPolicyFacts } from '../facts.js';
import type { ResourceRef } from '../resource-ref.js';
import { parseAddress, parseCidr, type AddressRange } from './address.js';
import { AtomTable, type PodTest } from './atoms.js';
import { eachBit, hasBit, isEmptyBits, newBits, setBit, type Bits } from './bits.js';
import type { CompiledRule, Profile, RulePorts, TierGroup } from './compiled.js';
import { IdSetPool, type IdSet } from './id-set.js';
import type { Direction, EndpointPort, ReachabilityInput, TierPolicy } from './input.js';
import { Partition } from './partition.js';
import { pointRange, PortSpace } from './port-space.js';
import { RuleCompiler } from './rule-compiler.js';

/** Pods in classes that no selector tells apart, and what is evaluated for each class. */
export interface Compiled {
  readonly space: PortSpace;
  readonly classes: number;
  /** By endpoint. */
  readonly classOf: Uint32Array;
  /** By class: the set of named ports, and the profile in each direction. */
  readonly portsOf: Uint32Array;
  readonly profileOf: Readonly<Record<Direction, Uint32Array>>;
  readonly profiles: Readonly<Record<Direction, readonly Profile[]>>;
  readonly hostNetwork: Bits;
  /** Ports of a rule on pods of a set of named ports. */
  resolve(ports: RulePorts, namedPorts: number): number;
  /** What a rule may match besides, whose ports could not be read. */
  readonly families: readonly AddressRange[];
}

export const networkPolicyRef = ({ namespace, name }: NetworkPolicyFacts): ResourceRef => ({ group: 'networking.k8s.io', kind: 'NetworkPolicy', namespace, name });

interface Subject {
  readonly atoms: IdSet;
  readonly directions: readonly Direction[];
}

export function compile(input: ReachabilityInput): Compiled {
  const space = new PortSpace();
  const tiers = input.tiers ?? [];
  const atoms = new AtomTable(input, portNamesOf(input), rangesOf(input), (input.unevaluated ?? []).length > 0);
  const pool = new IdSetPool();
  const scratch = newBits(atoms.size);
  const setOf = (add: (found: Bits) => void): IdSet => {
    scratch.fill(0);
    add(scratch);
    return pool.shared(scratch);
  };
  const rules = new RuleCompiler(atoms, space, pool, input.nodes);

  const policies = input.policies.map((policy) => {
    const test: PodTest = { namespace: policy.namespace, podSelector: policy.podSelector };
    const ref = networkPolicyRef(policy);
    return {
      ref,
      atoms: setOf((found) => atoms.addSelected(test, found)),
      directions: policy.policyTypes.map((type): Direction => (type === 'Ingress' ? 'ingress' : 'egress')),
      // Rules of a direction that the policy is not about hold nothing.
      ingress: policy.policyTypes.includes('Ingress') ? policy.ingress.map((rule, index) => rules.ofNetworkPolicy(policy.namespace, ref, 'ingress', rule, index)) : [],
      egress: policy.policyTypes.includes('Egress') ? policy.egress.map((rule, index) => rules.ofNetworkPolicy(policy.namespace, ref, 'egress', rule, index)) : [],
    };
  });
  const tierPolicies = inOrder(tiers).map((policy) => ({
    policy,
    ref: policy.object,
    atoms: setOf((found) => atoms.addSelected(policy.subject, found)),
    directions: (['ingress', 'egress'] as const).filter((direction) => policy[direction].length > 0),
    ingress: policy.ingress.map((rule, index) => rules.ofTier(policy, 'ingress', rule, index)),
    egress: policy.egress.map((rule, index) => rules.ofTier(policy, 'egress', rule, index)),
  }));
  const unevaluated = (input.unevaluated ?? []).map((policy) => ({ policy, atoms: setOf((found) => atoms.addSelectedBy(policy, found)), directions: policy.directions }));

  const partition = new Partition(atoms.firstClasses());
  const once = new Set<IdSet>();
  const split = (set: IdSet): void => {
    if (once.has(set)) return;
    once.add(set);
    partition.split(set);
  };
  for (const { atoms: set } of [...policies, ...tierPolicies, ...unevaluated]) split(set);
  for (const { yes, byAddress, maybe } of rules.all) {
    split(yes);
    split(byAddress);
    split(maybe);
  }

  const classes = partition.classes;
  const toClasses = (() => {
    const known = new Map<IdSet, IdSet>();
    const shared = new IdSetPool();
    const ofClasses = newBits(classes);
    return (set: IdSet): IdSet => {
      let found = known.get(set);
      if (!found) {
        ofClasses.fill(0);
        set.each((atom) => setBit(ofClasses, partition.classOf[atom]!));
        known.set(set, (found = shared.shared(ofClasses)));
      }
      return found;
    };
  })();
  for (const rule of rules.all) {
    rule.yes = toClasses(rule.yes);
    rule.byAddress = toClasses(rule.byAddress);
    rule.maybe = toClasses(rule.maybe);
  }
  const portsOf = new Uint32Array(classes);
  const hostNetwork = newBits(classes);
  for (let atom = 0; atom < atoms.size; atom++) {
    portsOf[partition.classOf[atom]!] = atoms.portsAt(atom);
    if (atoms.isHostNetwork(atom)) setBit(hostNetwork, partition.classOf[atom]!);
  }

  const profileOf: Record<Direction, Uint32Array> = { ingress: new Uint32Array(), egress: new Uint32Array() };
  const profiles = { ingress: [] as readonly Profile[], egress: [] as readonly Profile[] };
  for (const direction of ['ingress', 'egress'] as const) {
    const inDirection = <T extends Subject>(list: readonly T[]): readonly T[] => list.filter(({ directions }) => directions.includes(direction));
    const grouping = new Partition(hostNetworkFirst(hostNetwork, classes));
    const subjects = [inDirection(policies), inDirection(tierPolicies), inDirection(unevaluated)] as const;
    const done = new Set<IdSet>();
    for (const { atoms: set } of subjects.flat()) {
      const ofClasses = toClasses(set);
      if (!done.has(ofClasses)) grouping.split(ofClasses);
      done.add(ofClasses);
    }
    profileOf[direction] = grouping.classOf;
    const one = new Uint32Array(grouping.classes);
    for (let id = 0; id < classes; id++) one[grouping.classOf[id]!] = id;
    // A profile is selected where any class of it is: the sets were what made them.
    const selected = <T extends Subject>(list: readonly T[]): readonly T[][] => {
      const lists: T[][] = Array.from({ length: grouping.classes }, () => []);
      const members = new Map<IdSet, readonly number[]>();
      for (const subject of list) {
        const set = toClasses(subject.atoms);
        let found = members.get(set);
        if (!found) {
          const profiles = new Set<number>();
          set.each((id) => profiles.add(grouping.classOf[id]!));
          members.set(set, (found = [...profiles]));
        }
        for (const profile of found) lists[profile]!.push(subject);
      }
      return lists;
    };
    const [byPolicies, byTiers, byOthers] = [selected(subjects[0]), selected(subjects[1]), selected(subjects[2])];
    profiles[direction] = byPolicies.map((isolating, profile): Profile => {
      const ofTiers = byTiers[profile]!;
      const others = byOthers[profile]!;
      const own = exact(isolating.flatMap((policy) => policy[direction]));
      const groups = (tier: TierPolicy['tier']): readonly TierGroup[] => groupsOf(ofTiers.filter(({ policy }) => policy.tier === tier).map((item) => ({ priority: item.policy.priority, rules: item[direction] })));
      return {
        hostNetwork: hasBit(hostNetwork, one[profile] ?? 0) && classes > 0,
        isolatedBy: exact(isolating.map(({ ref }) => ref)),
        rules: own,
        merged: mergedRules(space, own),
        admin: exact(groups('admin')),
        baseline: exact(groups('baseline')),
        tierPolicies: exact(ofTiers.map(({ ref }) => ref)),
        replacedBy: exact(others.filter(({ policy }) => policy.effect === 'replaces').map(({ policy }) => policy.object)),
        narrowedBy: exact(others.filter(({ policy }) => policy.effect === 'narrows').map(({ policy }) => policy.object)),
      };
    });
  }

  return {
    space,
    classes,
    classOf: atoms.ofEndpoints((atom) => partition.classOf[atom]!),
    portsOf,
    profileOf,
    profiles,
    hostNetwork,
    families: atoms.families,
    resolve: resolver(space, atoms.portSets),
  };
}

const none: readonly never[] = [];

/** The same items in a list that has no room for more, of which there are thousands; one list for all that have none. */
const exact = <T>(items: readonly T[]): readonly T[] => (items.length === 0 ? none : items.slice());

/** By itself, so that nothing of what rules were compiled with stays with it. */
function resolver(space: PortSpace, portSets: readonly (readonly EndpointPort[])[]): Compiled['resolve'] {
  const resolved = new Map<RulePorts, Map<number, number>>();
  return (ports, namedPorts) => {
    if (ports.names.length === 0) return ports.fixed;
    let byPorts = resolved.get(ports);
    if (!byPorts) resolved.set(ports, (byPorts = new Map()));
    let found = byPorts.get(namedPorts);
    if (found === undefined) {
      const declared = portSets[namedPorts] ?? [];
      const named = declared.filter((port) => ports.names.some(({ name, protocol }) => port.name === name && (protocol === undefined || port.protocol === protocol)));
      const points = named.map(({ protocol, port }) => pointRange(protocol, port, port)).filter((range) => range !== undefined);
      // Not by what is remembered of unions: one pair's answer is exact however many sets there are.
      found = space.unionOf([ports.fixed, space.of(points)]);
      byPorts.set(namedPorts, found);
    }
    return found;
  };
}

function hostNetworkFirst(hostNetwork: Bits, classes: number): Uint32Array {
  const first = new Uint32Array(classes);
  const both = !isEmptyBits(hostNetwork) && first.some((_, id) => !hasBit(hostNetwork, id));
  if (both) eachBit(hostNetwork, (id) => (first[id] = 1));
  return first;
}

/** Between the older baseline policy, which has no priority, and the newer ones no order is defined. */
function inOrder(tiers: readonly TierPolicy[]): readonly TierPolicy[] {
  const baseline = tiers.filter(({ tier }) => tier === 'baseline');
  const isMixed = new Set(baseline.map(({ object }) => object.kind)).size > 1;
  return tiers
    .map((policy) => (isMixed && policy.tier === 'baseline' ? { ...policy, priority: 0 } : policy))
    .sort((a, b) => a.priority - b.priority || (a.object.name < b.object.name ? -1 : 1));
}

function groupsOf(policies: readonly { readonly priority: number; readonly rules: readonly CompiledRule[] }[]): readonly TierGroup[] {
  const groups: { priority: number; policies: (readonly CompiledRule[])[] }[] = [];
  for (const { priority, rules } of policies) {
    const last = groups.at(-1);
    if (last && last.priority === priority) last.policies.push(rules);
    else groups.push({ priority, policies: [rules] });
  }
  return groups;
}

function mergedRules(space: PortSpace, rules: readonly CompiledRule[]): Profile['merged'] {
  if (rules.length < 2) return rules.length === 0 ? none : rules.map((rule) => ({ rule, ports: [rule.ports] }));
  const merged = new Map<string, { rule: CompiledRule; ports: RulePorts[] }>();
  const ids = new Map<object, number>();
  const idOf = (value: object): number => {
    let id = ids.get(value);
    if (id === undefined) ids.set(value, (id = ids.size));
    return id;
  };
  for (const rule of rules) {
    const key = `${rule.everyone} ${idOf(rule.yes)} ${idOf(rule.maybe)}`;
    const same = merged.get(key);
    if (same) same.ports.push(rule.ports);
    else merged.set(key, { rule, ports: [rule.ports] });
  }
  return [...merged.values()].map(({ rule, ports }) => ({ rule, ports: mergedPorts(space, ports) }));
}

/** One of all that name no port by its name, and each of the others. */
function mergedPorts(space: PortSpace, ports: readonly RulePorts[]): readonly RulePorts[] {
  const numbered = ports.filter(({ names }) => names.length === 0);
  const named = ports.filter(({ names }) => names.length > 0);
  return numbered.length < 2 ? ports : [{ fixed: space.unionOf(numbered.map(({ fixed }) => fixed)), names: [], unreadable: false }, ...named];
}

function portNamesOf({ policies, tiers = [] }: ReachabilityInput): ReadonlySet<string> {
  const names = new Set<string>();
  for (const policy of policies) for (const rule of [...policy.ingress, ...policy.egress]) for (const { port } of rule.ports) if (typeof port === 'string') names.add(port);
  for (const policy of tiers) for (const rule of [...policy.ingress, ...policy.egress]) for (const port of rule.ports) if (port.kind === 'name') names.add(port.name);
  return names;
}

/** Every range that policies name, exceptions among them. */
function rangesOf({ policies, tiers = [], nodes = [] }: ReachabilityInput): readonly AddressRange[] {
  const cidrs = new Set<string>();
  for (const policy of policies) {
    for (const { peers } of [...policy.ingress, ...policy.egress]) {
      for (const { cidr, except = [] } of peers) if (cidr !== undefined) for (const text of [cidr, ...except]) cidrs.add(text);
    }
  }
  for (const policy of tiers) {
    for (const { peers } of [...policy.ingress, ...policy.egress]) for (const peer of peers) if (peer.kind === 'networks') for (const text of peer.cidrs) cidrs.add(text);
  }
  const ranges = [...cidrs].map((text) => parseCidr(text)).filter((range) => range !== undefined);
  const namesNodes = tiers.some(({ egress }) => egress.some(({ peers }) => peers.some(({ kind }) => kind === 'nodes')));
  if (!namesNodes) return ranges;
  const addresses = nodes.flatMap((node) => node.addresses).map((text) => parseAddress(text)).filter((address) => address !== undefined);
  return [...ranges, ...addresses.map((address) => ({ first: address, last: address }))];
}
