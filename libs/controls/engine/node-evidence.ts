import { serverDifferences } from '#inventory/components/server-differences.js';
import type { ComponentFacts } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import type { NodeEvidenceFacts } from '#inventory/node-facts.js';
import type { Observed } from '#inventory/observed.js';
import { minorOf } from '#inventory/readers/minor-version.js';

const DAY = 86_400_000;

/** Days after which what a collector saw on a node says nothing of it any more, where the organisation sets no bound. */
export const defaultNodeEvidenceDays = 7;

/** Clocks of nodes may be ahead of ours by this much. */
const AHEAD = DAY;

/** Whether what was collected then (ISO 8601) says anything of a node now, in milliseconds since the epoch. */
export function isFresh(collectedAt: string, now: number, maxAgeDays: number): boolean {
  const at = Date.parse(collectedAt);
  return at >= now - maxAgeDays * DAY && at <= now + AHEAD;
}

/** The evidence of nodes as it stands at a time: what is too old is told apart from what was never gathered. */
export class NodeEvidenceView {
  private readonly notCollected: Observed<never>;
  private readonly tooOld: Observed<never>;

  constructor(
    private readonly inventory: Pick<Inventory, 'nodeEvidence' | 'lostMachines' | 'list'>,
    private readonly now: number,
    private readonly maxAgeDays: number = defaultNodeEvidenceDays,
  ) {
    // One sentence for all such nodes, so that they are one group. Counted once.
    const without = inventory.list('nodes').filter(({ name }) => !inventory.nodeEvidence.has(name)).length;
    const old = [...inventory.nodeEvidence.values()].filter((facts) => !this.isFresh(facts)).length;
    this.notCollected = { state: 'missing', reason: 'not-requested', detail: `nodes show this to a collector alone: run the node collector on ${nodesText(without)}` };
    this.tooOld = { state: 'missing', reason: 'not-requested', detail: `what was collected on ${nodesText(old)} is older than ${maxAgeDays} days: run the node collector there again` };
  }

  of(node: string): Observed<NodeEvidenceFacts> {
    const facts = this.inventory.nodeEvidence.get(node);
    if (!facts) return this.inventory.lostMachines.includes(node) ? lost : this.notCollected;
    return this.isFresh(facts) ? { state: 'observed', value: facts } : this.tooOld;
  }

  /** Whether there is any of this node, fresh or not. */
  has(node: string): boolean {
    return this.inventory.nodeEvidence.has(node);
  }

  /** Whatever was collected, fresh or not. */
  get all(): readonly NodeEvidenceFacts[] {
    return [...this.inventory.nodeEvidence.values()];
  }

  get fresh(): readonly NodeEvidenceFacts[] {
    return this.all.filter((facts) => this.isFresh(facts));
  }

  /** What was looked at, and too long ago. */
  get stale(): readonly NodeEvidenceFacts[] {
    return this.all.filter((facts) => !this.isFresh(facts));
  }

  /** Machines of which there was evidence, and is none any more. */
  get lost(): readonly string[] {
    return this.inventory.lostMachines;
  }

  private isFresh({ collectedAt }: NodeEvidenceFacts): boolean {
    return isFresh(collectedAt, this.now, this.maxAgeDays);
  }
}

const lost: Observed<never> = {
  state: 'missing', reason: 'not-requested',
  detail: 'what was collected on a machine outside of the cluster was deleted or is no longer kept: run the node collector there again, or say that it is retired',
};

/** Machines that are no Node of the cluster and run a part of its control plane, such as etcd, or may run one unseen; those of which there was evidence too. */
export function machinesOutside(inventory: Pick<Inventory, 'nodeEvidence' | 'lostMachines' | 'list'>): readonly string[] {
  const known = new Set(inventory.list('nodes').map(({ name }) => name));
  const looked = [...inventory.nodeEvidence.values()].filter(({ components, unseenProcesses }) => components.length > 0 || unseenProcesses !== undefined).map(({ node }) => node);
  return [...looked, ...inventory.lostMachines].filter((name) => !known.has(name));
}

const nodesText = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);

const keyOf = ({ component, kind, namespace, pod }: ComponentFacts): string => `${component} ${kind}/${namespace}/${pod}`;

/**
 * Processes of the control plane, each once: as the API shows their static pods, with what nodes tell beside that, and those
 * that nodes alone show. The API is as of now, so that its command line counts before the node's. What the API server says of
 * itself stands beside them where it is none of these: one that nobody saw, or one that is not started as it looks.
 */
export function joinedComponents({ components, flagz, cluster }: Pick<Inventory, 'components' | 'flagz' | 'cluster'>, evidence: readonly NodeEvidenceFacts[]): readonly ComponentFacts[] {
  const onNodes = evidence.flatMap((facts) => facts.components);
  const byKey = new Map(onNodes.map((facts) => [keyOf(facts), facts]));
  const seen = new Set(components.map(keyOf));
  const known = [...components.map((facts) => withNode(facts, byKey.get(keyOf(facts)))), ...onNodes.filter((facts) => !seen.has(keyOf(facts)))];
  if (flagz.state === 'missing') return known;
  const version = minorOf(cluster.version ?? '');
  const isKnown = known.some((facts) => facts.component === 'kube-apiserver' && facts.unseenFlags === undefined && serverDifferences(facts, flagz.value, version).length === 0);
  return isKnown ? known : [...known, flagz.value];
}

function withNode(ofApi: ComponentFacts, onNode: ComponentFacts | undefined): ComponentFacts {
  if (!onNode) return ofApi;
  // Whoever may write a node may write there what k3s was told; its collector looks.
  if (ofApi.kind === 'Node') return onNode;
  const last = ({ flags }: ComponentFacts, flag: string): string | undefined => flags[flag]?.at(-1);
  const isSame = (flag: string): boolean => last(ofApi, flag) === last(onNode, flag);
  const node = onNode.node === undefined ? {} : { node: onNode.node };
  // Of a file only what its flag still names counts.
  const { settingsFrom, unreadFlags } = onNode;
  const settled = { ...node, ...(settingsFrom !== undefined && { settingsFrom }), ...(unreadFlags && { unreadFlags }) };
  if (ofApi.component === 'kube-scheduler' && last(ofApi, 'config') !== undefined && isSame('config')) {
    const { profiling: _, ...flags } = ofApi.flags;
    const { profiling } = onNode.flags;
    return { ...ofApi, flags: { ...flags, ...(profiling && { profiling }) }, ...settled };
  }
  if (ofApi.component === 'etcd' && isSame('config-file') && (settingsFrom !== undefined || (ofApi.variables ?? []).length > 0)) {
    const { variables: _, ...rest } = ofApi;
    return { ...rest, flags: settingsFrom === undefined ? { ...onNode.flags, ...ofApi.flags } : onNode.flags, ...settled };
  }
  return { ...ofApi, ...node, files: Object.fromEntries(Object.entries(onNode.files ?? {}).filter(([flag]) => isSame(flag))) };
}
