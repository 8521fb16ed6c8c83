import type { Workload } from '../facts.js';
import { listedKeys, type Inventory } from '../inventory.js';
import type { Observed, ReadOutcome } from '../observed.js';
import type { ClusterFacts, ComponentFacts, KubeletFacts, KubeletFlags } from '../facts.js';
import { resourceKeys, type ResourceKey } from '../resources.js';
import { byText } from '../text-order.js';
import type { Piece, PieceSort } from './piece.js';
import { PieceCutter } from './piece-cutter.js';

/** What is of the cluster as a whole. */
export interface EvidenceHead {
  readonly cluster: ClusterFacts;
  readonly basis: Inventory['basis'];
  readonly outcomes: readonly (readonly [ResourceKey, ReadOutcome])[];
  readonly components: readonly ComponentFacts[];
  /** Both left out where nobody asked. */
  readonly flagz?: Observed<ComponentFacts>;
  readonly apiServers?: Observed<readonly string[]>;
  /** How many objects expose credentials; left out where nobody looked. */
  readonly exposures?: number;
  readonly kubelets: readonly (readonly [string, Observed<KubeletFacts>])[];
  /** Left out where nobody asked. */
  readonly kubeletFlags?: readonly (readonly [string, Observed<KubeletFlags>])[];
  /** Left out where there are none. */
  readonly lostMachines?: readonly string[];
}

/** A workload without its templates, which follow one another in pieces of their own, `templates` of them for this one. */
export type KeptWorkload = Omit<Workload, 'templates'> & { readonly templates: number };

/** The pods of one workload: three numbers each, the node's place in `nodes` + 1 (0: not scheduled), the template's among the workload's, 1 if it runs. */
export interface KeptPods {
  readonly nodes: readonly string[];
  readonly rows: readonly number[];
}

/** The same pods in the same order. */
export interface KeptIdentities {
  readonly names: readonly string[];
  /** With commas between a pod's own. */
  readonly addresses: readonly string[];
}

type Named = { readonly namespace: string; readonly name: string; readonly kind?: string };

const byName = (a: Named, b: Named): number => byText(a.namespace, b.namespace) || byText(a.name, b.name) || byText(a.kind ?? '', b.kind ?? '');

const byKindAndName = (a: Workload, b: Workload): number => byText(a.kind, b.kind) || byText(a.group, b.group) || byName(a, b);

const byNode = <T>(facts: ReadonlyMap<string, T>): readonly (readonly [string, T])[] => [...facts].toSorted(([a], [b]) => byText(a, b));

/** Everything an inventory holds, as pieces that `restoreEvidence` makes an inventory of again. */
export function* recordEvidence(inventory: Inventory): Generator<Piece> {
  const head: EvidenceHead = {
    cluster: inventory.cluster,
    basis: inventory.basis,
    outcomes: resourceKeys.map((key) => [key, inventory.outcome(key)] as const),
    components: inventory.components,
    flagz: inventory.flagz,
    apiServers: inventory.apiServers,
    ...(inventory.exposures.state === 'observed' && { exposures: inventory.exposures.value.length }),
    kubelets: byNode(inventory.kubelets),
    ...(inventory.kubeletFlags.size > 0 && { kubeletFlags: byNode(inventory.kubeletFlags) }),
    ...(inventory.lostMachines.length > 0 && { lostMachines: inventory.lostMachines }),
  };
  yield { sort: 'head', items: 1, text: JSON.stringify(head) };
  yield { sort: 'probe', items: 1, text: JSON.stringify(inventory.probe) };
  for (const key of listedKeys) yield* recordList(key, inventory.list(key));
  if (inventory.exposures.state === 'observed') yield* recordList('exposures', inventory.exposures.value);
  yield* recordList('node-evidence', [...inventory.nodeEvidence.values()].map((facts) => ({ namespace: '', name: facts.node, facts })));
  yield* recordWorkloads(inventory);
}

