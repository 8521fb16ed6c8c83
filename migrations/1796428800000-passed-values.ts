import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings that the subjects of a control were seen with when they passed last, so that a regression tells the old value beside the new one. */
export class PassedValues1796428800000 implements MigrationInterface {
  readonly name = 'PassedValues1796428800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bulwark.control_states add column seen jsonb not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bulwark.control_states drop column seen');
  }
}
