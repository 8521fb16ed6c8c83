import { manifests, type Example } from '../engine/example.js';

const node = 'apiVersion: v1\nkind: Node\nmetadata: {name: a}';

/** A node whose kubelet answers configz with these settings. */
export const kubeletWith = (settings: Readonly<Record<string, unknown>>, options: Omit<Example, 'manifests' | 'kubelets'> = {}): Example =>
  manifests(node, { ...options, kubelets: { a: { kubeletconfig: { authentication: {}, ...settings } } } });

/** A node whose kubelet nobody asked. */
export const unaskedKubelet = manifests(node);

const configFile = '/var/lib/kubelet/config.yaml';

interface OnNode extends Omit<Example, 'manifests' | 'nodes'> {
  readonly flags?: readonly string[];
  readonly collectedAt?: string;
}

/** A node whose kubelet nobody asked, and whose collector read this file of its configuration: `undefined` where it has none, `unread` where it could not be read. */
export function kubeletOnNode(config: string | undefined, { flags = [], collectedAt, ...options }: OnNode = {}): Example {
  const argv = ['/usr/bin/kubelet', ...(config === undefined ? [] : [`--config=${configFile}`]), ...flags];
  const text = config === undefined || config === 'unread' ? undefined : `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${config === '{}' ? '' : `${config}\n`}`;
  return manifests(`${node}\nstatus: {nodeInfo: {kubeletVersion: v1.33.4, operatingSystem: linux}}`, {
    ...options,
    nodes: { a: { processes: [argv], ...(config !== undefined && { configs: { [configFile]: { kind: 'kubelet', ...(text !== undefined && { text }) } } }), ...(collectedAt !== undefined && { collectedAt }) } },
  });
}

/** A node that a collector looked at too long ago. */
export const staleKubelet = kubeletOnNode('{}', { collectedAt: '2026-11-10T06:00:00.000Z', title: 'Evidence of two weeks ago' });
