import { shownValue } from '#controls/engine/shown-value.js';
import { compare, type ComparedItem } from '#kube-bench/compare.js';
import { benchmarkOfOurs } from '#kube-bench/counterpart.js';
import type { KubeBenchEvidence } from '#kube-bench/evidence.js';
import { knownWrongOf } from '#kube-bench/known-wrong.js';
import type { BenchmarkId } from '../benchmark.js';
import { doesNotApply, failsBy, passes, toLookAt, unknownFor, type Finding } from './finding.js';
import type { OtherOpinion } from './judgement.js';

/** Checks that do not look at what their item is about: that they pass says nothing. */
const blind: ReadonlySet<string> = new Set([
  'verbs-as-one-word', 'proxy-kubeconfig-read', 'wrong-flag', 'api-server-line', 'proxy-for-kubelet', 'client-section', 'one-strict-scc', 'inverted-scc', 'any-zero', 'mode-not-read', 'bindings-exist', 'rotation-in-file',
]);

/** Where evidence is of no node. */
const ofCluster = '';

/** What kube-bench says of the items of one benchmark, by item and node. */
export class KubeBenchOpinions {
  private readonly byItem = new Map<string, Map<string, KubeBenchEvidence>>();

  constructor(
    private readonly benchmark: BenchmarkId,
    evidence: readonly KubeBenchEvidence[],
  ) {
    const ours = benchmarkOfOurs(benchmark);
    for (const one of evidence) {
      if (benchmarkOfOurs(one.benchmark) !== ours) continue;
      const byNode = this.byItem.get(one.item);
      if (byNode) byNode.set(one.node ?? ofCluster, one);
      else this.byItem.set(one.item, new Map([[one.node ?? ofCluster, one]]));
    }
  }

  of(item: string, node: string = ofCluster): KubeBenchEvidence | undefined {
    return this.byItem.get(item)?.get(node);
  }

  /** Nodes that it says something of. */
  nodesOf(item: string): readonly string[] {
    return [...(this.byItem.get(item)?.keys() ?? [])].filter((node) => node !== ofCluster);
  }

  /** Its opinion beside ours, and beside its opinion on subjects before. */
  beside(item: string, node: string | undefined, ours: Finding, before: OtherOpinion | undefined): OtherOpinion | undefined {
    const theirs = this.of(item, node);
    if (!theirs) return before;
    const verdict = { benchmark: this.benchmark, item, outcome: ours.status, ...(node !== undefined && { node }) };
    const row = compare([verdict], [theirs])[0]!;
    // One that disagrees is worth more than many that do not.
    if (before && (!before.agrees || row.relation !== 'disagree')) return before;
    return { status: theirs.status, agrees: row.relation !== 'disagree', ...becauseOf(row, ours) };
  }
}

function becauseOf({ relation, causes }: ComparedItem, ours: Finding): Pick<OtherOpinion, 'because'> {
  if (relation !== 'disagree') return {};
  const cause = causes[0]?.reason;
  const seen = ours.text !== '' ? ours.text : ours.at === undefined ? '' : `${ours.at} is ${ours.found ?? 'as asked'}`;
  const because = [cause, seen].filter((text) => text !== undefined && text !== '').join('; here ');
  return because === '' ? {} : { because };
}

/** Its verdict where there is no evidence of ours. */
export function findingOf({ outcome, reason, theirBenchmark, theirNumber, observed, status }: KubeBenchEvidence): Finding {
  const [value] = observed;
  const where = { source: 'kube-bench', at: `${theirBenchmark} ${theirNumber}`, ...(value && value.values.length > 0 && { found: shownValue(`${value.name}: ${value.values.join(', ')}`) }) } as const;
  const need = { of: 'other', name: 'kube-bench' } as const;
  const text = reason?.text ?? `kube-bench says ${status}`;
  switch (outcome) {
    case 'pass': {
      const wrong = knownWrongOf(theirBenchmark, theirNumber).find(({ id, kind }) => kind === 'false-pass' && blind.has(id));
      return wrong ? unknownFor(`evidence beside that of kube-bench, whose check does not tell: ${wrong.reason}`, need, where) : passes(where);
    }
    case 'fail': return failsBy(text, where);
    case 'manual': return toLookAt(text, [], where);
    case 'not-applicable': return doesNotApply(text, where);
    case 'unknown': return unknownFor(text, need, where);
  }
}
