import { manifests, type Example } from '../engine/example.js';

const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: a}';

/** A node whose kubelet answers configz with these settings. */
export const kubeletWith = (settings: Readonly<Record<string, unknown>>, options: Omit<Example, 'manifests' | 'kubelets'> = {}): Example =>
  manifests(node, { ...options, kubelets: { a: { kubeletconfig: { authentication: {}, ...settings } } } });

/** A node whose kubelet nobody asked. */
export const unaskedKubelet = manifests(node);
