import type { ControlStateRepository } from '#application/ports/store.js';
import type { ControlState } from '#application/scans/scan.js';
import { isUuid } from '#application/uuid-from.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import type { KeySet } from '#controls/engine/key-set.js';
import type { ControlMemory } from '#findings/reconcile.js';
import { ControlStateEntity } from '../entities/control-state.entity.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

export class ControlStateRows implements ControlStateRepository {
  constructor(private readonly scope: TenantScope) {}

  async list(clusterId: string): Promise<readonly ControlState[]> {
    if (!isUuid(clusterId)) return [];
    return this.scope.manager.find(ControlStateEntity, { where: { clusterId }, order: { controlId: 'ASC' } });
  }

  async memories(clusterId: string): Promise<ReadonlyMap<string, KeySet>> {
    const { rows } = await sql<{ control_id: string; passed: Buffer }>(
      this.scope.runner,
      'select control_id, passed from bulwark.control_states where cluster_id = $1',
      [clusterId],
    );
    return new Map(rows.map(({ control_id, passed }) => [control_id, keySetOf(passed)]));
  }

  async record(clusterId: string, at: Date, evaluations: readonly FoundEvaluation[], memories: readonly ControlMemory[]): Promise<void> {
    const { tenantId, runner } = this.scope;
    await sql(
      runner,
      `insert into bulwark.control_states as s (tenant_id, cluster_id, control_id, last_outcome, last_evaluated_at, last_complete_at)
       select $1, $2, control_id, outcome, $3::timestamptz, case when complete then $3::timestamptz end
       from unnest($4::text[], $5::text[], $6::bool[]) as e (control_id, outcome, complete)
       on conflict (tenant_id, cluster_id, control_id) do update set
         last_outcome = excluded.last_outcome, last_evaluated_at = excluded.last_evaluated_at,
         last_complete_at = coalesce(excluded.last_complete_at, s.last_complete_at)`,
      [
        tenantId, clusterId, at, evaluations.map(({ controlId }) => controlId), evaluations.map(({ outcome }) => outcome),
        // Lists that were read to their end are not all: a kubelet that nobody may ask is in none.
        evaluations.map(({ complete, outcome, unknowns }) => complete && outcome !== 'error' && unknowns.length === 0),
      ],
    );
    // Some megabytes at a time: each may be one, and few change.
    for (const batch of batchesOf(memories)) {
      await sql(
        runner,
        `update bulwark.control_states s set passed = m.passed from unnest($2::text[], $3::bytea[]) as m (control_id, passed)
         where s.cluster_id = $1 and s.control_id = m.control_id`,
        [clusterId, batch.map(({ controlId }) => controlId), batch.map(({ passed }) => bytesOf(passed))],
      );
    }
  }
}

const BATCH_BYTES = 4 * 1024 * 1024;

function* batchesOf(memories: readonly ControlMemory[]): Generator<readonly ControlMemory[]> {
  let batch: ControlMemory[] = [];
  let bytes = 0;
  for (const memory of memories) {
    batch.push(memory);
    bytes += memory.passed.byteLength;
    if (bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

// Stored as the machine has it: every platform that Node runs on is little-endian but for s390x, which we do not serve.
const bytesOf = (set: KeySet): Buffer => Buffer.from(set.buffer, set.byteOffset, set.byteLength);

/** A copy, because a Uint32Array must start at a multiple of four, which the driver's buffers need not. */
const keySetOf = (bytes: Buffer): KeySet => new Uint32Array(Uint8Array.from(bytes).buffer);
