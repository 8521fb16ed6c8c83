import type { NodeEvidenceFacts } from '#inventory/node-facts.js';
import type { MissingEvidence, Observed } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { ListScope, ScopedSubject } from '../engine/scope.js';
import type { World } from '../engine/world.js';

/** A node by what its collector saw, or by what would tell. */
export interface CollectedNode {
  readonly kind: 'node';
  readonly name: string;
  readonly evidence: Observed<NodeEvidenceFacts>;
}

/**
 * Every node of the cluster, looked at or not, and machines outside that run a part of its control plane, such as etcd, or
 * may run one unseen. Of other machines that are no node any more nothing is judged.
 */
export function* collectedNodes(world: World): Generator<ScopedSubject<CollectedNode>> {
  const listed = world.seen('nodes').filter(({ operatingSystem }) => operatingSystem !== 'windows').map(({ name }) => name);
  for (const name of [...listed, ...world.machinesOutside]) {
    yield { subject: { kind: 'node', name, evidence: world.nodeEvidence(name) }, resource: { group: '', kind: 'Node', namespace: '', name }, part: '' };
  }
}

export const nodeNeeds: readonly ResourceKey[] = ['nodes'];

export const eachCollectedNode: ListScope<CollectedNode> = { name: 'node', family: 'list', needs: nodeNeeds, subjects: collectedNodes };

/** Of a node's evidence: why there is none, or why a part of it is not there. */
export const notCollected = ({ reason, detail }: { readonly reason: MissingEvidence['reason']; readonly detail: string }): MissingEvidence => ({ fact: 'node-evidence', reason, detail });
export const notSeen = (detail: string): MissingEvidence => ({ fact: 'node-evidence', reason: 'not-requested', detail });
