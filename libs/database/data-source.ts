import { DataSource } from 'typeorm';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { AttestationEntity } from './entities/attestation.entity.js';
import { BenchmarkRunEntity } from './entities/benchmark-run.entity.js';
import { CloudDescriptionEntity } from './entities/cloud-description.entity.js';
import { ClusterEntity } from './entities/cluster.entity.js';
import { ControlResultEntity } from './entities/control-result.entity.js';
import { ControlStateEntity } from './entities/control-state.entity.js';
import { DeliveryAttemptEntity } from './entities/delivery-attempt.entity.js';
import { DeliveryEntity } from './entities/delivery.entity.js';
import { DueWorkEntity } from './entities/due-work.entity.js';
import { EndpointEntity } from './entities/endpoint.entity.js';
import { RegressionEntity } from './entities/regression.entity.js';
import { EnrolmentKeyEntity } from './entities/enrolment-key.entity.js';
import { FindingEntity } from './entities/finding.entity.js';
import { KubeBenchResultEntity } from './entities/kube-bench-result.entity.js';
import { NodeBundleEntity } from './entities/node-bundle.entity.js';
import { OrganisationEntity } from './entities/organisation.entity.js';
import { PolicyEntity } from './entities/policy.entity.js';
import { ScanEntity } from './entities/scan.entity.js';
import { ScheduleEntity } from './entities/schedule.entity.js';
import { SnapshotEntity } from './entities/snapshot.entity.js';
import { SnakeNames } from './snake-names.js';

export const entities = [
  OrganisationEntity, PolicyEntity, ApiKeyEntity, ClusterEntity, SnapshotEntity, ScanEntity, ControlResultEntity, ControlStateEntity, FindingEntity,
  DueWorkEntity, EndpointEntity, DeliveryEntity, DeliveryAttemptEntity, ScheduleEntity, BenchmarkRunEntity, RegressionEntity, AttestationEntity,
  EnrolmentKeyEntity, NodeBundleEntity, KubeBenchResultEntity, CloudDescriptionEntity,
];

export interface DatabaseSettings {
  /** Logs in as the app's role. */
  readonly url: string;
  readonly poolSize?: number;
  /** Longest that one statement may take; 60 s where not given. */
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** An idle connection broke; the pool replaces it. For the log. */
  readonly onConnectionLost?: (code: string) => void;
}

export function createDataSource({ url, poolSize = 10, applicationName = 'bulwark', onConnectionLost }: DatabaseSettings): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    entities,
    namingStrategy: new SnakeNames(),
    // Both would need rights that the app's role must not have.
    synchronize: false,
    installExtensions: false,
    poolErrorHandler: (error: unknown) => onConnectionLost?.(error instanceof Error && 'code' in error ? String(error.code) : 'unknown'),
    extra: { max: poolSize, connectionTimeoutMillis: 5_000, idleTimeoutMillis: 30_000, keepAlive: true },
  });
}
