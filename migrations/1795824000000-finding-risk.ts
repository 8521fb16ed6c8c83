import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How soon each finding is to be mended, and lists by that. Until its next scan, what is known of a finding is its severity and layer. */
export class FindingRisk1795824000000 implements MigrationInterface {
  readonly name = 'FindingRisk1795824000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.findings
        add column risk smallint not null default 0 check (risk between 0 and 100),
        add column surroundings text not null default '||';
      -- The owner of forced tables sees none of their rows.
      alter table bulwark.findings no force row level security;
      update bulwark.findings set risk = least(100, round(
        (case severity when 'critical' then 50 when 'high' then 33 when 'medium' then 17 when 'low' then 7 else 2 end)
        * (case layer when 'control-plane' then 1.15 when 'runtime' then 0.9 when 'governance' then 0.85 else 1 end)));
      alter table bulwark.findings force row level security;
      create index findings_by_risk on bulwark.findings (tenant_id, state, risk desc, changed_at desc, id desc);
      create index findings_of_cluster_by_risk on bulwark.findings (tenant_id, cluster_id, state, risk desc, changed_at desc, id desc);
      drop index bulwark.findings_of_control;
      create index findings_of_control on bulwark.findings (tenant_id, control_id, state, risk desc, changed_at desc, id desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index bulwark.findings_of_control;
      create index findings_of_control on bulwark.findings (tenant_id, control_id, state, severity_rank desc, changed_at desc, id desc);
      drop index bulwark.findings_of_cluster_by_risk;
      drop index bulwark.findings_by_risk;
      alter table bulwark.findings drop column risk, drop column surroundings;
    `);
  }
}
