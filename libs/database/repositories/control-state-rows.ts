import type { ControlStateRepository, JudgedAt } from '#application/ports/store.js';
import type { ControlState } from '#application/scans/scan.js';
import { isUuid } from '#application/uuid-from.js';
import type { FoundEvaluation } from '#findings/found-failure.js';
import type { KeySet } from '#controls/engine/key-set.js';
import { valuesText, type SeenValues } from '#controls/engine/values.js';
import { doPassesCount, type LapsedPasses, type PassMemory } from '#findings/pass-memory.js';
import type { ControlMemory } from '#findings/reconcile.js';
import { ControlStateEntity } from '../entities/control-state.entity.js';
import { byteaArray } from '../binary-arrays.js';
import { sql } from '../sql.js';
import type { TenantScope } from './tenant-rows.js';

export class ControlStateRows implements ControlStateRepository {
  constructor(private readonly scope: TenantScope) {}

  async list(clusterId: string): Promise<readonly ControlState[]> {
    if (!isUuid(clusterId)) return [];
    return this.scope.manager.find(ControlStateEntity, { where: { clusterId }, order: { controlId: 'ASC' } });
  }

  async memories(clusterId: string, controlIds: readonly string[]): Promise<ReadonlyMap<string, PassMemory>> {
    const { rows } = await sql<{ control_id: string; passed: Buffer; passed_scan_id: string | null; lapsed: readonly StoredLapse[]; seen: readonly StoredValues[] }>(
      this.scope.runner,
      'select control_id, passed, passed_scan_id, lapsed, seen from bulwark.control_states where cluster_id = $1 and control_id = any($2)',
      [clusterId, controlIds],
    );
    return new Map(rows.map(({ control_id, passed, passed_scan_id: scanId, lapsed, seen }) => [control_id, { passed: keySetOf(passed), scanId, lapsed: withKeySets(lapsed), seen: withKeySets(seen) }]));
  }

  async record({ clusterId, scanId, at }: JudgedAt, evaluations: readonly FoundEvaluation[], memories: readonly ControlMemory[]): Promise<void> {
    const { tenantId, runner } = this.scope;
    await sql(
      runner,
      `insert into bulwark.control_states as s (tenant_id, cluster_id, control_id, last_outcome, last_evaluated_at, last_complete_at, passed_scan_id)
       select $1, $2, control_id, outcome, $3::timestamptz, case when complete then $3::timestamptz end, case when passes_count then $8::uuid end
       from unnest($4::text[], $5::text[], $6::bool[], $7::bool[]) as e (control_id, outcome, complete, passes_count)
       on conflict (tenant_id, cluster_id, control_id) do update set
         last_outcome = excluded.last_outcome, last_evaluated_at = excluded.last_evaluated_at,
         last_complete_at = coalesce(excluded.last_complete_at, s.last_complete_at), passed_scan_id = coalesce(excluded.passed_scan_id, s.passed_scan_id)`,
      [
        tenantId, clusterId, at, evaluations.map(({ controlId }) => controlId), evaluations.map(({ outcome }) => outcome),
        // Lists that were read to their end are not all: a kubelet that nobody may ask is in none.
        evaluations.map(({ complete, outcome, unknowns }) => complete && outcome !== 'error' && unknowns.length === 0),
        evaluations.map(doPassesCount), scanId,
      ],
    );
    // Some megabytes at a time: each may be one, and few change.
    for (const batch of batchesOf(memories)) {
      await sql(
        runner,
        `update bulwark.control_states s set passed = m.passed, lapsed = m.lapsed::jsonb, seen = m.seen::jsonb
         from unnest($2::text[], $3::bytea[], $4::text[], $5::text[]) as m (control_id, passed, lapsed, seen)
         where s.cluster_id = $1 and s.control_id = m.control_id`,
        [
          clusterId, batch.map(({ controlId }) => controlId), byteaArray(batch.map(({ passed }) => bytesOf(passed))), batch.map(({ lapsed }) => JSON.stringify(withTexts(lapsed))),
          batch.map(({ seen }) => JSON.stringify(withTexts(seen))),
        ],
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
    bytes += [memory.passed, ...[...memory.lapsed, ...memory.seen].map(({ keys }) => keys)].reduce((sum, keys) => sum + keys.byteLength, 0);
    bytes += memory.seen.reduce((sum, { values }) => sum + valuesText(values).length, 0);
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

/** As it is stored, in base64: databases read ids and values. */
type Stored<T extends { readonly keys: KeySet }> = Omit<T, 'keys'> & { readonly keys: string };
type StoredLapse = Stored<LapsedPasses>;
type StoredValues = Stored<SeenValues>;

const withTexts = <T extends { readonly keys: KeySet }>(all: readonly T[]): readonly Stored<T>[] => all.map((one) => ({ ...one, keys: bytesOf(one.keys).toString('base64') }));
const withKeySets = <T extends { readonly keys: string }>(stored: readonly T[]) => stored.map((one) => ({ ...one, keys: keySetOf(Buffer.from(one.keys, 'base64')) }));
