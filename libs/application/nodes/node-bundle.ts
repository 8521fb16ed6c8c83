/** What is kept of a bundle that was taken, without its evidence. */
export interface NodeBundle {
  /** Of this bundle; the next one of the node has another. */
  readonly id: string;
  readonly clusterId: string;
  /** Name of the Node object. */
  readonly node: string;
  /** 1, 2, 3 …: which of the node's bundles it is. */
  readonly sequence: number;
  /** By the node's clock, which may be five minutes ahead; of one node always later than the bundle before. */
  readonly collectedAt: Date;
  /** By ours. */
  readonly receivedAt: Date;
  /** Version of the collector. */
  readonly collector: string;
  /** Signed by an enrolment key of the cluster. Where not, a person answers for it. */
  readonly isSigned: boolean;
  /** Id of the enrolment key that signed it; null where it is not signed. */
  readonly enrolmentKeyId: string | null;
  /** Id of the API key that uploaded it; null where it came by its signature alone. */
  readonly uploadedBy: string | null;
  /** `sha-256=` and the SHA-256 of the evidence, in base64url: the same evidence has the same. */
  readonly digest: string;
  /** Bytes of the evidence. */
  readonly size: number;
  /** Pseudonym of the machine within the cluster, in hexadecimals; null where it has no machine id. */
  readonly machine: string | null;
  /** The bundle before it came from another machine of that name: reinstalled, or two nodes under one name. */
  readonly isOtherMachine: boolean;
}

export interface SealedNodeBundle {
  readonly bundle: NodeBundle;
  /** The gzipped JSON of its evidence, sealed for `bundle.id`. */
  readonly sealed: Uint8Array;
}

/** What binds sealed evidence to its place. */
export const nodeEvidenceField = 'node_evidence.sealed';

/** Collectors send twice a day: who was not heard of for so long was missed three times. */
export const STALE_AFTER_MS = 36 * 3_600_000;

export const isStale = ({ collectedAt }: Pick<NodeBundle, 'collectedAt'>, now: Date): boolean => now.getTime() - collectedAt.getTime() > STALE_AFTER_MS;
