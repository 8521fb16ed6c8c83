import { controlPlaneLabels, type NodeView, type Presence } from './node/node-view.js';
import { judgeComponent } from './node/settings.js';
import type { Answer } from './controls/control-results.js';
import { combine, collector, unknownFor, type Finding } from './finding.js';
import type { Concern, ItemPlan } from './item-plan.js';
import { judgeRule, type Ground } from './rule-judge.js';

type NodesPlan = Extract<ItemPlan, { by: 'nodes' }>;

/** A finding, and whether the node's own evidence made it. */
export interface NodeFinding {
  readonly finding: Finding;
  readonly isOwn: boolean;
}

/** What a node's own evidence says of an item, whatever controls will say of the node. Holds on to nothing of that evidence. */
export interface OwnFinding {
  readonly presence: { readonly state: Presence['state']; readonly detail: string };
  /** In the order of the plan's answers; undefined where evidence of a node tells nothing of one. */
  readonly parts: readonly (Finding | undefined)[];
  /** By the item's rule; left out where that cannot count. */
  readonly byRule?: Finding;
}

export function ownFindingOf({ concern, answers, rule }: NodesPlan, { node, ...ground }: Ground & { readonly node: NodeView }): OwnFinding {
  const presence = concerns(concern, node);
  const parts = answers.map(({ onNode }) => onNode && judgeComponent(node, onNode.component, (started, version) => onNode.judge(node, started, version)));
  const isOpen = parts.length === 0 ? presence.state !== 'absent' : parts.some((part) => part === undefined || part.status === 'unknown');
  return {
    presence: { state: presence.state, detail: presence.state === 'runs' ? '' : presence.detail }, parts,
    ...(isOpen && rule && { byRule: judgeRule(rule, { ...ground, node }) }),
  };
}

/** What all evidence says of an item on one node. */
export function findingOn({ answers: planned }: NodesPlan, node: string, own: OwnFinding | undefined, answers: ReadonlyMap<string, Answer>): NodeFinding {
  if (planned.length === 0) return { finding: own?.byRule ?? nothing, isOwn: own !== undefined };
  const all = planned.map(({ key }, at) => merged(answers.get(key)?.byNode.get(node), own?.parts[at]));
  const finding = combine('all', all.map((one) => one.finding));
  const isOwn = all.some((one) => one.isOwn);
  const byRule = finding.status === 'unknown' ? own?.byRule : undefined;
  return byRule === undefined || byRule.status === 'unknown' || byRule.status === 'not-applicable' ? { finding, isOwn } : { finding: byRule, isOwn: true };
}

const nothing = unknownFor('any evidence of the node', collector);

/** What the API and the node say of one setting. What a kubelet says itself is the truth; else of two that differ a failure counts. */
function merged(api: Finding | undefined, own: Finding | undefined): NodeFinding {
  if (!own) return { finding: api ?? nothing, isOwn: false };
  if (!api || api.status === 'unknown') return { finding: own, isOwn: true };
  if (own.status === 'unknown' || own.status === 'not-applicable' || api.source === 'configz') return { finding: api, isOwn: false };
  return api.status === 'fail' && own.status !== 'fail' ? { finding: api, isOwn: false } : { finding: own, isOwn: true };
}

/** Whether an item is about a node, by what is there. */
function concerns(concern: Concern, view: NodeView): Presence {
  if (concern === 'every-node') return { state: 'missing', detail: '' };
  const presence = concern === 'control-plane' ? view.isControlPlane : view.presence(concern);
  // Who says which nodes are of the control plane says of the others that they are not.
  return presence.state === 'unseen' && isOutside(concern, view.context.labels) ? { state: 'absent', detail: 'its labels do not say that it is of the control plane' } : presence;
}

const etcdLabel = 'node-role.kubernetes.io/etcd';

/** By its labels a node is none of those that an item is about; where nobody read them, nobody can say. */
export function isOutside(concern: Concern, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (concern === 'every-node' || labels === undefined) return false;
  const roles = concern === 'etcd' ? [...controlPlaneLabels, etcdLabel] : controlPlaneLabels;
  return !roles.some((label) => labels[label] !== undefined);
}
