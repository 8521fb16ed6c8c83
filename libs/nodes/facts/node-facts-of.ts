import type { NodeEvidenceFacts } from '#inventory/node-facts.js';
import { minorOf } from '#inventory/readers/minor-version.js';
import type { NodeEvidence } from '../node-evidence.js';
import { certificateFactsOf } from './certificate-facts-of.js';
import { componentFactsOf } from './component-facts.js';
import { fileFactsOf } from './file-facts.js';
import { kubeletFactsOf } from './kubelet-facts.js';
import { ownProcesses, unseenProcesses } from './own-processes.js';
import { rancherComponents } from './rancher-facts.js';

/**
 * What controls judge of a node's evidence; pure. `kubeletVersion` is what the API says of the node (`v1.33.4`): undefined
 * where it says nothing, so that settings which depend on it stay unknown.
 */
export function nodeFactsOf(node: string, evidence: NodeEvidence, kubeletVersion: string | undefined): NodeEvidenceFacts {
  const version = minorOf(kubeletVersion ?? '');
  const kubelet = kubeletFactsOf(node, evidence, version);
  const [etcd] = ownProcesses(evidence, node, 'etcd');
  const uid = etcd?.process.uid;
  const unseen = unseenProcesses(evidence);
  return {
    node,
    collectedAt: evidence.collection.finishedAt,
    kubelet,
    components: [...componentFactsOf(node, evidence), ...rancherComponents(node, evidence, version)],
    ...(unseen !== undefined && { unseenProcesses: unseen }),
    ...fileFactsOf(node, evidence, kubelet.state === 'observed' ? kubelet.value.clientCAFile : undefined),
    ...certificateFactsOf(node, evidence),
    ...(uid !== undefined && { etcdUser: { uid } }),
  };
}
