import type { CloudProvider } from '#benchmarks/rules/rule.js';

/** What is kept of a provider's own description of a cluster, without its fields. One a cluster. */
export interface StoredCloudDescription {
  readonly id: string;
  readonly clusterId: string;
  readonly provider: CloudProvider;
  /** A description does not tell when it was made: no later than this. */
  readonly receivedAt: Date;
  /** Id of the API key. */
  readonly uploadedBy: string;
}

export interface SealedCloudDescription {
  readonly description: StoredCloudDescription;
  /** The gzipped JSON of the fields that the reader allows, sealed for `description.id`. */
  readonly sealed: Uint8Array;
}

export const cloudDescriptionField = 'cloud_descriptions.sealed';
