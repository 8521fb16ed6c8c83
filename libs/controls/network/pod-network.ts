import type { Workload } from '#inventory/facts.js';
import { hasBit } from '#inventory/reachability/bits.js';
import type { Endpoint } from '#inventory/reachability/input.js';
import type { Reachability } from '#inventory/reachability/reachability.js';
import { Recent } from '#inventory/recent.js';
import { JUDGED_AT_ONCE } from '../engine/scope.js';
import { defineIndex, type World } from '../engine/world.js';

export const onTheNodesNetwork = 'its pods use their nodes\' network, where policies do not reach them';

/** Pods of one template of a workload, on the pod network. */
export interface PolicedPods {
  readonly classId: number;
  readonly endpoint: Endpoint;
}

/** Pods that policies can be about, of the last workloads: several controls ask about the same ones. */
class PodNetwork {
  private readonly recent = new Recent<Workload, readonly PolicedPods[]>(JUDGED_AT_ONCE);

  constructor(private readonly reachability: Reachability) {}

  of(workload: Workload): readonly PolicedPods[] {
    return this.recent.get(workload, () => {
      const { compiled, input } = this.reachability;
      return (this.reachability.workload(workload)?.endpoints ?? [])
        .map((id) => ({ classId: compiled.classOf[id]!, endpoint: input.endpoints[id]! }))
        .filter(({ classId }) => !hasBit(compiled.hostNetwork, classId));
    });
  }
}

const podNetwork = defineIndex([], (world) => new PodNetwork(world.seenReachability));

/** A workload's pods that policies can be about, by template; none where all use their nodes' network. */
export const policedPods = (world: World, workload: Workload): readonly PolicedPods[] => world.use(podNetwork).of(workload);
