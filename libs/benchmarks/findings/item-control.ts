import { severities, type EvidenceKind, type Layer, type Severity } from '#controls/engine/control.js';
import { itemsOf, type Assessment, type Benchmark, type BenchmarkId, type Item, type Target } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import type { Evidence } from '../evidence.js';
import { meaningIn } from '../editions.js';
import { mayFail, type Rule } from '../rules/rule.js';

/**
 * What stands in a control's place for an item that no control covers: its failures are findings under this id, which is
 * the same in every edition for its platform, so that findings and what was decided of them outlast a change of edition.
 */
export interface ItemControl {
  readonly id: `${Layer}/${string}`;
  readonly layer: Layer;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remediation: string;
  readonly evidence: readonly EvidenceKind[];
  /** Its numbers in the benchmarks that are carried. */
  readonly items: readonly ItemNumber[];
}

export interface ItemNumber {
  readonly benchmark: BenchmarkId;
  readonly itemId: string;
}

/** An item that evidence can find to fail, and no control covers. */
export const makesFindings = ({ rule, coveredBy }: Item): boolean => rule !== undefined && coveredBy === undefined && mayFail(rule);

/** What fails there fails for the whole cluster; a node, or an object, for itself. */
const isOfAll: ReadonlySet<Target> = new Set(['control-plane', 'etcd', 'cloud']);

/** Benchmarks say of no item how bad its failure is: it counts by how its publisher has it assessed, and one step more where it is about the whole cluster. */
function severityOf(assessment: Assessment, target: Target): Severity {
  if (assessment === 'automated') return isOfAll.has(target) ? 'high' : 'medium';
  return isOfAll.has(target) ? 'medium' : 'low';
}

/** Chapters of CIS Kubernetes on what runs in a cluster. */
const chapters: Readonly<Record<string, Layer>> = { '5.2': 'workloads', '5.3': 'network', '5.4': 'supply-chain', '5.5': 'supply-chain', '5.6': 'workloads' };

const byRule: Readonly<Partial<Record<Rule['kind'], Layer>>> = { constraints: 'workloads', 'nodes-are-private': 'network', 'routes-have-certificates': 'network', 'no-binding': 'control-plane' };

/** Nodes and what runs the cluster are of the control plane, as in controls; what runs in it is of the layer that its chapter, or else its rule, is about. */
function layerOf({ target, rule }: Item, meaning: string): Layer {
  if (target !== 'cluster') return 'control-plane';
  return chapters[meaning.split('.').slice(0, 2).join('.')] ?? (rule && byRule[rule.kind]) ?? 'governance';
}

const isNumber = (meaning: string): boolean => /^\d+(\.\d+)+$/.test(meaning);

/** By the platform, for the same item asks for something else on another; `cis` where it is the number of an item of CIS Kubernetes. */
function slugOf(meaning: string, platform: Benchmark['platform']): string {
  const name = isNumber(meaning) ? `cis-${meaning}` : meaning.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return platform === 'kubeadm' || name.startsWith(`${platform}-`) ? name : `${platform}-${name}`;
}

const kinds: Readonly<Record<Evidence['class'], EvidenceKind>> = { flags: 'flags', file: 'node', configz: 'configz', api: 'api', probe: 'probe', cloud: 'ingest' };

/** A kubelet's flags are told by itself, beside its configuration, or by its node. */
const kindsOf = (one: Evidence): readonly EvidenceKind[] => (one.class === 'flags' && one.component === 'kubelet' ? ['configz', 'node'] : [kinds[one.class]]);

const worse = (a: Severity, b: Severity): Severity => (severities.indexOf(a) <= severities.indexOf(b) ? a : b);

const idOf = (benchmark: Benchmark, item: Item): ItemControl['id'] => {
  const meaning = meaningIn(benchmark.id, item.id);
  return `${layerOf(item, meaning)}/${slugOf(meaning, benchmark.platform)}`;
};

function whyOf({ title }: Benchmark, { id, assessment, note, caveat }: Item): string {
  const how = assessment === 'unmarked' ? 'and does not say how it is assessed' : `and has it assessed ${assessment === 'automated' ? 'by machine' : 'by a person'}`;
  return [`${title} asks for it as item ${id}, ${how}. No control asks the same.`, note, caveat].filter((text) => text !== undefined).join(' ');
}

function entries(): ReadonlyMap<ItemControl['id'], ItemControl> {
  const byId = new Map<ItemControl['id'], ItemControl>();
  for (const benchmark of Object.values(benchmarks)) {
    for (const item of itemsOf(benchmark).filter(makesFindings)) {
      const id = idOf(benchmark, item);
      const known = byId.get(id);
      const severity = severityOf(item.assessment, item.target);
      const number: ItemNumber = { benchmark: benchmark.id, itemId: item.id };
      byId.set(id, known ? { ...known, severity: worse(known.severity, severity), items: [...known.items, number] } : {
        id, layer: id.slice(0, id.indexOf('/')) as Layer, title: item.title, severity, why: whyOf(benchmark, item), remediation: item.remediation,
        evidence: [...new Set(item.evidence.flatMap(kindsOf))], items: [number],
      });
    }
  }
  return byId;
}

const byId = entries();

/** Every item that makes findings of its own, newest edition first: what is said of it is what that says. */
export const itemControls: readonly ItemControl[] = [...byId.values()];

export const itemControlById: ReadonlyMap<string, ItemControl> = byId;

/** What an item's findings are under; undefined where it makes none. */
export const itemControlOf = (benchmark: Benchmark, item: Item): ItemControl | undefined => (makesFindings(item) ? byId.get(idOf(benchmark, item)) : undefined);
