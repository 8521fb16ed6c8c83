import type { NodeEvidence } from '#nodes/node-evidence.js';

/** What the collector saw on one node, as it is kept. */
export interface CollectedNodeEvidence {
  /** Name of its Node object, or of the machine where it is none. */
  readonly node: string;
  readonly collectedAt: Date;
  readonly evidence: NodeEvidence;
}

/** Gives the latest evidence of each node of a cluster, one after the other. */
export interface NodeEvidenceSource {
  evidence(tenantId: string, clusterId: string): AsyncIterable<CollectedNodeEvidence>;
  /** Machines outside of the cluster of which there is no evidence any more, and which nobody has retired. */
  lostMachines(tenantId: string, clusterId: string): Promise<readonly string[]>;
}
