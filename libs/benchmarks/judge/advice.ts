import type { Benchmark } from '../benchmark.js';
import { describeCommands } from '../evidence.js';
import type { ItemRecord } from './item-record.js';

interface Situation {
  readonly listed: number | undefined;
  readonly withEvidence: number;
  /** Nodes that sent evidence and are not listed. */
  readonly strangers: number;
  readonly benchmark: Benchmark;
}

/** What is needed where no node that was looked at has a control plane. */
export const controlPlaneElsewhere = 'control-plane-elsewhere';

/** Rights that are named, the ones that decide most first. */
const MOST_RIGHTS = 5;

const items = (count: number): string => `${count} ${count === 1 ? 'item' : 'items'}`;
const nodes = (count: number): string => `${count} ${count === 1 ? 'node' : 'nodes'}`;

/** What would decide most of what is unknown, a sentence each. */
export function adviceOf(records: readonly ItemRecord[], { listed, withEvidence, strangers, benchmark }: Situation): readonly string[] {
  const needs = new Map<string, number>();
  for (const record of records) {
    if (record.result().outcome !== 'unknown') continue;
    for (const need of record.needs.keys()) needs.set(need, (needs.get(need) ?? 0) + 1);
  }
  const count = (need: string): number => needs.get(need) ?? 0;
  const advice: string[] = [];
  const without = listed === undefined ? undefined : listed - withEvidence;
  if (count('collector') > 0) {
    if (without === 0) advice.push(`run the collector again as root, with the root of each node and its processes, to decide ${items(count('collector'))}`);
    else advice.push(`run the collector on ${without === undefined ? 'the nodes' : nodes(without)} to decide ${items(count('collector'))}`);
  }
  const elsewhere = count(`other ${controlPlaneElsewhere}`);
  if (elsewhere > 0) advice.push(`run the collector on the nodes of the control plane to decide ${items(elsewhere)}`);
  const { platform } = benchmark;
  if (count('cloud') > 0 && (platform === 'eks' || platform === 'aks' || platform === 'gke')) advice.push(`upload the output of \`${describeCommands[platform]}\` to decide ${items(count('cloud'))}`);
  const rights = [...needs].filter(([need]) => need.startsWith('right ')).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  for (const [need, decides] of rights.slice(0, MOST_RIGHTS)) advice.push(`let scans read ${need.slice('right '.length)} to decide ${items(decides)}`);
  if (strangers > 0) advice.push(`evidence of ${nodes(strangers)} that the cluster does not list counts for nothing: name nodes as the cluster does`);
  return advice;
}
