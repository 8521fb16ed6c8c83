import type { PortRange } from './answer.js';
import { pointRange } from './port-space.js';
import { inOrder } from './reach-list.js';
import type { Cell, Reachability, WorkloadView } from './reachability.js';

export interface WorkloadName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Workloads that are alike before and after, and how many there are. */
export interface WorkloadGroup {
  /** At most 20. */
  readonly workloads: readonly WorkloadName[];
  readonly count: number;
}

/** Ports that one group of workloads did not reach of another, and now does. */
export interface NewlyReachable {
  readonly from: WorkloadGroup;
  readonly to: WorkloadGroup;
  /** Surely allowed now, surely denied before. */
  readonly allowed: readonly PortRange[];
  /** Where one of the two is unknown. */
  readonly unknown: readonly PortRange[];
}

export interface Difference {
  readonly newly: readonly NewlyReachable[];
  /** Workloads that are in one of the two only, which have no before or no after. */
  readonly added: WorkloadGroup;
  readonly removed: WorkloadGroup;
  /** More than the limit, or too many sets of ports. */
  readonly isCut: boolean;
}

const MAX_NAMES = 20;
const keyOf = ({ kind, namespace, name }: WorkloadView): string => `${namespace}/${kind}/${name}`;
const groupOf = (workloads: readonly WorkloadView[]): WorkloadGroup => ({ workloads: workloads.slice(0, MAX_NAMES).map(({ kind, namespace, name }) => ({ kind, namespace, name })), count: workloads.length });

interface Joint {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly workloads: WorkloadView[];
}

/** What became reachable between two states of a cluster, by groups of workloads that no policy of either tells apart. */
export function difference(before: Reachability, after: Reachability, { limit = 1000 }: { readonly limit?: number } = {}): Difference {
  const earlier = new Map(before.workloads.map((workload) => [keyOf(workload), workload]));
  const added: WorkloadView[] = [];
  const groups = new Map<string, Joint>();
  for (const workload of inOrder(after.workloads)) {
    const was = earlier.get(keyOf(workload));
    earlier.delete(keyOf(workload));
    if (!was) {
      added.push(workload);
      continue;
    }
    const key = `${was.classes.join()} ${workload.classes.join()}`;
    const group = groups.get(key);
    if (group) group.workloads.push(workload);
    else groups.set(key, { before: was.classes, after: workload.classes, workloads: [workload] });
  }
  const newly: NewlyReachable[] = [];
  const change = changes(before, after);
  const list = [...groups.values()];
  let isCut = false;
  for (const from of list) {
    const rowBefore = rowOf(before, from.before);
    const rowAfter = rowOf(after, from.after);
    if (!rowBefore || !rowAfter) {
      isCut = true;
      break;
    }
    for (const to of list) {
      if (from === to && from.workloads.length === 1 && from.workloads[0]!.pods <= 1) continue;
      const found = change(rowBefore(to.before), rowAfter(to.after));
      if (!found) continue;
      if (newly.length >= limit) return { newly, added: groupOf(added), removed: groupOf(inOrder([...earlier.values()])), isCut: true };
      newly.push({ from: groupOf(from.workloads), to: groupOf(to.workloads), ...found });
    }
  }
  return { newly, added: groupOf(added), removed: groupOf(inOrder([...earlier.values()])), isCut };
}

/** What any of the classes reaches of any of others. */
export function rowOf(reachability: Reachability, classes: readonly number[]): ((to: readonly number[]) => Cell) | undefined {
  const rows: Uint32Array[] = [];
  for (const id of classes) {
    const row = reachability.row(id);
    if (!row) return undefined;
    rows.push(row);
  }
  const [only] = rows;
  return (to) => {
    if (rows.length === 1 && to.length === 1) return reachability.cell(only![to[0]!]!);
    let cell: Cell = { allowed: 0, unknown: 0 };
    for (const row of rows) for (const id of to) cell = reachability.either(cell, reachability.cell(row[id]!));
    return cell;
  };
}

/** Compares cells of two port spaces; each pair of cells once. */
function changes(before: Reachability, after: Reachability): (was: Cell, is: Cell) => Pick<NewlyReachable, 'allowed' | 'unknown'> | undefined {
  const { space } = after.compiled;
  const moved = new Map<number, number>();
  const inAfter = (id: number): number => {
    let found = moved.get(id);
    if (found === undefined) {
      found = space.of(before.compiled.space.ranges(id).map(({ protocol, first, last }) => pointRange(protocol, first, last)).filter((range) => range !== undefined));
      moved.set(id, found);
    }
    return found;
  };
  const known = new Map<string, Pick<NewlyReachable, 'allowed' | 'unknown'> | undefined>();
  return (was, is) => {
    const key = `${was.allowed} ${was.unknown} ${is.allowed} ${is.unknown}`;
    if (known.has(key)) return known.get(key);
    const [couldAllow, couldUnknown] = [inAfter(was.allowed), inAfter(was.unknown)];
    const fresh = space.minus(is.allowed, couldAllow);
    const allowed = space.minus(fresh, couldUnknown);
    const doubtful = space.union(space.intersect(fresh, couldUnknown), space.minus(space.minus(is.unknown, couldAllow), couldUnknown));
    const found = allowed === 0 && doubtful === 0 ? undefined : { allowed: space.ranges(allowed), unknown: space.ranges(doubtful) };
    known.set(key, found);
    return found;
  };
}
