import type { Workload } from '#inventory/facts.js';
import { hasBit } from '#inventory/reachability/bits.js';
import type { Endpoint } from '#inventory/reachability/input.js';
import type { Reachability } from '#inventory/reachability/reachability.js';
import { defineIndex, type World } from '../engine/world.js';

export const onTheNodesNetwork = 'its pods use their nodes\' network, where policies do not reach them';

/** Pods of one template of a workload, on the pod network. */
export interface PolicedPods {
  readonly classId: number;
  readonly endpoint: Endpoint;
}

/** Pods that policies can be about, workload by workload: several controls ask about one before the next comes. */
class PodNetwork {
  private last: Workload | undefined;
  private pods: readonly PolicedPods[] = [];

  constructor(private readonly reachability: Reachability) {}

  of(workload: Workload): readonly PolicedPods[] {
    if (this.last !== workload) {
      const { compiled, input } = this.reachability;
      this.pods = (this.reachability.workload(workload)?.endpoints ?? [])
        .map((id) => ({ classId: compiled.classOf[id]!, endpoint: input.endpoints[id]! }))
        .filter(({ classId }) => !hasBit(compiled.hostNetwork, classId));
      this.last = workload;
    }
    return this.pods;
  }
}

const podNetwork = defineIndex([], (world) => new PodNetwork(world.seenReachability));

/** A workload's pods that policies can be about, by template; none where all use their nodes' network. */
export const policedPods = (world: World, workload: Workload): readonly PolicedPods[] => world.use(podNetwork).of(workload);
