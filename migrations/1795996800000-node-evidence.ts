import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['enrolment_keys', 'node_evidence', 'kube_bench_results', 'cloud_descriptions'] as const;

/**
 * What is sent in about nodes. Of a node whose evidence was deleted the row stays for some days, without it: by that an old bundle
 * is known that is sent again. Names of nodes are ordered by their bytes, as cursors compare them.
 */
export class NodeEvidence1795996800000 implements MigrationInterface {
  readonly name = 'NodeEvidence1795996800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.clusters add column benchmark text;

      create table bulwark.enrolment_keys (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        lookup_id text not null unique,
        name text not null,
        prefix text not null,
        sealed bytea not null,
        created_by text not null,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        revoked_by text,
        last_used_at timestamptz(3),
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index enrolment_keys_of_cluster on bulwark.enrolment_keys (tenant_id, cluster_id, created_at desc, id desc);

      create table bulwark.node_evidence (
        tenant_id uuid not null,
        cluster_id uuid not null,
        node text collate "C" not null,
        id uuid not null,
        sequence integer not null default 1,
        collected_at timestamptz(3) not null,
        received_at timestamptz(3) not null default now(),
        collector text not null,
        is_signed boolean not null,
        enrolment_key_id uuid,
        uploaded_by text,
        digest text not null,
        nonce text not null,
        size integer not null,
        machine text,
        is_other_machine boolean not null default false,
        history jsonb not null default '[]',
        sealed bytea,
        primary key (tenant_id, cluster_id, node),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index node_evidence_age on bulwark.node_evidence (tenant_id, received_at);

      create table bulwark.kube_bench_results (
        tenant_id uuid not null,
        cluster_id uuid not null,
        node text collate "C" not null,
        id uuid not null,
        benchmarks text[] not null,
        detected_version text,
        tool_version text,
        totals jsonb not null,
        received_at timestamptz(3) not null default now(),
        uploaded_by text not null,
        sealed bytea not null,
        primary key (tenant_id, cluster_id, node),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index kube_bench_results_age on bulwark.kube_bench_results (tenant_id, received_at);

      create table bulwark.cloud_descriptions (
        tenant_id uuid not null,
        cluster_id uuid not null,
        id uuid not null,
        provider text not null check (provider in ('eks', 'aks', 'gke')),
        received_at timestamptz(3) not null default now(),
        uploaded_by text not null,
        sealed bytea not null,
        primary key (tenant_id, cluster_id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );

      -- Compressed and encrypted: nothing is left to compress.
      alter table bulwark.node_evidence alter column sealed set storage external;
      alter table bulwark.kube_bench_results alter column sealed set storage external;
      alter table bulwark.cloud_descriptions alter column sealed set storage external;
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
    await runner.query(`
      create policy lookup on bulwark.enrolment_keys for select
        using (lookup_id = (select nullif(current_setting('app.enrolment_lookup', true), '')));

      -- Who may replace a cluster's credentials speaks for it already. A key gives only what it has: without this nobody could ever give it.
      alter table bulwark.api_keys no force row level security;
      update bulwark.api_keys set scopes = scopes || array['enrolment:read', 'enrolment:write']
        where 'clusters:write' = any(scopes) and not ('enrolment:write' = any(scopes));
      alter table bulwark.api_keys force row level security;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.api_keys no force row level security;
      update bulwark.api_keys set scopes = array_remove(array_remove(scopes, 'enrolment:read'), 'enrolment:write');
      alter table bulwark.api_keys force row level security;
      drop table ${[...tables].reverse().map((table) => `bulwark.${table}`).join(', ')};
      alter table bulwark.clusters drop column benchmark;
    `);
  }
}
