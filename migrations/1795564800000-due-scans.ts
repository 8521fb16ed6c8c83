import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The oldest scans of an organisation are looked for at every poll, among what may be a million deliveries. */
export class DueScans1795564800000 implements MigrationInterface {
  readonly name = 'DueScans1795564800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index due_work_scans on bulwark.due_work (tenant_id, due_at, id) where topic = 'scan.run'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index bulwark.due_work_scans');
  }
}
