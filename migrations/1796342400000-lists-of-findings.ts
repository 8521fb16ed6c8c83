import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One index a kind of list of findings instead of two: within each severity by risk, from which both orders are merged. Writing
 * them took half of what a first scan's findings take. And events' data as it was written: nobody asks for parts of it.
 */
export class ListsOfFindings1796342400000 implements MigrationInterface {
  readonly name = 'ListsOfFindings1796342400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index bulwark.findings_list;
      drop index bulwark.findings_by_risk;
      drop index bulwark.findings_of_cluster;
      drop index bulwark.findings_of_cluster_by_risk;
      drop index bulwark.findings_of_control;
      create index findings_worst on bulwark.findings (tenant_id, state, severity_rank desc, risk desc, changed_at desc, id desc);
      create index findings_of_cluster on bulwark.findings (cluster_id, state, severity_rank desc, risk desc, changed_at desc, id desc);
      create index findings_of_control on bulwark.findings (tenant_id, control_id, state, severity_rank desc, risk desc, changed_at desc, id desc);
      alter table bulwark.events alter column data type json using data::json;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.events alter column data type jsonb using data::jsonb;
      drop index bulwark.findings_of_control;
      drop index bulwark.findings_of_cluster;
      drop index bulwark.findings_worst;
      create index findings_list on bulwark.findings (tenant_id, state, severity_rank desc, changed_at desc, id desc);
      create index findings_of_cluster on bulwark.findings (tenant_id, cluster_id, state, severity_rank desc, changed_at desc, id desc);
      create index findings_by_risk on bulwark.findings (tenant_id, state, risk desc, changed_at desc, id desc);
      create index findings_of_cluster_by_risk on bulwark.findings (tenant_id, cluster_id, state, risk desc, changed_at desc, id desc);
      create index findings_of_control on bulwark.findings (tenant_id, control_id, state, risk desc, changed_at desc, id desc);
    `);
  }
}
