import type { KubeletFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { World } from '../engine/world.js';

/** A setting that every kubelet's answer has, and this one has not. */
export const leftOut: MissingEvidence = { fact: 'kubelet-config', reason: 'invalid', detail: 'the kubelet\'s answer to configz leaves the setting out' };

/** What the kubelet of a node says of itself, or why nobody knows. */
export function kubeletConfig(node: string, world: World): { readonly state: 'observed'; readonly value: KubeletFacts } | { readonly state: 'missing'; readonly missing: MissingEvidence } {
  const config = world.kubelet(node);
  if (config.state === 'observed') return config;
  // One sentence for all nodes that nobody asked, so that they are one group.
  const detail = config.reason === 'not-requested' ? 'kubelets were not asked for their configuration; the manifest "node-config" grants that' : config.detail;
  return { state: 'missing', missing: { fact: 'kubelet-config', reason: config.reason, detail } };
}
