import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a control says of each of its parts, kept beside what it says as a whole. Of earlier scans nothing is known by part. */
export class PartResults1795910400000 implements MigrationInterface {
  readonly name = 'PartResults1795910400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bulwark.control_results add column parts jsonb not null default '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bulwark.control_results drop column parts');
  }
}
