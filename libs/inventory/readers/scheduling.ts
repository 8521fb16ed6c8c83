import type { NodeFacts, PodTemplate, Taint, Toleration } from '../facts.js';
import { matches } from './label-selector.js';

/** Why a template's pods cannot run on a node, by selector, affinity and taints; undefined where they can. */
export function schedulesOn(template: PodTemplate, node: NodeFacts): string | undefined {
  for (const [key, value] of Object.entries(template.nodeSelector)) if (node.labels[key] !== value) return `its nodeSelector asks for ${key}=${value}`;
  if (template.nodeAffinity && !template.nodeAffinity.some((term) => term.every((expression) => matches(expression, node.labels)))) return 'its node affinity leaves the node out';
  // Conditions such as not-ready are tolerated by what the DaemonSet controller adds.
  const taint = node.taints.find((candidate) => candidate.effect !== 'PreferNoSchedule' && !candidate.key.startsWith('node.kubernetes.io/') && !template.tolerations.some((toleration) => tolerates(toleration, candidate)));
  return taint && `it does not tolerate the taint ${taint.key}:${taint.effect}`;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key === undefined) return toleration.operator === 'Exists';
  if (toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case 'Exists': return true;
    case 'Equal': return (toleration.value ?? '') === (taint.value ?? '');
    case 'Gt': return Number(taint.value) > Number(toleration.value);
    case 'Lt': return Number(taint.value) < Number(toleration.value);
  }
}
