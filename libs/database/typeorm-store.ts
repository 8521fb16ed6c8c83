import type { DataSource, QueryRunner } from 'typeorm';
import type { ApiKey } from '#application/api-keys/api-key.js';
import { notFound } from '#application/app-error.js';
import type { StoredEnrolmentKey } from '#application/nodes/enrolment-key.js';
import type { OrganisationEntry } from '#application/organisations/organisation.js';
import type { Slice, TimeKey } from '#application/paging.js';
import type { Job, JobTopic } from '#application/ports/job-queue.js';
import type { OperatorTransaction, Store, TenantTransaction } from '#application/ports/store.js';
import { isUuid } from '#application/uuid-from.js';
import { operatorRole, relayRole } from './access.js';
import { assertSafe } from './assert-safe.js';
import { claimDueWork } from './claim-due-work.js';
import { dueWorkLag } from './due-work-lag.js';
import { createDataSource, type DatabaseSettings } from './data-source.js';
import { publicError } from './database-error.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { EnrolmentKeyEntity } from './entities/enrolment-key.entity.js';
import { OrganisationEntity } from './entities/organisation.entity.js';
import { ApiKeyRows } from './repositories/api-key-rows.js';
import { CloudDescriptionRows } from './repositories/cloud-description-rows.js';
import { ClusterRows } from './repositories/cluster-rows.js';
import { ControlStateRows } from './repositories/control-state-rows.js';
import { DeliveryRows } from './repositories/delivery-rows.js';
import { DueWorkRows } from './repositories/due-work-rows.js';
import { EndpointRows } from './repositories/endpoint-rows.js';
import { EnrolmentKeyRows } from './repositories/enrolment-key-rows.js';
import { EventRows } from './repositories/event-rows.js';
import { EvidenceRows } from './repositories/evidence-rows.js';
import { FindingRows } from './repositories/finding-rows.js';
import { KubeBenchResultRows } from './repositories/kube-bench-result-rows.js';
import { NodeEvidenceRows } from './repositories/node-evidence-rows.js';
import { OrganisationRows } from './repositories/organisation-rows.js';
import { PolicyRows } from './repositories/policy-rows.js';
import { ScanRows } from './repositories/scan-rows.js';
import { ScheduleRows } from './repositories/schedule-rows.js';
import { SnapshotRows } from './repositories/snapshot-rows.js';
import { sliced, type TenantScope } from './repositories/tenant-rows.js';
import { sql } from './sql.js';

/** Settings of one transaction; all by `set_config(…, true)`, so that they also hold behind a transaction pooler. */
const limitsOf = ({ statementTimeoutMs = 60_000 }: DatabaseSettings) => ({
  statement_timeout: `${statementTimeoutMs}ms`,
  lock_timeout: '30s',
  // Between two statements of a large scan we compare and encode; nothing else may take long.
  idle_in_transaction_session_timeout: '60s',
});

/** A connection that ends while the pool is closed was not lost. */
interface Life {
  isClosing: boolean;
}

/** The memory on PostgreSQL 15 and later. */
export class TypeormStore implements Store {
  private constructor(
    private readonly dataSource: DataSource,
    private readonly limits: Readonly<Record<string, string>>,
    private readonly life: Life,
  ) {}

  static async connect(settings: DatabaseSettings): Promise<TypeormStore> {
    const life: Life = { isClosing: false };
    const dataSource = createDataSource({ ...settings, onConnectionLost: (code) => life.isClosing || settings.onConnectionLost?.(code) });
    try {
      return new TypeormStore(await dataSource.initialize(), limitsOf(settings), life);
    } catch (error) {
      throw publicError(error);
    }
  }

  async inTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
    if (!isUuid(tenantId)) throw notFound('organisation');
    return this.transaction({ 'app.tenant_id': tenantId }, (runner) => work(tenantTransaction({ tenantId, runner, manager: runner.manager })));
  }

  async asOperator<T>(work: (tx: OperatorTransaction) => Promise<T>): Promise<T> {
    return this.transaction({ role: operatorRole }, (runner) =>
      work({
        organisations: {
          list: ({ first, after }: Slice<TimeKey>) => {
            const query = runner.manager.createQueryBuilder(OrganisationEntity, 'row').select(['row.tenantId', 'row.name', 'row.createdAt']);
            if (after) query.where('(row.createdAt, row.tenantId) < (:at, :id)', { at: after.at, id: after.id });
            return sliced<OrganisationEntry & OrganisationEntity>(query.orderBy('row.createdAt', 'DESC').addOrderBy('row.tenantId', 'DESC'), first);
          },
        },
      }),
    );
  }

  async findApiKey(lookupId: string): Promise<ApiKey | undefined> {
    return this.transaction(
      { 'app.key_lookup': lookupId },
      async (runner) => (await runner.manager.findOneBy(ApiKeyEntity, { lookupId })) ?? undefined,
    );
  }

  async findEnrolmentKey(lookupId: string): Promise<Pick<StoredEnrolmentKey, 'tenantId' | 'clusterId'> | undefined> {
    return this.transaction(
      { 'app.enrolment_lookup': lookupId },
      async (runner) => (await runner.manager.findOne(EnrolmentKeyEntity, { select: { tenantId: true, id: true, clusterId: true }, where: { lookupId } })) ?? undefined,
    );
  }

  async claimDueWork(limit: number, leaseMs: number): Promise<readonly Job[]> {
    return this.transaction({ role: relayRole }, (runner) => claimDueWork(runner, limit, leaseMs));
  }

  async dueWorkLag(leaseMs: number): Promise<Readonly<Partial<Record<JobTopic, number>>>> {
    return this.transaction({ role: relayRole }, (runner) => dueWorkLag(runner, leaseMs));
  }

  async ping(): Promise<void> {
    await this.transaction({}, (runner) => sql(runner, 'select 1'));
  }

  async assertSafe(): Promise<void> {
    await this.transaction({}, assertSafe);
  }

  async close(): Promise<void> {
    this.life.isClosing = true;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async transaction<T>(settings: Readonly<Record<string, string>>, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const entries = Object.entries({ ...this.limits, ...settings });
      const calls = entries.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`).join(', ');
      await sql(runner, `select ${calls}`, entries.flat());
      const result = await work(runner);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await rollBack(runner);
      throw publicError(error);
    } finally {
      await runner.release();
    }
  }
}

async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive || runner.isReleased) return;
  try {
    await runner.rollbackTransaction();
  } catch {
    // The connection is gone, and the transaction with it. The error that brought us here tells more than this one.
  }
}

const tenantTransaction = (scope: TenantScope): TenantTransaction => ({
  tenantId: scope.tenantId,
  organisation: new OrganisationRows(scope),
  policies: new PolicyRows(scope),
  apiKeys: new ApiKeyRows(scope),
  clusters: new ClusterRows(scope),
  snapshots: new SnapshotRows(scope),
  scans: new ScanRows(scope),
  evidence: new EvidenceRows(scope),
  enrolmentKeys: new EnrolmentKeyRows(scope),
  nodeEvidence: new NodeEvidenceRows(scope),
  kubeBenchResults: new KubeBenchResultRows(scope),
  cloudDescriptions: new CloudDescriptionRows(scope),
  findings: new FindingRows(scope),
  controlStates: new ControlStateRows(scope),
  events: new EventRows(scope),
  endpoints: new EndpointRows(scope),
  deliveries: new DeliveryRows(scope),
  schedules: new ScheduleRows(scope),
  dueWork: new DueWorkRows(scope),
});
