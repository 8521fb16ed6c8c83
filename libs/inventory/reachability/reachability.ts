import { groupBy } from '../group-by.js';
import { keyOf } from '../key-of.js';
import type { ResourceRef } from '../resource-ref.js';
import { refKey } from '../resource-ref.js';
import { parseAddress } from './address.js';
import type { Caveat, DecidedBy, DirectionAnswer, PairAnswer, PortAnswer, RuleRef, Status, UnknownReason } from './answer.js';
import { hasBit, type Bits } from './bits.js';
import { compile, type Compiled } from './compile.js';
import type { CompiledRule, Profile, View } from './compiled.js';
import { Evaluator, everyPort } from './evaluator.js';
import type { Direction, ReachabilityInput } from './input.js';
import { SideRows } from './side-rows.js';
import { EVERY, NONE, portPoint } from './port-space.js';

/** Rules and policies that one answer names. */
const MAX_NAMED = 16;

/** Who is asked about: a pod or a workload by its name, with its kind where the name alone says too little, or an address. */
export type Party =
  | { readonly kind: 'endpoint'; readonly namespace: string; readonly name: string; readonly of?: string }
  | { readonly kind: 'address'; readonly address: string };

/** `namespace/name`, `namespace/Kind/name` or an address; undefined for anything else. */
export function parseParty(text: string): Party | undefined {
  if (parseAddress(text) !== undefined) return { kind: 'address', address: text };
  const [namespace, second, third, ...rest] = text.split('/');
  if (!namespace || !second || rest.length > 0 || third === '') return undefined;
  return third === undefined ? { kind: 'endpoint', namespace, name: second } : { kind: 'endpoint', namespace, of: second, name: third };
}

export const partyText = (party: Party): string => (party.kind === 'address' ? party.address : `${party.namespace}/${party.of === undefined ? '' : `${party.of}/`}${party.name}`);

/** Whether anything isolates a pod in each direction, and what. */
export interface Isolation {
  readonly isIsolated: boolean;
  /** NetworkPolicies that isolate it, and tier policies with rules for it. */
  readonly by: readonly ResourceRef[];
  readonly unknown: readonly UnknownReason[];
}

/** What the pair answers of a class matrix are: sets of the port space. */
export interface Cell {
  readonly allowed: number;
  readonly unknown: number;
}

const MAX_CELLS = 0x4000000;

const workloadKey = (namespace: string, kind: string, name: string): string => keyOf(namespace, kind, name);

/** Which pods are together one workload. */
export interface WorkloadView {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly endpoints: readonly number[];
  /** Of its endpoints, each once. */
  readonly classes: readonly number[];
  readonly pods: number;
}

/**
 * What reaches what, by every policy that is evaluated: built once, asked often. Verdicts are about new connections, from the address
 * of the sender as it is; what no policy is about (listening processes, routes, firewalls of the nodes) is not in them.
 */
export class Reachability {
  readonly compiled: Compiled;
  readonly workloads: readonly WorkloadView[];
  private readonly workloadOfKey: ReadonlyMap<string, number>;
  private readonly evaluator: Evaluator;
  private readonly rows: SideRows;
  private named: ReadonlyMap<string, readonly number[]> | undefined;
  private addressed: ReadonlyMap<bigint, readonly number[]> | undefined;
  private readonly workloadOf: Uint32Array;
  private readonly cells: Cell[] = [{ allowed: NONE, unknown: NONE }, { allowed: EVERY, unknown: NONE }];
  private readonly cellIds = new Map<number, number>([[NONE, 0], [EVERY * MAX_CELLS, 1]]);
  private readonly cellOfSides = new Map<number, number>();

  constructor(readonly input: ReachabilityInput) {
    this.compiled = compile(input);
    this.evaluator = new Evaluator(this.compiled);
    this.rows = new SideRows(this.compiled, (profile, other, namedPorts) => this.side(profile, other, namedPorts), (allowed, unknown) => this.internCell(allowed, unknown), (input.missing ?? []).length === 0);
    const workloads = new Map<string, { kind: string; namespace: string; name: string; endpoints: number[]; classes: Set<number>; pods: number; at: number }>();
    this.workloadOf = new Uint32Array(input.endpoints.length);
    for (const [id, endpoint] of input.endpoints.entries()) {
      const { kind, name } = endpoint.workload ?? endpoint;
      const key = workloadKey(endpoint.namespace, kind, name);
      let workload = workloads.get(key);
      if (!workload) workloads.set(key, (workload = { kind, namespace: endpoint.namespace, name, endpoints: [], classes: new Set(), pods: 0, at: workloads.size }));
      workload.endpoints.push(id);
      workload.classes.add(this.compiled.classOf[id]!);
      workload.pods += endpoint.pods ?? 1;
      this.workloadOf[id] = workload.at;
    }
    this.workloadOfKey = new Map([...workloads].map(([key, { at }]) => [key, at]));
    this.workloads = [...workloads.values()].map(({ classes, kind, namespace, name, endpoints, pods }) => ({ kind, namespace, name, endpoints: endpoints.slice(), pods, classes: [...classes].sort((a, b) => a - b) }));
  }

