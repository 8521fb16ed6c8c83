import { hasBit } from '#inventory/reachability/bits.js';
import type { Endpoint } from '#inventory/reachability/input.js';
import type { Reachability } from '#inventory/reachability/reachability.js';
import type { ResourceRef } from '#inventory/resource-ref.js';

export const onTheNodesNetwork = 'its pods use their nodes\' network, where policies do not reach them';

/** Pods of one template of a workload, on the pod network. */
export interface PolicedPods {
  readonly classId: number;
  readonly endpoint: Endpoint;
}

/** A workload's pods that policies can be about, by template; none where all use their nodes' network. */
export function policedPods(reachability: Reachability, workload: Pick<ResourceRef, 'namespace' | 'kind' | 'name'>): readonly PolicedPods[] {
  const { compiled, input } = reachability;
  return (reachability.workload(workload)?.endpoints ?? [])
    .map((id) => ({ classId: compiled.classOf[id]!, endpoint: input.endpoints[id]! }))
    .filter(({ classId }) => !hasBit(compiled.hostNetwork, classId));
}
