import type { LabelSelector, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule } from '../facts.js';
import { selects } from '../readers/label-selector.js';
import type { ResourceRef } from '../resource-ref.js';
import { joinRanges, neverPods, parseAddress, parseCidr, rangesCover, withoutRanges, type AddressRange, type Ranges } from './address.js';
import type { UnknownReason } from './answer.js';
import type { AtomTable, PodTest } from './atoms.js';
import { clearBit, newBits, setBit, type Bits } from './bits.js';
import { CompiledRule, type RulePorts } from './compiled.js';
import type { IdSetPool } from './id-set.js';
import type { Direction, NodeView, TierPolicy, TierPort, TierRule } from './input.js';
import { EVERY, pointRange, type PointRange, type PortSpace } from './port-space.js';

// Nearly all rules have none.
const noRanges: Ranges = [];
const noDoubts: readonly UnknownReason[] = [];
const noNames: RulePorts['names'] = [];
const everyPort: RulePorts = { fixed: EVERY, names: noNames, unreadable: false };

const everything = { matchLabels: {}, matchExpressions: [] };

/** Makes rules of either kind into sets of atoms, which become sets of classes once these are known. */
export class RuleCompiler {
  readonly all: CompiledRule[] = [];
  private readonly numberedPorts = new Map<number, RulePorts>();
  /** For one rule after another. */
  private readonly peers: PeerSets;

  constructor(
    private readonly atoms: AtomTable,
    private readonly space: PortSpace,
    private readonly pool: IdSetPool,
    private readonly nodes: readonly NodeView[] | undefined,
  ) {
    this.peers = new PeerSets(atoms);
  }

  ofNetworkPolicy(namespace: string, object: ResourceRef, direction: Direction, rule: NetworkPolicyRule, index: number): CompiledRule {
    const peers = this.peers.begin();
    const doubts: UnknownReason[] = [];
    for (const peer of rule.peers) this.addPeer(peers, peer, namespace, object, doubts);
    return this.add(peers, doubts, {
      ref: { object, direction, index, action: 'allow' },
      everyone: rule.peers.length === 0,
      ports: this.portsOf(rule.ports),
      peers: rule.peers,
      namespace,
    }, 'some');
  }

  ofTier(policy: TierPolicy, direction: Direction, rule: TierRule, index: number): CompiledRule {
    const peers = this.peers.begin();
    const doubts: UnknownReason[] = [];
    const { object } = policy;
    for (const peer of rule.peers) {
      switch (peer.kind) {
        case 'pods':
          peers.addPods(peer);
          break;
        case 'networks':
          for (const cidr of peer.cidrs) this.addBlock(peers, cidr, [], object, doubts);
          break;
        case 'nodes':
          this.addNodes(peers, peer.selector, object, doubts);
          break;
        case 'domain-names':
          peers.isVague = true;
          doubts.push({ kind: 'domain-names', object });
          break;
        case 'unreadable':
          peers.isUnreadable = true;
          doubts.push({ kind: 'unreadable', object, field: peer.field });
      }
    }
    if (rule.action === 'unreadable') doubts.push({ kind: 'unreadable', object, field: `${direction}[${index}].action` });
    const ports = this.tierPortsOf(rule.ports);
    for (const port of rule.ports) if (port.kind === 'unreadable') doubts.push({ kind: 'unreadable', object, field: port.field });
    return this.add(peers, doubts, {
      ref: { object, direction, index, action: rule.action, ...(rule.name !== undefined && { name: rule.name }) },
      everyone: false,
      ports,
      peers: rule.peers,
      namespace: '',
    }, 'every');
  }

  /** `addresses`: whether one of a pod's addresses is enough, or each must match for the rule to match surely. */
  private add(peers: PeerSets, doubts: UnknownReason[], rule: Pick<CompiledRule, 'ref' | 'everyone' | 'ports' | 'peers' | 'namespace'>, addresses: 'some' | 'every'): CompiledRule {
    const ranges = joinRanges([...peers.blocks, ...peers.nodes]);
    const { yes, byAddress, maybe } = peers.close(ranges, addresses);
    if (ranges.length > 0) doubts.push({ kind: 'address-not-known', object: rule.ref.object });
    const compiled = new CompiledRule(
      rule.ref, rule.everyone, rule.ports, rule.peers, rule.namespace, this.pool.shared(yes), this.pool.shared(byAddress), this.pool.shared(maybe),
      ranges.length === 0 ? noRanges : ranges, peers.isVague || peers.isUnreadable, doubts.length === 0 ? noDoubts : doubts,
    );
    this.all.push(compiled);
    return compiled;
  }

  private addPeer(peers: PeerSets, peer: NetworkPolicyPeer, namespace: string, object: ResourceRef, doubts: UnknownReason[]): void {
    if (peer.cidr !== undefined) this.addBlock(peers, peer.cidr, peer.except ?? [], object, doubts);
    else if (peer.namespaceSelector) peers.addPods({ namespaceSelector: peer.namespaceSelector, podSelector: peer.podSelector ?? everything });
    else if (peer.podSelector) peers.addPods({ namespace, podSelector: peer.podSelector });
    else {
      // The API server refuses a peer of nothing; one that is there is of a newer kind.
      peers.isUnreadable = true;
      doubts.push({ kind: 'unreadable', object, field: 'peer' });
    }
  }

