import { controlPlaneLabels, type NodeView, type Presence } from './node/node-view.js';
import { judgeComponent } from './node/settings.js';
import type { Answer } from './controls/control-results.js';
import { combine, collector, unknownFor, type Finding } from './finding.js';
import type { Concern, ItemPlan, PlannedAnswer } from './item-plan.js';
import { judgeRule, type Ground } from './rule-judge.js';

type NodesPlan = Extract<ItemPlan, { by: 'nodes' }>;

/** A finding, and whether the node's own evidence made it. */
export interface NodeFinding {
  readonly finding: Finding;
  readonly isOwn: boolean;
}

/** What all evidence says of an item on one node. */
export function findingOn(plan: NodesPlan, node: string, ground: Ground, answers: ReadonlyMap<string, Answer>): NodeFinding {
  if (plan.answers.length === 0) return { finding: judgeRule(plan.rule!, ground), isOwn: ground.node !== undefined };
  const all = plan.answers.map((answer) => merged(answers.get(answer.key)?.byNode.get(node), ground.node && onNode(answer, ground.node)));
  const finding = combine('all', all.map((one) => one.finding));
  const isOwn = all.some((one) => one.isOwn);
  if (finding.status !== 'unknown' || !plan.rule || !ground.node) return { finding, isOwn };
  const otherwise = judgeRule(plan.rule, ground);
  return otherwise.status === 'unknown' || otherwise.status === 'not-applicable' ? { finding, isOwn } : { finding: otherwise, isOwn: true };
}

const onNode = ({ onNode: part }: PlannedAnswer, view: NodeView): Finding | undefined => part && judgeComponent(view, part.component, (started, version) => part.judge(view, started, version));

const nothing = unknownFor('any evidence of the node', collector);

/** What the API and the node say of one setting. What a kubelet says itself is the truth; else of two that differ a failure counts. */
function merged(api: Finding | undefined, own: Finding | undefined): NodeFinding {
  if (!own) return { finding: api ?? nothing, isOwn: false };
  if (!api || api.status === 'unknown') return { finding: own, isOwn: true };
  if (own.status === 'unknown' || own.status === 'not-applicable' || api.source === 'configz') return { finding: api, isOwn: false };
  return api.status === 'fail' && own.status !== 'fail' ? { finding: api, isOwn: false } : { finding: own, isOwn: true };
}

/** Whether an item is about a node, by what is there. */
export function concerns(concern: Concern, view: NodeView): Presence {
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
