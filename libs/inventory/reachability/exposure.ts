import type { IngressFacts, Labels, ServiceFacts, ServicePort } from '../facts.js';
import { keyOf } from '../key-of.js';
import { internalBy, sourceRangesOf } from '../readers/load-balancer.js';
import type { ResourceRef } from '../resource-ref.js';
import { joinRanges, parseAddress, parseCidr, type Ranges } from './address.js';
import type { Caveat, Status, UnknownReason } from './answer.js';
import { hasBit, isEmptyBits } from './bits.js';
import type { View } from './compiled.js';
import type { Direction, Endpoint } from './input.js';
import { LabelIndex } from './label-index.js';
import { Outside } from './outside.js';
import { portPoint } from './port-space.js';
import type { Cell, Party, Reachability, WorkloadView } from './reachability.js';
import { uniqueReasons } from './reachability.js';

export type ExposureLevel = 'internet' | 'cluster' | 'namespace' | 'none';

/** One way in from outside, down to a port of the pods. */
export interface WayIn {
  readonly by: 'LoadBalancer' | 'NodePort' | 'ExternalIP' | 'Ingress' | 'HostPort' | 'HostNetwork';
  /** The Service, and before it the Ingress, on the way. */
  readonly through: readonly ResourceRef[];
  /** Host and path of an Ingress rule; '' for any. */
  readonly host?: string;
  readonly path?: string;
  /** What is asked for outside: the Service's port, its node port, or the host's. Absent for an Ingress, whose controller listens. */
  readonly port?: number;
  readonly targetPort: number;
  readonly protocol: string;
  /** Why it does not come from the internet, where something says so. */
  readonly internalBy?: string;
  /** Source ranges that a load balancer is limited to. */
  readonly sources?: readonly string[];
  /** Whether policies let it through to the pods. */
  readonly status: Status;
  /** The exposed workload that answers for an Ingress and may reach the pods. */
  readonly controller?: ResourceRef;
  readonly caveats: readonly Caveat[];
  readonly unknown: readonly UnknownReason[];
}

/** From how far away a workload is reached, and how. */
export interface Exposure {
  readonly level: ExposureLevel;
  /** A further level that it may have: it hangs on what is unknown. */
  readonly mayBe?: ExposureLevel;
  readonly ways: readonly WayIn[];
  readonly unknown: readonly UnknownReason[];
}

/** Cloud metadata and API server, from a workload's pods. */
export interface SensitiveReach {
  readonly metadata: { readonly status: Status; readonly unknown: readonly UnknownReason[] };
  readonly controlPlane: { readonly status: Status; readonly unknown: readonly UnknownReason[] };
}

/** Where clouds serve the node's metadata and credentials. */
export const metadataAddress = '169.254.169.254';
const controlPlanePorts = [443, 6443] as const;
const MAX_WAYS = 64;

const noRow = new Uint32Array(0);

/** A pod that nobody has named. */
const stranger: View = { kind: 'pod', namespace: '', namespaceLabels: {}, labels: {} };

const order: readonly ExposureLevel[] = ['none', 'namespace', 'cluster', 'internet'];
const refOf = (group: string, kind: string, { namespace, name }: { readonly namespace: string; readonly name: string }): ResourceRef => ({ group, kind, namespace, name });

/** A Service, and of the endpoints of one workload that it sends to one of every class. */
interface ServiceTargets {
  readonly service: ServiceFacts;
  readonly targets: readonly number[];
}

/** Ways into workloads by Services, Ingresses and host ports, against what policies let through. */
export class ExposureFinder {
  private readonly outside: Outside;
  /** By workload: the Services that send to it. */
  private readonly servicesOf = new Map<WorkloadView, ServiceTargets[]>();
  private readonly backendsOf = new Map<string, { readonly ingress: IngressFacts; readonly host: string; readonly path: string; readonly port?: number | string }[]>();
  private readonly reachedFrom = new Map<string, ExposureLevel | 'unknown'>();
  private readonly openToStrangers = new Map<string, ExposureLevel | 'unknown'>();
  private namespaceLabels: ReadonlyMap<string, Labels> | undefined;
  private homeOf: readonly (string | undefined)[] | undefined;
  private doors: readonly { readonly classId: number; readonly workload: WorkloadView }[] | undefined;