  /** Endpoints by namespace and name, theirs or their workload's. Made when the first is asked about by name: judging asks about none. */
  private byName(): ReadonlyMap<string, readonly number[]> {
    if (this.named) return this.named;
    const found = new Map<string, number[]>();
    const add = (name: string, id: number): void => {
      const known = found.get(name);
      if (known) known.push(id);
      else found.set(name, [id]);
    };
    for (const [id, { namespace, name, workload }] of this.input.endpoints.entries()) {
      add(keyOf(namespace, name), id);
      if (workload && workload.name !== name) add(keyOf(namespace, workload.name), id);
    }
    return (this.named = found);
  }

  /** Pods with an address of their own, by it. Made when the first address is asked about: reading those of thousands of pods takes a good part of what building takes. */
  private byAddress(): ReadonlyMap<bigint, readonly number[]> {
    if (this.addressed) return this.addressed;
    const found = new Map<bigint, number[]>();
    for (const [id, { hostNetwork, addresses }] of this.input.endpoints.entries()) {
      if (hostNetwork) continue;
      for (const text of addresses) {
        const address = parseAddress(text);
        if (address === undefined) continue;
        const known = found.get(address);
        if (known) known.push(id);
        else found.set(address, [id]);
      }
    }
    return (this.addressed = found);
  }

  /** Endpoints a party names; none where it is not there or is an address outside. */
  endpointsOf(party: Party): readonly number[] {
    if (party.kind === 'address') {
      const address = parseAddress(party.address);
      return address === undefined ? [] : this.byAddress().get(address) ?? [];
    }
    const found = this.byName().get(`${party.namespace}/${party.name}`) ?? [];
    const { of, name } = party;
    return of === undefined ? found : found.filter((id) => {
      const endpoint = this.input.endpoints[id]!;
      return (endpoint.kind === of && endpoint.name === name) || (endpoint.workload?.kind === of && endpoint.workload.name === name);
    });
  }

  workloadAt(endpoint: number): WorkloadView {
    return this.workloads[this.workloadOf[endpoint]!]!;
  }

  /** Undefined where no pod and no template of it was seen. */
  workload({ namespace, kind, name }: Pick<ResourceRef, 'namespace' | 'kind' | 'name'>): WorkloadView | undefined {
    const at = this.workloadOfKey.get(workloadKey(namespace, kind, name));
    return at === undefined ? undefined : this.workloads[at];
  }

  /** Whether one party may open a connection to another. */
  pair(from: Party, to: Party, port: number, protocol = 'TCP'): PairAnswer {
    const point = portPoint(protocol, port);
    if (point === undefined) return unanswered({ kind: 'invalid', field: portPoint(protocol, 1) === undefined ? 'protocol' : 'port' });
    const sources = this.sidesOf(from, 'from');
    const targets = this.sidesOf(to, 'to');
    if ('kind' in sources) return unanswered(sources);
    if ('kind' in targets) return unanswered(targets);
    const isOnly = sources.length === 1 && targets.length === 1;
    const answers = sources.flatMap((source) => targets.flatMap((target) => this.meetings(source, target, isOnly).map((meeting) => this.pairOf(source, target, point, meeting))));
    return joined(answers);
  }

  private sidesOf(party: Party, field: 'from' | 'to'): readonly Side[] | UnknownReason {
    const endpoints = this.endpointsOf(party);
    if (endpoints.length > 0) {
      const sides = new Map<number, Side & { readonly endpoints: number[] }>();
      for (const id of endpoints) {
        const classId = this.compiled.classOf[id]!;
        const side = sides.get(classId);
        if (side) side.endpoints.push(id);
        else sides.set(classId, { view: { kind: 'class', id: classId }, endpoints: [id], isOnNode: hasBit(this.compiled.hostNetwork, classId) });
      }
      return [...sides.values()];
    }
    if (party.kind === 'endpoint') return { kind: 'not-found', party: partyText(party) };
    const address = parseAddress(party.address);
    return address === undefined ? { kind: 'invalid', field } : [{ view: { kind: 'address', address }, endpoints: [], isOnNode: false }];
  }

