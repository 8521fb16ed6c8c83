import type { Completeness } from '../ports/cluster-collector.js';

export const contentEncodings = ['identity', 'gzip', 'zstd'] as const;
export type ContentEncoding = (typeof contentEncodings)[number];

/** `auto`: told from the first bytes. */
export const snapshotFormats = ['auto', 'json', 'yaml', 'ndjson'] as const;
export type SnapshotFormat = (typeof snapshotFormats)[number];

/** Uploaded evidence; its bytes are kept until its scan has ended. */
export interface Snapshot {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly complete: Completeness;
  readonly contentEncoding: ContentEncoding;
  readonly format: SnapshotFormat;
  /** As received. */
  readonly bytes: number;
  readonly createdAt: Date;
  /** null while the upload runs. */
  readonly uploadedAt: Date | null;
}