  constructor(private readonly reachability: Reachability) {
    this.outside = new Outside(reachability);
    const { services = [], ingresses = [], endpoints } = reachability.input;
    const endpointsIn = new Map<string, number[]>();
    for (const [id, { namespace }] of endpoints.entries()) push(endpointsIn, namespace, id);
    const indexes = new Map<string, LabelIndex>();
    for (const service of services) {
      const ids = endpointsIn.get(service.namespace);
      if (!ids || service.type === 'ExternalName' || Object.keys(service.selector).length === 0) continue;
      let index = indexes.get(service.namespace);
      if (!index) indexes.set(service.namespace, (index = new LabelIndex(ids.map((id) => endpoints[id]!.labels))));
      const byWorkload = new Map<WorkloadView, Map<number, number>>();
      index.select({ matchLabels: service.selector, matchExpressions: [] }).each((at) => this.addTarget(byWorkload, ids[at]!));
      for (const [workload, byClass] of byWorkload) push(this.servicesOf, workload, { service, targets: [...byClass.values()] });
    }
    for (const ingress of ingresses) {
      if (ingress.defaultService !== undefined) push(this.backendsOf, keyOf(ingress.namespace, ingress.defaultService), { ingress, host: '', path: '' });
      for (const { host, paths } of ingress.rules) {
        for (const { path, service, port } of paths) {
          if (service !== undefined) push(this.backendsOf, keyOf(ingress.namespace, service), { ingress, host, path, ...(port !== undefined && { port }) });
        }
      }
    }
  }

  /**
   * How far away anybody may stand who is not named: like `exposure`, but for pods that only a policy's own rule lets in. It asks nothing of
   * every other class, so that all workloads of a large cluster can be asked about.
   */
  openTo(workload: WorkloadView): Pick<Exposure, 'level' | 'mayBe'> {
    return this.levelOf(workload, [...this.directWays(workload), ...this.ingressWays(workload)], (classId) => this.toStrangers(workload.namespace, classId));
  }

  /** Of one workload. At most 64 ways are listed; all count. */
  exposure(workload: WorkloadView): Exposure {
    const ways = [...this.directWays(workload), ...this.ingressWays(workload)];
    const { level, mayBe } = this.levelOf(workload, ways, (classId) => this.withinCluster(workload.namespace, classId));
    const unknown = uniqueReasons([...this.unseenWays(), ...ways.flatMap((way) => way.unknown), ...(mayBe === undefined ? [] : workload.classes.flatMap((id) => this.doubtsOf(id)))]);
    return { level, ...(mayBe !== undefined && order.indexOf(mayBe) > order.indexOf(level) && { mayBe }), ways: ways.slice(0, MAX_WAYS), unknown };
  }

  private unseenWays(): readonly UnknownReason[] {
    return (this.reachability.input.missingWays ?? []).map((evidence): UnknownReason => ({ kind: 'missing', evidence }));
  }

  private levelOf(workload: WorkloadView, ways: readonly WayIn[], within: (classId: number) => ExposureLevel | 'unknown'): Pick<Exposure, 'level' | 'mayBe'> {
    let level: ExposureLevel = 'none';
    let mayBe: ExposureLevel | undefined = this.unseenWays().length > 0 ? 'internet' : undefined;
    for (const { status, internalBy: inside } of ways) {
      const reached: ExposureLevel = inside === undefined ? 'internet' : 'cluster';
      if (status === 'allowed') level = further(level, reached);
      else if (status === 'unknown') mayBe = further(mayBe ?? 'none', reached);
    }
    for (const classId of workload.classes) {
      const reached = within(classId);
      if (reached === 'unknown') mayBe = further(mayBe ?? 'none', 'cluster');
      else level = further(level, reached);
    }
    return { level, ...(mayBe !== undefined && { mayBe }) };
  }