  /** The ways in which a pod of the one and a pod of the other stand to each other. Of many pods, another one than itself is what is asked about. */
  private meetings(source: Side, target: Side, isOnly: boolean): readonly Meeting[] {
    const [one] = source.endpoints;
    if (one !== undefined && source.endpoints.length === 1 && target.endpoints.length === 1 && target.endpoints[0] === one && (this.input.endpoints[one]!.pods ?? 1) === 1) return isOnly ? ['self'] : [];
    if ((!source.isOnNode && !target.isOnNode) || one === undefined || target.endpoints.length === 0) return ['apart'];
    // A pod always accepts traffic of its own node, and may answer to it.
    const [from, to] = [this.byNode(source), this.byNode(target)];
    const found: Meeting[] = [];
    const share = [...from].some(([node, ids]) => {
      const others = node === undefined ? undefined : to.get(node);
      return others !== undefined && (ids.length > 1 || others.length > 1 || ids[0] !== others[0]);
    });
    if (share) found.push('own-node');
    const [[node], [other]] = [[...from.keys()], [...to.keys()]];
    if (from.size > 1 || to.size > 1 || node === undefined || node !== other) found.push('apart');
    return found;
  }

  private byNode({ endpoints }: Side): ReadonlyMap<string | undefined, readonly number[]> {
    return groupBy(endpoints, (id) => this.input.endpoints[id]!.node);
  }

  private pairOf(source: Side, target: Side, point: number, meeting: Meeting): PairAnswer {
    if (meeting !== 'apart') {
      const always: DirectionAnswer = { status: 'allowed', by: meeting, policies: [], rules: [], unknown: [], caveats: [] };
      return { status: 'allowed', ingress: always, egress: always, unknown: [], caveats: [] };
    }
    const namedPorts = target.view.kind === 'class' ? this.compiled.portsOf[target.view.id] : undefined;
    const ingress = this.explain('ingress', target.view, source.view, namedPorts, point);
    const egress = this.explain('egress', source.view, target.view, namedPorts, point);
    const status: Status = ingress.status === 'denied' || egress.status === 'denied' ? 'denied' : ingress.status === 'unknown' || egress.status === 'unknown' ? 'unknown' : 'allowed';
    const caveats = new Set<Caveat>([...ingress.caveats, ...egress.caveats]);
    if (status !== 'allowed' && (source.isOnNode || target.isOnNode)) {
      const areNodesKnown = [source, target].every(({ endpoints }) => endpoints.every((id) => this.input.endpoints[id]!.node !== undefined));
      if (!areNodesKnown) caveats.add('own-node');
    }
    return { status, ingress, egress, unknown: status === 'unknown' ? uniqueReasons([...ingress.unknown, ...egress.unknown]) : [], caveats: [...caveats] };
  }

  /** The profile of a class; undefined for what is outside the cluster. */
  profile(direction: Direction, view: View): Profile | undefined {
    if (view.kind !== 'class') return undefined;
    return this.compiled.profiles[direction][this.compiled.profileOf[direction][view.id]!];
  }