function* recordList(sort: PieceSort, facts: readonly Named[]): Generator<Piece> {
  const cutter = new PieceCutter(sort);
  for (const fact of facts.toSorted(byName)) yield* cutter.add(`${fact.namespace}/${fact.name}`, JSON.stringify(fact));
  yield* cutter.end();
}

function* recordWorkloads(inventory: Inventory): Generator<Piece> {
  const rowsOf = rowsByWorkload(inventory);
  // By kind first: so the templates of each came, and each segment of them is expanded once.
  const order = inventory.workloads.map((workload, index) => ({ workload, index })).sort((a, b) => byKindAndName(a.workload, b.workload));
  const [workloads, templates, networks] = [new PieceCutter('workloads'), new PieceCutter('templates'), new PieceCutter('networks')];
  const [pods, identities] = [new PieceCutter('pods'), new PieceCutter('identities')];
  for (const { workload, index } of order) {
    const { templates: ids, ...rest } = workload;
    const name = `${workload.namespace}/${workload.kind}/${workload.name}`;
    yield* workloads.add(name, JSON.stringify({ ...rest, templates: ids.length } satisfies KeptWorkload));
    const own = templatesOf(inventory, workload);
    yield* templates.add(name, own.texts.join(','), own.texts.length);
    yield* networks.add(name, own.ids.map((id) => inventory.templates.networkText(id)).join(','), own.ids.length);
    const named = Array.from(rowsOf.of(index), (row): NamedPod => ({ row, name: inventory.pods.nameAt(row) })).sort((a, b) => byText(a.name, b.name));
    yield* pods.add(name, JSON.stringify(podsOf(inventory, own.ids, named)));
    yield* identities.add(name, JSON.stringify(identitiesOf(inventory, named)));
  }
  for (const cutter of [workloads, templates, networks, pods, identities]) yield* cutter.end();
}

/** The first is the controller's own; those of pods that differ from it came in the order of the pods. */
function templatesOf({ templates }: Inventory, workload: Workload): { readonly ids: readonly number[]; readonly texts: readonly string[] } {
  const [first, ...others] = workload.templates.map((id) => ({ id, text: templates.text(id) }));
  const ordered = first ? [first, ...others.sort((a, b) => byText(a.text, b.text))] : [];
  return { ids: ordered.map(({ id }) => id), texts: ordered.map(({ text }) => text) };
}

interface NamedPod {
  readonly row: number;
  readonly name: string;
}

function podsOf({ pods, podNodes }: Inventory, templates: readonly number[], named: readonly NamedPod[]): KeptPods {
  const placeOf = new Map<number, number>();
  const kept: number[] = [];
  for (const { row } of named) {
    const node = pods.nodeAt(row);
    if (node >= 0 && !placeOf.has(node)) placeOf.set(node, placeOf.size + 1);
    kept.push(node < 0 ? 0 : placeOf.get(node)!, Math.max(0, templates.indexOf(pods.templateAt(row))), pods.isRunning(row) ? 1 : 0);
  }
  return { nodes: [...placeOf.keys()].map((node) => podNodes[node]!), rows: kept };
}

const identitiesOf = ({ pods }: Inventory, named: readonly NamedPod[]): KeptIdentities =>
  ({ names: named.map(({ name }) => name), addresses: named.map(({ row }) => pods.addressesAt(row)) });

/** Rows of the pod table by workload, in the table's order. */
function rowsByWorkload({ pods, workloads }: Inventory): { of(workload: number): Uint32Array } {
  const starts = new Uint32Array(workloads.length + 1);
  for (let row = 0; row < pods.length; row++) starts[pods.ownerAt(row) + 1]!++;
  for (let i = 0; i < workloads.length; i++) starts[i + 1]! += starts[i]!;
  const rows = new Uint32Array(pods.length);
  const next = starts.slice();
  for (let row = 0; row < pods.length; row++) rows[next[pods.ownerAt(row)]!++] = row;
  return { of: (workload) => rows.subarray(starts[workload], starts[workload + 1]) };
}
