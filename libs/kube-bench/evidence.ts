import type { ItemScope } from './benchmark-numbers.js';
import type { ObservedValue } from './observed-values.js';
import { isWorse, type Outcome, type OutcomeReason } from './outcome.js';
import type { KubeBenchReport } from './report.js';

/** What kube-bench says of one item of ours. */
export interface KubeBenchEvidence {
  readonly source: 'kube-bench';
  readonly toolVersion?: string;
  /** The benchmark and number that kube-bench went by. */
  readonly theirBenchmark: string;
  readonly theirNumber: string;
  /** Ours. */
  readonly benchmark: string;
  readonly item: string;
  readonly scope: ItemScope;
  /** Absent for items of the cluster, which every node's run repeats. */
  readonly node?: string;
  readonly status: string;
  readonly outcome: Outcome;
  readonly reason?: OutcomeReason;
  readonly expected?: string;
  readonly observed: readonly ObservedValue[];
}

/** A check that is about no item of ours, and why. */
export interface UnmappedCheck {
  readonly node: string;
  readonly benchmark: string;
  readonly number: string;
  readonly status: string;
  readonly reason: string;
}

export interface MappedReport {
  /** One an item and node, or an item of the cluster; the worst where several say something. */
  readonly evidence: readonly KubeBenchEvidence[];
  readonly unmapped: readonly UnmappedCheck[];
}

/** A report as evidence on items of ours. */
export function evidenceOf({ runs, toolVersion }: KubeBenchReport): MappedReport {
  const worst = new Map<string, KubeBenchEvidence>();
  const unmapped: UnmappedCheck[] = [];
  for (const { node, controls } of runs) {
    for (const { benchmark: theirBenchmark, checks } of controls) {
      for (const { number, status, outcome, reason, counterpart, expected, observed } of checks) {
        if (counterpart.state === 'none') {
          unmapped.push({ node, benchmark: theirBenchmark, number, status, reason: counterpart.reason });
          continue;
        }
        const { benchmark, item, scope } = counterpart;
        const evidence: KubeBenchEvidence = {
          source: 'kube-bench', ...(toolVersion !== undefined && { toolVersion }), theirBenchmark, theirNumber: number, benchmark, item, scope, ...(scope !== 'cluster' && { node }),
          status, outcome, ...(reason && { reason }), ...(expected !== undefined && { expected }), observed,
        };
        const key = keyOf(evidence);
        const known = worst.get(key);
        if (!known || isWorse(outcome, known.outcome)) worst.set(key, evidence);
      }
    }
  }
  return { evidence: [...worst.values()], unmapped };
}

/** What may be compared: one item on one node, or of the cluster. */
export const keyOf = ({ benchmark, item, node }: { readonly benchmark: string; readonly item: string; readonly node?: string }): string => JSON.stringify([benchmark, item, node ?? null]);
