import { Column, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Labels } from '#application/clusters/cluster.js';
import type { EventType } from '#application/events/event.js';
import type { Endpoint } from '#application/webhooks/endpoint.js';
import type { Severity } from '#controls/engine/control.js';
import { bigint, maybeJson, maybeText, maybeTexts, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'webhook_endpoints' })
export class EndpointEntity implements Endpoint {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('text') readonly url: string;
  @Column('text') readonly description: string;
  @Column(maybeTexts) readonly eventTypes: readonly EventType[] | null;
  @Column(maybeText) readonly minSeverity: Severity | null;
  @Column(maybeJson) readonly clusterLabels: Labels | null;
  @Column('text') readonly payload: 'thin' | 'full';
  @Column('text') readonly mode: 'each' | 'batch';
  @Column('boolean') readonly includeBaseline: boolean;
  @Column('bytea') readonly sealedSecrets: Uint8Array;
  @Column('boolean') readonly isEnabled: boolean;
  @Column('boolean') readonly isInsecure: boolean;
  @Column(maybeText) readonly disabledReason: string | null;
  @Column(bigint) readonly position: number;
  @Column(maybeTime) readonly failingSince: Date | null;
  @Column(time) readonly createdAt: Date;
  @UpdateDateColumn(time) readonly updatedAt: Date;
}
