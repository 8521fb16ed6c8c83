import { selects } from '../readers/label-selector.js';
import { parseCidr, rangesCover, rangesHold } from './address.js';
import type { Compiled } from './compile.js';
import type { CompiledRule, Profile, RulePorts, TierGroup, View } from './compiled.js';
import type { NetworkPolicyPeer } from '../facts.js';
import type { TierPeer } from './input.js';
import { EVERY, NONE } from './port-space.js';

/** What was met on the way to an answer. */
export interface Trace {
  /** The part of the order that the rule is in. */
  onMatch(rule: CompiledRule, part: 'admin' | 'network-policy' | 'baseline', isSure: boolean): void;
}

/** Every port, not one. */
export const everyPort = -1;

/**
 * Evaluates one direction of one pod. The answer is two sets of ports: those on which traffic may come to be allowed and those on
 * which it may come to be denied; a port that is in both is unknown. Asked about one port, the sets are all or nothing.
 */
export class Evaluator {
  /** Of the last evaluation. */
  mayAllow = NONE;
  mayDeny = NONE;

  constructor(private readonly compiled: Compiled) {}

  /** `namedPorts`: the destination's; undefined for one whose ports have no names. */
  evaluate(profile: Profile, view: View, namedPorts: number | undefined, point: number, trace?: Trace): void {
    const { space } = this.compiled;
    this.mayAllow = NONE;
    this.mayDeny = NONE;
    if (profile.hostNetwork) {
      this.mayAllow = EVERY;
      return;
    }
    if (profile.replacedBy.length > 0) {
      this.mayAllow = EVERY;
      this.mayDeny = EVERY;
      return;
    }
    let open = EVERY;
    if (profile.admin.length > 0) open = this.tier(profile.admin, view, namedPorts, point, open, 'admin', trace);
    if (open !== NONE) {
      if (profile.isolatedBy.length > 0) {
        this.networkPolicies(profile, view, namedPorts, point, open, trace);
        open = NONE;
      } else if (profile.baseline.length > 0) open = this.tier(profile.baseline, view, namedPorts, point, open, 'baseline', trace);
    }
    this.mayAllow = space.union(this.mayAllow, open);
    if (profile.narrowedBy.length > 0) this.mayDeny = EVERY;
  }

  private networkPolicies(profile: Profile, view: View, namedPorts: number | undefined, point: number, open: number, trace: Trace | undefined): void {
    const { space } = this.compiled;
    let sure = NONE;
    let perhaps = NONE;
    const add = (rule: CompiledRule, ports: readonly RulePorts[]): void => {
      const match = this.match(rule, view);
      if (match === 0) return;
      for (const item of ports) {
        const found = this.portsOf(item, namedPorts, point);
        if (found === NONE) continue;
        if (match === 2) sure = space.union(sure, found);
        else perhaps = space.union(perhaps, found);
        trace?.onMatch(rule, 'network-policy', match === 2);
      }
    };
    if (trace || view.kind !== 'class') for (const rule of profile.rules) add(rule, [rule.ports]);
    else for (const { rule, ports } of profile.merged) {
      if (sure === EVERY) break;
      add(rule, ports);
    }
    this.mayAllow = space.union(this.mayAllow, space.intersect(open, space.union(sure, perhaps)));
    this.mayDeny = space.union(this.mayDeny, space.minus(open, sure));
  }

  /** What is left for those that come after. */
  private tier(groups: readonly TierGroup[], view: View, namedPorts: number | undefined, point: number, all: number, part: 'admin' | 'baseline', trace: Trace | undefined): number {
    const { space } = this.compiled;
    let open = all;
    let passed = NONE;
    for (const { policies } of groups) {
      if (open === NONE) break;
      let decided = NONE;
      for (const rules of policies) {
        // Each policy of a group may be the one that is looked at first.
        let left = open;
        for (const rule of rules) {
          if (left === NONE) break;
          const match = this.match(rule, view);
          if (match === 0) continue;
          const ports = this.portsOf(rule.ports, namedPorts, point);
          const hit = space.intersect(left, rule.ports.unreadable ? EVERY : ports);
          if (hit === NONE) continue;
          const { action } = rule.ref;
          const sure = match === 2 && action !== 'unreadable' ? space.intersect(left, ports) : NONE;
          trace?.onMatch(rule, part, sure === hit);
          if (action === 'allow' || action === 'unreadable') this.mayAllow = space.union(this.mayAllow, hit);
          if (action === 'deny' || action === 'unreadable') this.mayDeny = space.union(this.mayDeny, hit);
          if (action === 'pass') passed = space.union(passed, hit);
          left = space.minus(left, sure);
        }
        decided = space.union(decided, space.minus(open, left));
      }
      open = space.minus(open, decided);
    }
    return space.union(open, passed);
  }

  private portsOf(ports: RulePorts, namedPorts: number | undefined, point: number): number {
    const { compiled } = this;
    const found = namedPorts === undefined ? ports.fixed : compiled.resolve(ports, namedPorts);
    if (point === everyPort) return found;
    return compiled.space.has(found, point) ? EVERY : NONE;
  }

  /** 2: the rule is about this peer; 1: it may be; 0: it is not. */
  match(rule: CompiledRule, view: View): 0 | 1 | 2 {
    if (rule.everyone) return 2;
    switch (view.kind) {
      case 'class': return rule.yes.has(view.id) ? 2 : rule.maybe.has(view.id) ? 1 : 0;
      case 'address': return rangesHold(rule.ranges, view.address) ? 2 : rule.isVague ? 1 : 0;
      case 'some-address':
        if (this.compiled.families.every((family) => rangesCover(rule.ranges, family))) return 2;
        return rule.ranges.length > 0 || rule.isVague ? 1 : 0;
      case 'pod':
        if (rule.peers.some((peer) => selectsPod(peer, rule.namespace, view))) return 2;
        return rule.ranges.length > 0 || rule.isVague ? 1 : 0;
    }
  }
}

function selectsPod(peer: NetworkPolicyPeer | TierPeer, own: string, pod: View & { kind: 'pod' }): boolean {
  if ('kind' in peer) return peer.kind === 'pods' && selects(peer.namespaceSelector, pod.namespaceLabels) && selects(peer.podSelector, pod.labels);
  if (peer.cidr !== undefined) return peer.cidr.endsWith('/0') && (peer.except ?? []).length === 0 && parseCidr(peer.cidr) !== undefined;
  if (peer.namespaceSelector) return selects(peer.namespaceSelector, pod.namespaceLabels) && (peer.podSelector === undefined || selects(peer.podSelector, pod.labels));
  return peer.podSelector !== undefined && pod.namespace === own && selects(peer.podSelector, pod.labels);
}