  /** One direction at one port, with all that decides. */
  explain(direction: Direction, own: View, other: View, namedPorts: number | undefined, point: number): DirectionAnswer {
    const profile = this.profile(direction, own);
    if (!profile) return { status: 'allowed', by: 'outside', policies: [], rules: [], unknown: [], caveats: [] };
    const hits: { readonly rule: CompiledRule; readonly part: 'admin' | 'network-policy' | 'baseline'; readonly isSure: boolean }[] = [];
    const missing = profile.hostNetwork ? [] : (this.input.missing ?? []);
    this.evaluator.evaluate(profile, other, namedPorts, point, { onMatch: (rule, part, isSure) => hits.push({ rule, part, isSure }) });
    const { mayAllow, mayDeny } = this.evaluator;
    const status: Status = missing.length > 0 || (mayAllow !== NONE && mayDeny !== NONE) ? 'unknown' : mayAllow === NONE ? 'denied' : 'allowed';
    const final = hits.find(({ rule, isSure }) => isSure && rule.ref.action !== 'pass');
    const by = decidedBy(profile, final?.part);
    const unknown: UnknownReason[] = [];
    if (status === 'unknown') {
      for (const evidence of missing) unknown.push({ kind: 'missing', evidence });
      for (const object of [...profile.replacedBy, ...profile.narrowedBy]) unknown.push({ kind: 'other-engine', object });
      for (const { rule, isSure } of hits) if (!isSure) unknown.push(...rule.doubts);
      const sure = hits.filter(({ isSure, part }) => isSure && part !== 'network-policy');
      if (unknown.length === 0 && sure.length > 0) unknown.push({ kind: 'equal-priority', objects: uniqueRefs(sure.map(({ rule }) => rule.ref.object)) });
    }
    const caveats: Caveat[] = [];
    const allowing = hits.filter(({ isSure, part }) => isSure && part === 'network-policy');
    if (status === 'allowed' && other.kind === 'class' && allowing.length > 0 && !hasBit(this.compiled.hostNetwork, other.id) && allowing.every(({ rule }) => !rule.everyone && rule.byAddress.has(other.id))) {
      caveats.push('ip-block-on-pod-address');
    }
    return {
      status,
      by,
      policies: by === 'network-policy' ? profile.isolatedBy.slice(0, MAX_NAMED) : [],
      rules: uniqueRules(hits.map(({ rule }) => rule.ref)).slice(0, MAX_NAMED),
      unknown: uniqueReasons(unknown).slice(0, MAX_NAMED),
      caveats,
    };
  }

  /** Whether policies isolate the pods of a party. For more than one class of pods: only what holds for each. */
  isolation(party: Party): Readonly<Record<Direction, Isolation>> | undefined {
    const classes = new Set(this.endpointsOf(party).map((id) => this.compiled.classOf[id]!));
    if (classes.size === 0) return undefined;
    const of = (direction: Direction): Isolation => {
      const profiles = [...classes].map((id) => this.profile(direction, { kind: 'class', id })!);
      const isIsolated = profiles.every((profile) => !profile.hostNetwork && profile.isolatedBy.length + profile.tierPolicies.length > 0);
      const unknown: UnknownReason[] = isIsolated ? [] : [
        ...(this.input.missing ?? []).map((evidence): UnknownReason => ({ kind: 'missing', evidence })),
        ...profiles.flatMap((profile) => [...profile.replacedBy, ...profile.narrowedBy]).map((object): UnknownReason => ({ kind: 'other-engine', object })),
      ];
      return { isIsolated, by: uniqueRefs(profiles.flatMap((profile) => [...profile.isolatedBy, ...profile.tierPolicies])).slice(0, MAX_NAMED), unknown: uniqueReasons(unknown) };
    };
    return { ingress: of('ingress'), egress: of('egress') };
  }

  /** Cells from one class to every other; undefined where port sets grew past what is kept. */
  row(from: number): Uint32Array | undefined {
    const { compiled, rows } = this;
    const out = rows.egress(compiled.profileOf.egress[from]!);
    const row = new Uint32Array(compiled.classes);
    for (let to = 0; to < row.length; to++) row[to] = this.both(out[to]!, rows.ingressAt(to, from));
    return compiled.space.isExhausted ? undefined : row;
  }

  /** What the policies of one class's pods let in from each class, whatever those of the senders say. Not to be changed. */
  into(to: number): Uint32Array {
    return this.rows.ingress(to);
  }

  /** Classes that the policies of one class's pods let in at a port; undefined where other than plain NetworkPolicies decide: then `into` tells. */
  sourcesAt(to: number, point: number): Bits | undefined {
    return this.rows.sourcesAt(to, point);
  }

  /** Cells from every class to one. */
  column(to: number): Uint32Array | undefined {
    const { compiled, rows } = this;
    const into = rows.ingress(to);
    const view: View = { kind: 'class', id: to };
    const out = compiled.profiles.egress.map((profile) => this.side(profile, view, compiled.portsOf[to]));
    const column = new Uint32Array(compiled.classes);
    for (let from = 0; from < column.length; from++) column[from] = this.both(into[from]!, out[compiled.profileOf.egress[from]!]!);
    return compiled.space.isExhausted ? undefined : column;
  }

  cell(id: number): Cell {
    return this.cells[id]!;
  }

  ports(cell: Cell): PortAnswer {
    const { space } = this.compiled;
    return { allowed: space.ranges(cell.allowed), unknown: space.ranges(cell.unknown) };
  }

