import { workloadKeys } from '#inventory/inventory.js';
import type { UnknownReason } from '#inventory/reachability/answer.js';
import { hasBit } from '#inventory/reachability/bits.js';
import type { View } from '#inventory/reachability/compiled.js';
import { policyKeys } from '#inventory/reachability/from-inventory.js';
import { EVERY, NONE, pointRange } from '#inventory/reachability/port-space.js';
import type { Reachability, WorkloadView } from '#inventory/reachability/reachability.js';
import { defineIndex } from '../engine/world.js';

/** A pod that no rule names: what is open to it is open by nobody's wish. */
const stranger: View = { kind: 'pod', namespace: '', namespaceLabels: {}, labels: {} };

const dns = [pointRange('TCP', 53, 53)!, pointRange('UDP', 53, 53)!];

type Openness = 'open' | 'closed' | 'unknown';

/** From where a namespace's pods are reached though no policy asks for it. */
export interface UnaskedReach {
  /** Namespaces whose pods get through. */
  readonly from: ReadonlySet<string>;
  /** Its workloads that are open. */
  readonly open: readonly WorkloadView[];
  /** Why there may be more. */
  readonly doubts: readonly UnknownReason[];
}

/**
 * Reach between namespaces that no policy asks for: the destination lets in whom no rule names, and the source is let out to whom no rule
 * names. Worked out by classes of pods, once for each.
 */
export class NamespaceReach {
  private readonly workloadsIn = new Map<string, WorkloadView[]>();
  /** By direction, profile and the names that ports have. */
  private readonly known = new Map<string, Openness>();
  /** By namespace: its classes that are let out to anybody. */
  private readonly sources = new Map<string, number[]>();
  /** Some classes are let out, or may be, by what is not evaluated. */
  private readonly doubtfulSources: readonly UnknownReason[];

  constructor(private readonly reachability: Reachability) {
    for (const workload of reachability.workloads) {
      const list = this.workloadsIn.get(workload.namespace);
      if (list) list.push(workload);
      else this.workloadsIn.set(workload.namespace, [workload]);
    }
    let doubtful: readonly UnknownReason[] = [];
    for (const [namespace, workloads] of this.workloadsIn) {
      const open = new Set<number>();
      for (const classId of workloads.flatMap(({ classes }) => this.onPodNetwork(classes))) {
        const openness = this.letsOut(classId);
        if (openness === 'open') open.add(classId);
        if (openness === 'unknown' && doubtful.length === 0) doubtful = this.doubtsOf('egress', classId);
      }
      if (open.size > 0) this.sources.set(namespace, [...open]);
    }
    this.doubtfulSources = doubtful;
  }

  /** Undefined where it has no pod on the pod network. */
  of(namespace: string): UnaskedReach | undefined {
    const from = new Set<string>();
    const open: WorkloadView[] = [];
    let doubts: readonly UnknownReason[] = this.reachability.compiled.space.isExhausted ? [{ kind: 'too-many-ports' }] : [];
    let isPoliced = false;
    for (const workload of this.workloadsIn.get(namespace) ?? []) {
      for (const classId of this.onPodNetwork(workload.classes)) {
        isPoliced = true;
        const openness = this.letsIn(classId);
        if (openness === 'closed') continue;
        if (openness === 'unknown') {
          if (doubts.length === 0) doubts = this.doubtsOf('ingress', classId);
        } else {
          this.addSources(classId, namespace, from);
          if (doubts.length === 0) doubts = this.doubtfulSources;
          if (open.at(-1) !== workload) open.push(workload);
        }
      }
    }
    return isPoliced ? { from, open, doubts } : undefined;
  }

  private onPodNetwork(classes: readonly number[]): readonly number[] {
    return classes.filter((id) => !hasBit(this.reachability.compiled.hostNetwork, id));
  }

  private addSources(to: number, own: string, from: Set<string>): void {
    for (const [namespace, classes] of this.sources) {
      if (namespace !== own && !from.has(namespace) && classes.some((id) => this.passes(id, to))) from.add(namespace);
    }
  }

  /** Open on both sides; only policies of the tiers may name one of the two and deny it. */
  private passes(from: number, to: number): boolean {
    const { reachability } = this;
    const { compiled } = reachability;
    const out = reachability.profile('egress', { kind: 'class', id: from })!;
    const into = reachability.profile('ingress', { kind: 'class', id: to })!;
    if (out.tierPolicies.length > 0 && !this.isMoreThanNames(reachability.side(out, { kind: 'class', id: to }, compiled.portsOf[to]))) return false;
    return into.tierPolicies.length === 0 || this.isMoreThanNames(reachability.side(into, { kind: 'class', id: from }, compiled.portsOf[to]));
  }

  private letsIn(classId: number): Openness {
    const { compiled } = this.reachability;
    const profile = this.reachability.profile('ingress', { kind: 'class', id: classId })!;
    // What a NetworkPolicy lets in it names, or it names everybody, which is a finding of its own.
    if (profile.isolatedBy.length > 0 && profile.replacedBy.length === 0) return 'closed';
    const ports = compiled.portsOf[classId]!;
    return this.remembered(`in ${compiled.profileOf.ingress[classId]!} ${ports}`, () => this.reachability.side(profile, stranger, ports));
  }

  private letsOut(classId: number): Openness {
    const { reachability } = this;
    return this.remembered(`out ${reachability.compiled.profileOf.egress[classId]!}`, () => reachability.side(reachability.profile('egress', { kind: 'class', id: classId }), stranger, undefined));
  }

  private remembered(key: string, side: () => number): Openness {
    let openness = this.known.get(key);
    if (!openness) {
      const cell = side();
      this.known.set(key, (openness = this.isMoreThanNames(cell) ? 'open' : this.reachability.cell(cell).unknown === NONE ? 'closed' : 'unknown'));
    }
    return openness;
  }

  /** Port 53 is allowed to everybody so that names can be looked up, and leads nowhere. */
  private isMoreThanNames(cell: number): boolean {
    const { space } = this.reachability.compiled;
    const { allowed } = this.reachability.cell(cell);
    return allowed === EVERY || space.minus(allowed, space.of(dns)) !== NONE;
  }

  private doubtsOf(direction: 'ingress' | 'egress', classId: number): readonly UnknownReason[] {
    const { replacedBy, narrowedBy } = this.reachability.profile(direction, { kind: 'class', id: classId })!;
    return [...(this.reachability.input.missing ?? []).map((evidence): UnknownReason => ({ kind: 'missing', evidence })), ...[...replacedBy, ...narrowedBy].map((object): UnknownReason => ({ kind: 'other-engine', object }))];
  }
}

export const namespaceReach = defineIndex([...policyKeys, ...workloadKeys], (world) => new NamespaceReach(world.reachability));
