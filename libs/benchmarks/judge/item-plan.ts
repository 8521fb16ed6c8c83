import type { BenchmarkPlatform, ControlAnswer, Item } from '../benchmark.js';
import type { Component } from '../component.js';
import type { PathRef } from '../paths/path-ref.js';
import { rulesWithin, type Rule, type RuleOf } from '../rules/rule.js';
import { answerKey } from './controls/answer.js';
import { partRuleOf } from './node/node-parts.js';
import type { PartRule } from './node/part-rule.js';
import { isAboutNodes } from './rule-judge.js';

/** Whose presence on a node makes an item one about it: every node, one component, or any part of the control plane. */
export type Concern = 'every-node' | 'control-plane' | Component;

export interface PlannedAnswer {
  readonly key: string;
  readonly answer: ControlAnswer;
  /** What a node's evidence says of the same. */
  readonly onNode: PartRule | undefined;
}

/** How an item is judged. */
export type ItemPlan =
  /** Nothing is to be looked at. */
  | { readonly by: 'nothing'; readonly item: Item }
  /** Once for the cluster. */
  | { readonly by: 'cluster'; readonly item: Item; readonly answers: readonly PlannedAnswer[]; readonly rule?: Rule }
  /** By what the cluster says of each node. */
  | { readonly by: 'node-objects'; readonly item: Item; readonly rules: readonly RuleOf<'object'>[] }
  /** Node by node. `names`: how a subject is called. */
  | { readonly by: 'nodes'; readonly item: Item; readonly concern: Concern; readonly answers: readonly PlannedAnswer[]; readonly rule?: Rule };

export function planOf(item: Item, platform: BenchmarkPlatform): ItemPlan {
  const { rule, otherwise } = item;
  if (rule?.kind === 'not-applicable' || rule?.kind === 'undecidable') return { by: 'nothing', item };
  const answers = (item.answeredBy ?? []).map((answer): PlannedAnswer => ({ key: answerKey(answer), answer, onNode: partRuleOf(answer) }));
  const decided = rule ?? otherwise;
  const common = { item, answers, ...(decided && { rule: decided }) };
  if (rule && item.target === 'node' && rulesWithin(rule).every(isOfNodeObjects)) return { by: 'node-objects', item, rules: rulesWithin(rule).filter((one) => one.kind === 'object') };
  const isOfNodes = rule ? isAboutNodes(rule) : item.target !== 'cluster' && item.target !== 'cloud';
  if (!isOfNodes) return { by: 'cluster', ...common };
  return { by: 'nodes', concern: item.target === 'node' ? 'every-node' : concernOf(answers, decided, platform), ...common };
}

const isOfNodeObjects = (rule: Rule): boolean => rule.kind === 'all' || (rule.kind === 'object' && rule.object.resource === 'nodes');

/** Who has, or makes, each file of the control plane. */
const filesOf: Readonly<Partial<Record<PathRef, Component>>> = {
  'api-server-manifest': 'kube-apiserver', 'controller-manager-manifest': 'kube-controller-manager', 'scheduler-manifest': 'kube-scheduler', 'etcd-manifest': 'etcd',
  'scheduler-kubeconfig': 'kube-scheduler', 'controller-manager-kubeconfig': 'kube-controller-manager', 'etcd-data': 'etcd', 'etcd-config': 'etcd', 'etcd-client-ca': 'etcd', 'scheduler-config': 'kube-scheduler',
  'authentication-config': 'kube-apiserver', 'authorization-config': 'kube-apiserver', 'encryption-config': 'kube-apiserver', 'audit-policy': 'kube-apiserver',
};

function concernOf(answers: readonly PlannedAnswer[], rule: Rule | undefined, platform: BenchmarkPlatform): Concern {
  const [component] = answers.flatMap(({ answer, onNode }) => answer.component ?? onNode?.component ?? []);
  if (component) return component;
  for (const one of rule ? rulesWithin(rule) : []) {
    const found = componentOf(one);
    // k3s runs it only where its store is etcd: a server without says so itself.
    if (found) return found === 'etcd' && platform === 'k3s' ? 'kube-apiserver' : found;
  }
  return 'control-plane';
}

function componentOf(rule: Rule): Component | undefined {
  switch (rule.kind) {
    case 'flag': return rule.component;
    case 'kubelet': return 'kubelet';
    case 'kube-proxy': return 'kube-proxy';
    case 'file-mode':
    case 'file-owner': return filesOf[rule.paths[0]!];
    case 'config-file':
    case 'authorizers':
    case 'encryption-provider':
    case 'audit-policy': return filesOf[rule.file];
    case 'authorities-differ': return filesOf[rule.one];
    default: return undefined;
  }
}

/** How a node is called as the subject of an item: files are the node's, settings those of a process on it. */
export function subjectOf(plan: Extract<ItemPlan, { by: 'nodes' }>, node: string): string {
  const { concern } = plan;
  return concern === 'every-node' || concern === 'control-plane' || isOfFiles(plan) ? node : `${concern} on ${node}`;
}

/** Whether an item asks who may read or write files, which says nothing where there are none. */
export const isOfFiles = ({ item: { rule } }: Extract<ItemPlan, { by: 'nodes' }>): boolean =>
  rule !== undefined && rulesWithin(rule).some(({ kind }) => kind === 'file-mode' || kind === 'file-owner');
