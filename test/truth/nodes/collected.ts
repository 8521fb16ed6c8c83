import type { NodeEvidence } from '#nodes/node-evidence.js';
import type { NodeRoot } from '../../../apps/agent/testing/node-root.js';
import { collectNode } from '../../../apps/agent/node/collect-node.js';
import { readBundle } from '#nodes/wire/read-bundle.js';
import { writeBundle } from '#nodes/wire/write-bundle.js';

export const clusterId = '0a1b2c3d-0000-4000-8000-0000000000c1';
export const nodeName = 'node-1';

/** What the collector sees of a root, on the way that it takes to a server: written as a bundle and read by whom it is sent to. */
export async function collected(root: NodeRoot): Promise<NodeEvidence> {
  const now = new Date();
  const { bytes } = writeBundle(collectNode(root.path, clusterId), { node: nodeName, cluster: clusterId, collector: 'test', collectedAt: now });
  const { evidence } = await readBundle(bytes, { clusterId, keys: [], now, lastSeen: () => undefined, unsigned: 'accepted' });
  return evidence;
}
