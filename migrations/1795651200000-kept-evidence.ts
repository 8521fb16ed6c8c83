import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['evidence_pieces', 'scan_evidence'] as const;

/**
 * The facts of a scan, in sealed pieces that scans of one cluster share where nothing changed; which a scan is made of,
 * in order, stands in its `scan_evidence`. A piece that no scan names any more is removed with the cluster locked.
 */
export class KeptEvidence1795651200000 implements MigrationInterface {
  readonly name = 'KeptEvidence1795651200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.organisations add column evidence_days integer not null default 30 check (evidence_days between 1 and 400);

      alter table bulwark.scans add column source_scan_id uuid;
      alter table bulwark.scans drop constraint scans_kind_check;
      alter table bulwark.scans add constraint scans_kind_check check (kind in ('live', 'snapshot', 'rejudge'));

      create table bulwark.evidence_pieces (
        tenant_id uuid not null,
        cluster_id uuid not null,
        digest uuid not null,
        sealed bytea not null,
        primary key (tenant_id, cluster_id, digest),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      -- Compressed and encrypted: nothing is left to compress.
      alter table bulwark.evidence_pieces alter column sealed set storage external;

      create table bulwark.scan_evidence (
        tenant_id uuid not null,
        scan_id uuid not null,
        cluster_id uuid not null,
        sorts text[] not null,
        items integer[] not null,
        digests uuid[] not null,
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, scan_id),
        foreign key (tenant_id, scan_id) references bulwark.scans on delete cascade
      );
      create index scan_evidence_of_cluster on bulwark.scan_evidence (tenant_id, cluster_id, created_at desc);
      create index scan_evidence_age on bulwark.scan_evidence (tenant_id, created_at);
    `);
    for (const table of tables) {
      await runner.query(`
        alter table bulwark.${table} enable row level security;
        alter table bulwark.${table} force row level security;
        create policy tenant on bulwark.${table}
          using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
          with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
      `);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table ${[...tables].reverse().map((table) => `bulwark.${table}`).join(', ')};
      alter table bulwark.organisations drop column evidence_days;
      delete from bulwark.scans where kind = 'rejudge';
      alter table bulwark.scans drop column source_scan_id;
      alter table bulwark.scans drop constraint scans_kind_check;
      alter table bulwark.scans add constraint scans_kind_check check (kind in ('live', 'snapshot'));
    `);
  }
}