  /** Whether pods of a party reach the metadata address and the API server. */
  sensitive(party: Party): SensitiveReach {
    const metadata = this.reachability.pair(party, { kind: 'address', address: metadataAddress }, 80);
    const known = (this.reachability.input.controlPlane ?? []).filter(({ address }) => parseAddress(address) !== undefined);
    const answers = known.length > 0
      ? known.map(({ address, port }) => this.reachability.pair(party, { kind: 'address', address }, port))
      : this.toSomeAddress(party, controlPlanePorts);
    const best = (['allowed', 'unknown', 'denied'] as const).map((status) => answers.find((answer) => answer.status === status)).find((answer) => answer !== undefined);
    return { metadata: { status: metadata.status, unknown: metadata.unknown }, controlPlane: { status: best?.status ?? 'unknown', unknown: best?.unknown ?? [] } };
  }

  private toSomeAddress(party: Party, ports: readonly number[]): readonly { readonly status: Status; readonly unknown: readonly UnknownReason[] }[] {
    const classes = new Set(this.reachability.endpointsOf(party).map((id) => this.reachability.compiled.classOf[id]!));
    if (classes.size === 0) return [{ status: 'unknown', unknown: [{ kind: 'not-found', party: party.kind === 'address' ? party.address : `${party.namespace}/${party.name}` }] }];
    return [...classes].flatMap((id) => ports.map((port) => this.reachability.explain('egress', { kind: 'class', id }, { kind: 'some-address' }, undefined, portPoint('TCP', port)!)));
  }

  private addTarget(byWorkload: Map<WorkloadView, Map<number, number>>, id: number): void {
    const workload = this.reachability.workloadAt(id);
    let byClass = byWorkload.get(workload);
    if (!byClass) byWorkload.set(workload, (byClass = new Map()));
    const classId = this.reachability.compiled.classOf[id]!;
    if (!byClass.has(classId)) byClass.set(classId, id);
  }

  private endpoint(id: number): Endpoint {
    return this.reachability.input.endpoints[id]!;
  }

  private directWays(workload: WorkloadView): readonly WayIn[] {
    const ways: WayIn[] = [];
    for (const { service, targets } of this.servicesOf.get(workload) ?? []) {
      const ref = refOf('', 'Service', service);
      for (const port of service.ports) {
        for (const id of targets) {
          for (const targetPort of targetPortsOf(port, this.endpoint(id))) {
            // Nodes that pass nothing on to each other leave the sender's address as it is.
            const kept: Partial<WayIn> = service.externalTrafficPolicy === 'Local' ? { caveats: [] } : {};
            const way = (by: WayIn['by'], outer: number, more: Partial<WayIn> = {}, within?: Ranges) =>
              ways.push(this.way(by, [ref], id, outer, targetPort, port.protocol, { ...kept, ...more }, within));
            if (service.type === 'LoadBalancer') {
              const inside = internalBy(service);
              const sources = sourceRangesOf(service);
              const read = sources.flatMap((text) => parseCidr(text.trim()) ?? []);
              // What cannot be read may leave nobody out.
              const ranges = sources.length > 0 && read.length === sources.length ? joinRanges(read) : undefined;
              way('LoadBalancer', port.port, { ...(inside !== undefined && { internalBy: inside }), ...(ranges && { sources }) }, ranges);
            }
            if (service.type === 'NodePort') way('NodePort', port.nodePort ?? port.port);
            if (service.externalIPs.length > 0) way('ExternalIP', port.port);
          }
        }
      }
    }
    const classes = new Set<number>();
    for (const id of workload.endpoints) {
      const classId = this.reachability.compiled.classOf[id]!;
      if (classes.has(classId)) continue;
      classes.add(classId);
      const endpoint = this.endpoint(id);
      for (const { port, protocol, hostPort } of endpoint.ports) {
        if (endpoint.hostNetwork) ways.push(this.way('HostNetwork', [], id, port, port, protocol));
        else if (hostPort !== undefined && hostPort > 0) ways.push(this.way('HostPort', [], id, hostPort, port, protocol));
      }
    }
    return ways;
  }

  private way(by: WayIn['by'], through: readonly ResourceRef[], id: number, port: number, targetPort: number, protocol: string, more: Partial<WayIn> = {}, within?: Ranges): WayIn {
    const point = portPoint(protocol, targetPort);
    const classId = this.reachability.compiled.classOf[id]!;
    const status: Status = point === undefined ? 'denied' : this.outside.internetReaches(classId, point, within);
    return {
      by, through, port, targetPort, protocol, status, unknown: status === 'unknown' ? this.doubtsOf(classId) : [],
      // A node that passes traffic on puts its own address in the sender's place, which a policy may judge otherwise.
      caveats: status === 'denied' && by !== 'HostNetwork' ? ['address-translation'] : [],
      ...more,
    };
  }