  /** One direction at every port, as a cell: unknown is what may be either. */
  side(profile: Profile | undefined, other: View, namedPorts: number | undefined): number {
    if (!profile || profile.hostNetwork) return 1;
    const { space } = this.compiled;
    if ((this.input.missing ?? []).length > 0) return this.internCell(NONE, EVERY);
    if (profile.isolatedBy.length === 0 && profile.tierPolicies.length === 0 && profile.replacedBy.length === 0 && profile.narrowedBy.length === 0) return 1;
    this.evaluator.evaluate(profile, other, namedPorts, everyPort);
    const { mayAllow, mayDeny } = this.evaluator;
    const [sure, open] = [space.minus(mayAllow, mayDeny), space.intersect(mayAllow, mayDeny)];
    return space.isExhausted ? this.internCell(NONE, EVERY) : this.internCell(sure, open);
  }

  both(a: number, b: number): number {
    if (a === 1 || b === 0 || a === b) return b;
    if (b === 1 || a === 0) return a;
    const key = a * MAX_CELLS + b;
    let id = this.cellOfSides.get(key);
    if (id === undefined) {
      const { space } = this.compiled;
      const [left, right] = [this.cells[a]!, this.cells[b]!];
      const allowed = space.intersect(left.allowed, right.allowed);
      const possible = space.intersect(space.union(left.allowed, left.unknown), space.union(right.allowed, right.unknown));
      this.cellOfSides.set(key, (id = this.internCell(allowed, space.minus(possible, allowed))));
    }
    return id;
  }

  /** What either of two cells allows: of workloads with more than one class of pods. Unknown once there are too many sets of ports. */
  either(a: Cell, b: Cell): Cell {
    const { space } = this.compiled;
    const allowed = space.union(a.allowed, b.allowed);
    const unknown = space.minus(space.union(a.unknown, b.unknown), allowed);
    return space.isExhausted ? { allowed: NONE, unknown: EVERY } : { allowed, unknown };
  }

  private internCell(allowed: number, unknown: number): number {
    const key = allowed * MAX_CELLS + unknown;
    let id = this.cellIds.get(key);
    if (id === undefined) {
      id = this.cells.length;
      this.cells.push({ allowed, unknown });
      this.cellIds.set(key, id);
    }
    return id;
  }
}

/** Pods of one class, or one address. */
interface Side {
  readonly view: View;
  /** None for an address. */
  readonly endpoints: readonly number[];
  readonly isOnNode: boolean;
}

type Meeting = 'self' | 'own-node' | 'apart';

function decidedBy(profile: Profile, part: 'admin' | 'network-policy' | 'baseline' | undefined): DecidedBy {
  if (profile.hostNetwork) return 'host-network';
  if (profile.replacedBy.length > 0) return 'nothing';
  if (part === 'admin') return 'admin-tier';
  if (profile.isolatedBy.length > 0) return 'network-policy';
  return part === 'baseline' ? 'baseline-tier' : 'no-policy';
}

function unanswered(reason: UnknownReason): PairAnswer {
  const side: DirectionAnswer = { status: 'unknown', by: 'nothing', policies: [], rules: [], unknown: [reason], caveats: [] };
  return { status: 'unknown', ingress: side, egress: side, unknown: [reason], caveats: [] };
}

/** The most that any of the pods may: where one is reached, the workload is. */
function joined(answers: readonly PairAnswer[]): PairAnswer {
  const best = (['allowed', 'unknown', 'denied'] as const).map((status) => answers.find((answer) => answer.status === status)).find((answer) => answer !== undefined);
  if (!best) return unanswered({ kind: 'not-found', party: '' });
  return answers.every(({ status }) => status === best.status) ? best : { ...best, caveats: [...best.caveats, 'some-pods'] };
}

const unique = <T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] => [...new Map(items.map((item) => [keyOf(item), item])).values()];
export const uniqueRefs = (refs: readonly ResourceRef[]): readonly ResourceRef[] => unique(refs, (ref) => `${ref.group}/${refKey(ref)}`);
const uniqueRules = (rules: readonly RuleRef[]): readonly RuleRef[] => unique(rules, ({ object, direction, index }) => `${object.group}/${refKey(object)} ${direction} ${index}`);
export const uniqueReasons = (reasons: readonly UnknownReason[]): readonly UnknownReason[] => unique(reasons, (reason) => JSON.stringify(reason));
