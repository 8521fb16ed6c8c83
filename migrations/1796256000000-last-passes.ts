import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which scan saw each subject of a control pass last, so that a regression can name it: the last whose passes counted, and
 * apart from it the keys that lapsed since, by scan. Of what passed before this is known nobody remembers which scan it was.
 */
export class LastPasses1796256000000 implements MigrationInterface {
  readonly name = 'LastPasses1796256000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bulwark.control_states add column passed_scan_id uuid, add column lapsed jsonb not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bulwark.control_states drop column passed_scan_id, drop column lapsed');
  }
}