  private ingressWays(workload: WorkloadView): readonly WayIn[] {
    const ways: WayIn[] = [];
    for (const { service, targets } of this.servicesOf.get(workload) ?? []) {
      const backends = this.backendsOf.get(`${service.namespace}/${service.name}`) ?? [];
      if (backends.length === 0) continue;
      for (const id of targets) {
        for (const { ingress, host, path, port } of backends) {
          const ports = service.ports.filter((item) => port === undefined || item.port === port || item.name === port);
          for (const item of ports) for (const targetPort of targetPortsOf(item, this.endpoint(id))) ways.push(this.ingressWay(ingress, service, id, host, path, targetPort, item.protocol));
        }
      }
    }
    return ways;
  }

  /** An Ingress's controller is a pod that is exposed itself, or a load balancer outside: who it is, no object says for certain. */
  private ingressWay(ingress: IngressFacts, service: ServiceFacts, id: number, host: string, path: string, targetPort: number, protocol: string): WayIn {
    const { reachability } = this;
    const { compiled } = reachability;
    const classId = compiled.classOf[id]!;
    const way = { by: 'Ingress', through: [refOf('networking.k8s.io', 'Ingress', ingress), refOf('', 'Service', service)], host, path, targetPort, protocol, caveats: [] } satisfies Partial<WayIn>;
    const point = portPoint(protocol, targetPort);
    if (point === undefined) return { ...way, status: 'denied', unknown: [] };
    if (this.outside.internetReaches(classId, point) === 'allowed') return { ...way, status: 'allowed', unknown: [] };
    const profile = reachability.profile('ingress', { kind: 'class', id: classId })!;
    const sources = reachability.sourcesAt(classId, point);
    const into = sources ? noRow : reachability.into(classId);
    const at = (view: View): Status => {
      if (sources && view.kind === 'class') return hasBit(sources, view.id) ? 'allowed' : 'denied';
      const { allowed, unknown } = reachability.cell(view.kind === 'class' ? into[view.id]! : reachability.side(profile, view, compiled.portsOf[classId]));
      return compiled.space.has(allowed, point) ? 'allowed' : compiled.space.has(unknown, point) ? 'unknown' : 'denied';
    };
    for (const door of this.frontDoors()) {
      if (at({ kind: 'class', id: door.classId }) !== 'allowed') continue;
      const { kind, namespace, name } = door.workload;
      return { ...way, status: 'allowed', controller: { group: '', kind, namespace, name }, unknown: [] };
    }
    const someone = sources && isEmptyBits(sources) ? at(stranger) : this.anyClass(at);
    if (someone === 'denied') return { ...way, status: 'denied', caveats: ['address-translation'], unknown: [] };
    return { ...way, status: 'unknown', unknown: [{ kind: 'ingress-controller-not-known', object: refOf('networking.k8s.io', 'Ingress', ingress) }, ...this.doubtsOf(classId)] };
  }

  private anyClass(at: (view: View) => Status): Status {
    for (let id = 0; id < this.reachability.compiled.classes; id++) if (at({ kind: 'class', id }) !== 'denied') return 'unknown';
    return at(stranger);
  }

  /** Workloads that the outside reaches without an Ingress. */
  private frontDoors(): NonNullable<ExposureFinder['doors']> {
    if (!this.doors) {
      const found = new Map<number, WorkloadView>();
      for (const workload of this.reachability.workloads) {
        if (!this.directWays(workload).some(({ status, internalBy: inside, by }) => status === 'allowed' && inside === undefined && by !== 'HostNetwork')) continue;
        for (const classId of workload.classes) found.set(classId, workload);
      }
      this.doors = [...found].map(([classId, workload]) => ({ classId, workload }));
    }
    return this.doors;
  }

