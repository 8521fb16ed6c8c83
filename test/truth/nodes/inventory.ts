import type { Inventory } from '#inventory/inventory.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { nodeFactsOf } from '#nodes/facts/node-facts-of.js';
import { resourceKeys } from '#inventory/resources.js';
import { nodeName } from './collected.js';
import type { NodePlan } from './node-plan.js';

const codec = { digest: (text: string) => text, compress: (text: string) => Buffer.from(text), expand: (bytes: Uint8Array) => bytes };

const labels: Readonly<Record<NodePlan['platform'], Readonly<Record<string, string>>>> = {
  kubeadm: {}, k3s: {}, rke2: {}, eks: { 'eks.amazonaws.com/nodegroup': 'one' }, aks: { 'kubernetes.azure.com/cluster': 'one' }, gke: { 'cloud.google.com/gke-nodepool': 'one', 'iam.gke.io/gke-metadata-server-enabled': 'true' }, openshift: { 'node.openshift.io/os_id': 'rhel' },
};

/** A cluster of that one node, of which nothing else could be read: what a node shows is all that can decide. `evidence`: what its collector saw, for controls. */
export function inventoryOf({ platform, version, role }: NodePlan, evidence?: NodeEvidence): Inventory {
  const builder = new InventoryBuilder(codec);
  builder.setServer(version, platform === 'openshift');
  builder.add('nodes', {
    apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, labels: { ...labels[platform], ...(role === 'control-plane' && { 'node-role.kubernetes.io/control-plane': '' }) } },
    status: { nodeInfo: { kubeletVersion: version, osImage: platform === 'gke' ? 'Container-Optimized OS from Google' : 'Linux', containerRuntimeVersion: 'containerd://2.0.5', operatingSystem: 'linux', architecture: 'amd64' }, addresses: [{ type: 'InternalIP', address: '10.0.0.10' }], conditions: [{ type: 'Ready', status: 'True' }] },
  });
  for (const key of resourceKeys) {
    if (key === 'nodes') builder.end(key, { state: 'observed', count: 1 });
    else builder.endMissing(key, 'forbidden', 'may not list');
  }
  if (evidence) builder.addNodeEvidence(nodeFactsOf(nodeName, evidence, version));
  return builder.finish();
}
