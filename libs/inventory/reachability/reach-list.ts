import { byText } from '../text-order.js';
import { portPoint } from './port-space.js';
import { Outside, type OutsideAnswer } from './outside.js';
import type { PortAnswer } from './answer.js';
import type { Cell, Reachability, WorkloadView } from './reachability.js';

export interface ReachedWorkload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly ports: PortAnswer;
}

/** All that endpoints reach, or that reaches them. */
export interface ReachList {
  /** By namespace, name and kind. Those that are surely denied on every port are not in it. */
  readonly workloads: readonly ReachedWorkload[];
  readonly outside: OutsideAnswer;
  /** Some are left out: more than the limit, or too many sets of ports. */
  readonly isCut: boolean;
}

export interface ReachOptions {
  /** Only on this port. */
  readonly port?: { readonly port: number; readonly protocol: string };
  /** Workloads listed; 1,000 unless told otherwise. */
  readonly limit?: number;
}

/** Every workload and the outside that any of these endpoints may open connections to. */
export const destinationsOf = (reachability: Reachability, endpoints: readonly number[], options: ReachOptions = {}): ReachList => listOf(reachability, endpoints, 'egress', options);

/** Every workload and the outside that may open connections to any of these endpoints. */
export const sourcesOf = (reachability: Reachability, endpoints: readonly number[], options: ReachOptions = {}): ReachList => listOf(reachability, endpoints, 'ingress', options);

/** Endpoints of a namespace. */
export const endpointsIn = (reachability: Reachability, namespace: string): readonly number[] =>
  reachability.workloads.filter((workload) => workload.namespace === namespace).flatMap(({ endpoints }) => endpoints);

/** Every workload that addresses outside may open connections to, or that may open connections to them. */
export function outsideList(reachability: Reachability, direction: 'ingress' | 'egress', { limit = 1000 }: ReachOptions = {}): readonly (ReachedWorkload & { readonly internet: PortAnswer })[] {
  const outside = new Outside(reachability);
  const found: (ReachedWorkload & { internet: PortAnswer })[] = [];
  for (const workload of inOrder(reachability.workloads)) {
    if (found.length >= limit) break;
    const cells = workload.classes.map((id) => outside.of(direction, id));
    const any = joined(reachability, cells.map((cell) => cell.any));
    if (any.allowed === 0 && any.unknown === 0) continue;
    found.push({ ...named(workload), ports: reachability.ports(any), internet: reachability.ports(joined(reachability, cells.map((cell) => cell.internet))) });
  }
  return found;
}

const joined = (reachability: Reachability, cells: readonly Cell[]): Cell => cells.reduce((a, b) => reachability.either(a, b), { allowed: 0, unknown: 0 });
const named = ({ kind, namespace, name }: WorkloadView) => ({ kind, namespace, name });

export const inOrder = (workloads: readonly WorkloadView[]): readonly WorkloadView[] =>
  [...workloads].sort((a, b) => byText(a.namespace, b.namespace) || byText(a.name, b.name) || byText(a.kind, b.kind));

function listOf(reachability: Reachability, endpoints: readonly number[], direction: 'ingress' | 'egress', { port, limit = 1000 }: ReachOptions): ReachList {
  const { compiled } = reachability;
  const classes = [...new Set(endpoints.map((id) => compiled.classOf[id]!))];
  const outside = new Outside(reachability);
  const cells: Cell[] = Array.from({ length: compiled.classes }, () => ({ allowed: 0, unknown: 0 }));
  let isCut = false;
  for (const id of classes) {
    const row = direction === 'egress' ? reachability.row(id) : reachability.column(id);
    if (!row) {
      isCut = true;
      break;
    }
    for (let other = 0; other < row.length; other++) cells[other] = reachability.either(cells[other]!, reachability.cell(row[other]!));
  }
  const only = new Set(endpoints);
  const point = port && portPoint(port.protocol, port.port);
  const workloads: ReachedWorkload[] = [];
  for (const workload of inOrder(reachability.workloads)) {
    // A pod and itself is no question.
    if (only.size === 1 && workload.endpoints.length === 1 && only.has(workload.endpoints[0]!) && workload.pods <= 1) continue;
    const cell = joined(reachability, workload.classes.map((id) => cells[id]!));
    const isThere = point === undefined ? cell.allowed !== 0 || cell.unknown !== 0 : compiled.space.has(cell.allowed, point) || compiled.space.has(cell.unknown, point);
    if (port !== undefined && point === undefined) continue;
    if (!isThere) continue;
    if (workloads.length >= limit) {
      isCut = true;
      break;
    }
    workloads.push({ ...named(workload), ports: reachability.ports(cell) });
  }
  const outer = classes.map((id) => outside.of(direction, id));
  return {
    workloads,
    outside: { any: reachability.ports(joined(reachability, outer.map(({ any }) => any))), internet: reachability.ports(joined(reachability, outer.map(({ internet }) => internet))) },
    isCut,
  };
}