  /** How far inside the cluster its ports are open, for pods that are there and for any that might be. */
  private withinCluster(namespace: string, classId: number): ExposureLevel | 'unknown' {
    const key = `${namespace} ${classId}`;
    const known = this.reachedFrom.get(key);
    if (known !== undefined) return known;
    let level = this.toStrangers(namespace, classId);
    let mayBeMore = level === 'unknown';
    if (level !== 'cluster') {
      const into = this.reachability.into(classId);
      for (const [from, home] of this.homes().entries()) {
        // Nobody is of a class that only policies name.
        if (home === undefined) continue;
        const answer = statusOf(this.reachability.cell(into[from]!));
        if (answer === 'unknown') mayBeMore = true;
        if (answer !== 'allowed') continue;
        level = home === namespace ? 'namespace' : 'cluster';
        if (level === 'cluster') break;
      }
    }
    if (level === 'none' && mayBeMore) level = 'unknown';
    this.reachedFrom.set(key, level);
    return level;
  }

  /** The same for pods that nobody has named yet: without labels, in any namespace or in its own. */
  private toStrangers(namespace: string, classId: number): ExposureLevel | 'unknown' {
    const key = `${namespace} ${classId}`;
    const known = this.openToStrangers.get(key);
    if (known !== undefined) return known;
    const { reachability } = this;
    const profile = reachability.profile('ingress', { kind: 'class', id: classId })!;
    const namedPorts = reachability.compiled.portsOf[classId]!;
    const from = (view: View): Status => statusOf(reachability.cell(reachability.side(profile, view, namedPorts)));
    const afar = from(stranger);
    const near = afar === 'allowed' ? afar : from({ kind: 'pod', namespace, namespaceLabels: { ...this.labelsOf(namespace), 'kubernetes.io/metadata.name': namespace }, labels: {} });
    const level = afar === 'allowed' ? 'cluster' : near === 'allowed' && afar === 'denied' ? 'namespace' : afar === 'unknown' || near === 'unknown' ? 'unknown' : 'none';
    this.openToStrangers.set(key, level);
    return level;
  }

  private labelsOf(namespace: string): Labels {
    this.namespaceLabels ??= new Map(this.reachability.input.namespaces.map(({ name, labels }) => [name, labels]));
    return this.namespaceLabels.get(namespace) ?? {};
  }

  /** By class, the one namespace in which its endpoints are, or '' where they are in several. */
  private homes(): readonly (string | undefined)[] {
    if (!this.homeOf) {
      const { compiled, input } = this.reachability;
      const homes = Array.from<string | undefined>({ length: compiled.classes });
      for (const [id, { namespace }] of input.endpoints.entries()) {
        const classId = compiled.classOf[id]!;
        homes[classId] = homes[classId] === undefined || homes[classId] === namespace ? namespace : '';
      }
      this.homeOf = homes;
    }
    return this.homeOf;
  }

  private doubtsOf(classId: number, direction: Direction = 'ingress'): readonly UnknownReason[] {
    const { replacedBy, narrowedBy } = this.reachability.profile(direction, { kind: 'class', id: classId })!;
    return [
      ...(this.reachability.compiled.space.isExhausted ? [{ kind: 'too-many-ports' } as const] : []),
      ...(this.reachability.input.missing ?? []).map((evidence): UnknownReason => ({ kind: 'missing', evidence })),
      ...[...replacedBy, ...narrowedBy].map((object): UnknownReason => ({ kind: 'other-engine', object })),
    ];
  }
}

const statusOf = ({ allowed, unknown }: Cell): Status => (allowed !== 0 ? 'allowed' : unknown !== 0 ? 'unknown' : 'denied');

const further = (a: ExposureLevel, b: ExposureLevel): ExposureLevel => (order.indexOf(a) >= order.indexOf(b) ? a : b);

function push<K, T>(map: Map<K, T[]>, key: K, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** The container port a Service's port leads to: a name is the pod's to resolve. */
function targetPortsOf({ port, targetPort, protocol }: ServicePort, endpoint: Endpoint): readonly number[] {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return [port];
  if (typeof targetPort === 'number') return [targetPort];
  // The first that has the name, as the endpoint controller takes it.
  const named = endpoint.ports.find((item) => item.name === targetPort && item.protocol === protocol);
  return named ? [named.port] : [];
}

