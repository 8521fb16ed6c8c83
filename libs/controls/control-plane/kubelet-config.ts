import type { KubeletFacts, KubeletField } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';

/** A setting that every kubelet's answer has, and this one has not. */
export const leftOut: MissingEvidence = { fact: 'kubelet-config', reason: 'invalid', detail: 'the kubelet\'s answer to configz leaves the setting out' };

/** What a node's kubelet goes by, or why nobody knows: as `World.kubelet` has it. */
export function kubeletConfig(node: string, world: World): { readonly state: 'observed'; readonly value: KubeletFacts } | { readonly state: 'missing'; readonly missing: MissingEvidence } {
  const config = world.kubelet(node);
  if (config.state === 'observed') return config;
  const isAsked = config.reason !== 'not-requested' || world.nodes.has(node);
  // One sentence for all nodes that nobody asked, so that they are one group.
  const detail = isAsked ? config.detail : 'kubelets were not asked for their configuration; the manifest "node-config" grants that, and the node collector reads it without';
  return { state: 'missing', missing: { fact: 'kubelet-config', reason: config.reason, detail } };
}

/** Whether an answer is not whole, so that nothing that it leaves out means anything. Evidence of the node says itself what it leaves open. */
export const isPartial = (config: KubeletFacts): boolean => config.origins === undefined && config.eventRecordQPS === undefined;

/** A verdict that rests on these settings: unknown where the node's evidence, or flags alone, leave one open, and a failure says where it was found. */
export function resting({ origins, unread, shownBy }: KubeletFacts, fields: readonly KubeletField[], verdict: Verdict): Verdict {
  if (verdict.status === 'not-applicable') return verdict;
  for (const field of fields) {
    const why = unread?.[field];
    if (why !== undefined) return unknown({ fact: shownBy === 'flagz' ? 'kubelet-config' : 'node-evidence', reason: 'not-requested', detail: why }, verdict.part);
  }
  if (verdict.status !== 'fail' || !origins) return verdict;
  const found = fields.map((field) => origins[field]).find((origin) => origin !== undefined);
  return found === undefined ? verdict : { ...verdict, message: `${verdict.message} (by ${shownBy === 'flagz' ? 'its flagz' : 'its node\'s evidence'}: ${found === 'default' ? 'the default holds' : found.slice(0, 200)})`, detail: { ...verdict.detail, source: shownBy ?? 'node', foundAt: found } };
}
