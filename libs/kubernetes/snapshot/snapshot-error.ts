import { CollectionError } from '#application/ports/cluster-collector.js';

const snapshotReasons = [
  'snapshot-truncated',
  'snapshot-not-kubernetes',
  'snapshot-too-large',
  'snapshot-object-too-large',
  'snapshot-too-deep',
  'snapshot-duplicate-object',
  'snapshot-yaml-alias',
  'snapshot-invalid-encoding',
  'snapshot-syntax',
  'snapshot-unsupported-compression',
  'snapshot-empty',
] as const;
export type SnapshotReason = (typeof snapshotReasons)[number];

export const isSnapshotReason = (reason: string): reason is SnapshotReason => (snapshotReasons as readonly string[]).includes(reason);

/** An upload that cannot be read. The message says where, never what stands there. */
export class SnapshotError extends CollectionError {
  constructor(
    override readonly reason: SnapshotReason,
    message: string,
  ) {
    super(reason, message);
    this.name = 'SnapshotError';
  }
}
