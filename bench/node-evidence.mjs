// What the collector sees on nodes of a kubeadm cluster, each after the roots of some: one in a hundred is of the control plane.
import { rmSync } from 'node:fs';
import { collectNode } from '../dist/apps/agent/node/collect-node.js';
import { loopbackCertificate } from './certificate.mjs';
import { nodeRoot } from './node-root.mjs';
import { mix } from './random.mjs';

/** On nodes in order, on careless ones, and on those of the control plane. */
const PROCESSES = [[1_000, 100], [500, 250]];
const CARELESS = 0.1;
/** Addresses of the pods on a root; each node has its own. */
const podNetwork = '/10.244.0.';

/** `evidenceOf(index, isCareless?)`: one node's, the same for the same index and seed. */
export async function nodeEvidence(seed) {
  const { ca } = await loopbackCertificate();
  const collected = (processes, isServer, isCareless) => {
    const root = nodeRoot({ processes, connections: 5 * processes, seed, certificate: ca, isServer, isCareless });
    try {
      return JSON.stringify(collectNode(root, 'bench'));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
  const texts = [false, true].map((isServer) => [false, true].map((isCareless) => collected(PROCESSES[Number(isServer)][Number(isCareless)], isServer, isCareless)));
  return {
    evidenceOf(index, isCareless = mix(index, seed) / 2 ** 32 < CARELESS) {
      const text = texts[Number(index % 100 === 0)][Number(isCareless)];
      return JSON.parse(text.replaceAll(podNetwork, `/10.${244 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}-`));
    },
  };
}