  private addNodes(peers: PeerSets, selector: LabelSelector, object: ResourceRef, doubts: UnknownReason[]): void {
    const selected = this.nodes?.filter(({ labels }) => selects(selector, labels)).map(({ addresses }) => addresses.map((text) => parseAddress(text)).filter((address) => address !== undefined));
    for (const address of selected?.flat() ?? []) peers.nodes.push({ first: address, last: address });
    if (selected?.every((addresses) => addresses.length > 0) === true) return;
    peers.isVague = true;
    doubts.push({ kind: 'nodes-not-known', object });
  }

  private addBlock(peers: PeerSets, cidr: string, except: readonly string[], object: ResourceRef, doubts: UnknownReason[]): void {
    const block = parseCidr(cidr);
    const holes = except.map((text) => parseCidr(text));
    if (!block || holes.includes(undefined)) {
      peers.isUnreadable = true;
      doubts.push({ kind: 'unreadable', object, field: 'cidr' });
      return;
    }
    // One by one: thousands of peers are no argument list.
    for (const range of withoutRanges(block, holes.filter((hole) => hole !== undefined))) peers.blocks.push(range);
  }

  private portsOf(ports: readonly NetworkPolicyPort[]): RulePorts {
    if (ports.length === 0) return everyPort;
    const ranges: PointRange[] = [];
    const names: { name: string; protocol: string }[] = [];
    for (const { protocol, port, endPort } of ports) {
      if (typeof port === 'string') names.push({ name: port, protocol });
      else {
        const range = port === undefined ? pointRange(protocol, 1, 65_535) : pointRange(protocol, port, endPort ?? port);
        if (range) ranges.push(range);
      }
    }
    return names.length === 0 ? this.numbered(this.space.of(ranges)) : { fixed: this.space.of(ranges), names, unreadable: false };
  }

  /** Of most rules ports are numbers, and many have the same. */
  private numbered(fixed: number): RulePorts {
    let ports = this.numberedPorts.get(fixed);
    if (!ports) this.numberedPorts.set(fixed, (ports = { fixed, names: noNames, unreadable: false }));
    return ports;
  }

  private tierPortsOf(ports: readonly TierPort[]): RulePorts {
    if (ports.length === 0) return everyPort;
    const ranges: PointRange[] = [];
    const names: { name: string }[] = [];
    for (const port of ports) {
      if (port.kind === 'name') names.push({ name: port.name });
      if (port.kind !== 'range') continue;
      const range = pointRange(port.protocol, port.first, port.last);
      if (range) ranges.push(range);
    }
    return { fixed: this.space.of(ranges), names, unreadable: ports.some(({ kind }) => kind === 'unreadable') };
  }
}

/** The peers of a rule while they are joined. */
class PeerSets {
  private readonly selected: Bits;
  private readonly yes: Bits;
  private readonly byAddress: Bits;
  private readonly maybe: Bits;
  blocks: AddressRange[] = [];
  /** Addresses of nodes: of pods only those of the host network have them. */
  nodes: AddressRange[] = [];
  isVague = false;
  isUnreadable = false;

  constructor(private readonly atoms: AtomTable) {
    this.selected = newBits(atoms.size);
    this.yes = newBits(atoms.size);
    this.byAddress = newBits(atoms.size);
    this.maybe = newBits(atoms.size);
  }

  /** The next rule: nothing of the one before stays. */
  begin(): this {
    this.selected.fill(0);
    this.blocks = [];
    this.nodes = [];
    this.isVague = false;
    this.isUnreadable = false;
    return this;
  }

  addPods(test: PodTest): void {
    this.atoms.addSelected(test, this.selected);
  }

  /** Until the next rule begins. */
  close(ranges: Ranges, addresses: 'some' | 'every'): { readonly yes: Bits; readonly byAddress: Bits; readonly maybe: Bits } {
    const { atoms, yes, byAddress, maybe } = this;
    byAddress.fill(0);
    maybe.fill(0);
    if (ranges.length > 0) {
      atoms.addWithin(ranges, byAddress);
      if (addresses === 'every') atoms.eachPartlyWithin(ranges, (atom) => {
        clearBit(byAddress, atom);
        setBit(maybe, atom);
      });
      const isEverywhere = atoms.families.every((family) => rangesCover(ranges, family));
      const mayBePods = this.blocks.some((range) => withoutRanges(range, neverPods).length > 0);
      for (const atom of atoms.unaddressed) {
        if (isEverywhere) setBit(byAddress, atom);
        else if (mayBePods || (this.nodes.length > 0 && atoms.isHostNetwork(atom))) setBit(maybe, atom);
      }
    }
    if (this.isUnreadable) for (let atom = 0; atom < atoms.size; atom++) setBit(maybe, atom);
    // Nodes are what pods of the host network are reached by.
    else if (this.isVague) for (let atom = 0; atom < atoms.size; atom++) if (atoms.isHostNetwork(atom)) setBit(maybe, atom);
    for (let word = 0; word < yes.length; word++) {
      byAddress[word]! &= ~this.selected[word]!;
      yes[word] = this.selected[word]! | byAddress[word]!;
      maybe[word]! &= ~yes[word]!;
    }
    return { yes, byAddress, maybe };
  }
}
