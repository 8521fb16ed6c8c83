import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a scan found a node that sent evidence to be: a Node of the cluster, once and for all, or a machine outside of it that runs a part
 * of its control plane. Of such a machine nobody but a person can say that it is gone, so that its row outlives its evidence.
 */
export class MachinesOutside1796169600000 implements MigrationInterface {
  readonly name = 'MachinesOutside1796169600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bulwark.node_evidence add column standing text check (standing in ('node', 'machine'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bulwark.node_evidence drop column standing');
  }
}
