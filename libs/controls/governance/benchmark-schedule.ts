import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.js';
import type { BenchmarkHistory } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: a}\n';
const remembered = (benchmarks: BenchmarkHistory, title?: string) => manifests(node, { policy: { benchmarks }, ...(title !== undefined && { title }) });

export const benchmarkSchedule = defineControl({
  id: 'governance/benchmark-schedule',
  title: 'The benchmark is judged as often as its schedule says',
  severity: 'medium',
  why: 'A benchmark that is no longer judged says how things stood, and what has regressed since is not told. A schedule that nobody keeps passes for one that finds nothing.',
  remediation: 'Look at the scans of kind benchmark of this cluster: one that fails says why. Resume the cluster where it is paused, mend its connection, or take the schedule away where it is not wanted.',
  frameworks: { 'nist-800-53': ['CA-7', 'RA-5'], 'pci-dss': ['2.2.1'], soc2: ['CC7.1'] },
  evidence: ['history'],
  scope: wholeCluster([]),
  check({ policy: { benchmarks } }) {
    if (!benchmarks) return unknown({ fact: 'benchmark-history', reason: 'not-requested', detail: 'nobody remembers benchmark runs here' });
    const { isScheduled, lastRunAt, overdueSince } = benchmarks;
    if (!isScheduled) return notApplicable('no schedule judges a benchmark here');
    if (overdueSince !== null) {
      return fail(`a benchmark run was due on ${day(overdueSince)} and did not take place; ${lastRunAt === null ? 'there was none before' : `the last was on ${day(lastRunAt)}`}`, { detail: { overdueSince: day(overdueSince), ...(lastRunAt !== null && { lastRunAt: day(lastRunAt) }) } });
    }
    return lastRunAt === null ? notApplicable('no run was due yet') : pass;
  },
  examples: {
    passes: [remembered({ isScheduled: true, lastRunAt: Date.UTC(2026, 10, 3), overdueSince: null }, 'A run within the schedule')],
    fails: [
      remembered({ isScheduled: true, lastRunAt: Date.UTC(2026, 9, 3), overdueSince: Date.UTC(2026, 9, 4, 3) }, 'Overdue since the day after'),
      remembered({ isScheduled: true, lastRunAt: null, overdueSince: Date.UTC(2026, 9, 4, 3) }, 'Never run'),
    ],
    unknown: [manifests(node, { title: 'Nobody remembers' })],
    notApplicable: [
      remembered({ isScheduled: false, lastRunAt: null, overdueSince: null }, 'No schedule'),
      remembered({ isScheduled: true, lastRunAt: null, overdueSince: null }, 'Not due yet'),
    ],
  },
});
