import type { ControlPolicy } from '#controls/engine/world.js';
import type { Inventory } from '#inventory/inventory.js';
import type { KubeBenchEvidence } from '#kube-bench/evidence.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import type { Choice } from '../choice/choose-benchmark.js';
import type { CloudDescription } from '../cloud/cloud-description.js';

/** What is known of a cluster beside the evidence of its nodes. Everything but the choice may be absent: less is decided then. */
export interface JudgeInput {
  readonly choice: Extract<Choice, { state: 'chosen' }>;
  /** Nodes that the cluster lists; undefined where nobody could list them. Evidence of others counts for nothing. */
  readonly nodes?: readonly string[];
  /** Machines outside of the cluster that are remembered: that nobody lists them does not say that they are gone. */
  readonly machines?: readonly string[];
  readonly inventory?: Inventory;
  /** When that was read, ISO 8601. */
  readonly inventoryAt?: string;
  /** How old evidence of nodes may be, in days, and now, in milliseconds since the epoch; any counts where this is left out. */
  readonly nodeAge?: { readonly maxDays: number; readonly now: number };
  readonly clouds?: readonly CloudDescription[];
  readonly kubeBench?: readonly KubeBenchEvidence[];
  /** How the organisation wants findings of items, by their id in the catalogue. */
  readonly settings?: ControlPolicy['controls'];
  /** Of the API server, where there is no inventory that tells. */
  readonly serverVersion?: string;
}

/** What the collector saw on one node; of a node that is given twice the first counts. */
export interface CollectedNode {
  readonly name: string;
  readonly evidence: NodeEvidence;
  /** ISO 8601. */
  readonly collectedAt: string;
  /** `v1.33.4`, where there is no inventory that tells. */
  readonly kubeletVersion?: string;
}
