import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DueWork } from '#application/ports/due-work.js';
import type { JobTopic } from '#application/ports/job-queue.js';
import { maybeText, maybeTime, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'due_work' })
export class DueWorkEntity implements DueWork {
  @PrimaryColumn('uuid') readonly id: string;
  @Column('uuid') readonly tenantId: string;
  @Column('text') readonly topic: JobTopic;
  @Column('uuid') readonly subjectId: string;
  @Column(time) readonly dueAt: Date;
  @Column(maybeTime) readonly enqueuedAt: Date | null;
  @Column('integer') readonly attempts: number;
  @Column(maybeText) readonly traceparent: string | null;
}
