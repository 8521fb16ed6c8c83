import type { MigrationInterface, QueryRunner } from 'typeorm';

const tables = ['benchmark_runs', 'benchmark_items', 'benchmark_subjects', 'benchmark_memories', 'benchmark_regressions', 'attestations'] as const;

/**
 * Benchmarks as memory. A run is the scan of the same id, judged item by item; `meaning` is what an item is under whatever
 * number, so that history, regressions and attestations outlast a change of benchmark. What single subjects said stands
 * apart, because it is kept for as long as evidence is, and the rest for as long as the cluster.
 */
export class BenchmarkRuns1796083200000 implements MigrationInterface {
  readonly name = 'BenchmarkRuns1796083200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.scans drop constraint scans_kind_check;
      alter table bulwark.scans add constraint scans_kind_check check (kind in ('live', 'snapshot', 'rejudge', 'benchmark'));
      alter table bulwark.scans add column with_benchmark boolean not null default false;

      alter table bulwark.schedules add column kind text not null default 'posture' check (kind in ('posture', 'benchmark', 'posture-and-benchmark'));
      alter table bulwark.schedules drop constraint schedules_tenant_id_cluster_id_key;
      alter table bulwark.schedules add constraint schedules_one_a_kind unique (tenant_id, cluster_id, kind);

      create table bulwark.benchmark_runs (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        benchmark text not null,
        reason text not null,
        caveat text,
        source text not null check (source in ('live', 'kept', 'nodes')),
        gathered_at timestamptz(3) not null,
        judged_at timestamptz(3) not null,
        judged_by text not null,
        requested_by text not null,
        previous_run_id uuid,
        pass integer not null,
        fail integer not null,
        unknown integer not null,
        not_applicable integer not null,
        manual integer not null,
        regressed integer not null,
        nodes_listed integer,
        nodes_with_evidence integer not null,
        advice jsonb not null,
        primary key (tenant_id, id),
        foreign key (tenant_id, id) references bulwark.scans on delete cascade,
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index benchmark_runs_of_cluster on bulwark.benchmark_runs (tenant_id, cluster_id, judged_at desc, id desc);

      create table bulwark.benchmark_items (
        tenant_id uuid not null,
        run_id uuid not null,
        item_id text not null,
        position integer not null,
        cluster_id uuid not null,
        judged_at timestamptz(3) not null,
        meaning text not null,
        outcome text not null check (outcome in ('pass', 'fail', 'unknown', 'not-applicable', 'manual')),
        decided_by_machine boolean not null,
        nodes jsonb not null,
        sentence text not null,
        causes jsonb not null,
        gathered jsonb not null,
        kube_bench jsonb,
        primary key (tenant_id, run_id, item_id),
        foreign key (tenant_id, run_id) references bulwark.benchmark_runs on delete cascade
      );
      create index benchmark_items_in_order on bulwark.benchmark_items (tenant_id, run_id, position);
      create index benchmark_items_of_cluster on bulwark.benchmark_items (tenant_id, cluster_id, meaning, judged_at desc, run_id desc);

      create table bulwark.benchmark_subjects (
        tenant_id uuid not null,
        run_id uuid not null,
        item_id text not null,
        cluster_id uuid not null,
        judged_at timestamptz(3) not null,
        subjects jsonb not null,
        primary key (tenant_id, run_id, item_id),
        foreign key (tenant_id, run_id) references bulwark.benchmark_runs on delete cascade
      );
      create index benchmark_subjects_age on bulwark.benchmark_subjects (tenant_id, judged_at);

      create table bulwark.benchmark_memories (
        tenant_id uuid not null,
        cluster_id uuid not null,
        memory bytea not null,
        primary key (tenant_id, cluster_id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      -- Compressed already.
      alter table bulwark.benchmark_memories alter column memory set storage external;

      create table bulwark.benchmark_regressions (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        meaning text not null,
        benchmark text not null,
        item_id text not null,
        before_run_id uuid not null,
        run_id uuid not null,
        at timestamptz(3) not null,
        subjects jsonb not null,
        subject_count integer not null,
        resolved_run_id uuid,
        resolved_at timestamptz(3),
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index benchmark_regressions_of_cluster on bulwark.benchmark_regressions (tenant_id, cluster_id, at desc, id desc);

      create table bulwark.attestations (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        meaning text not null,
        benchmark text not null,
        item_id text not null,
        person text not null,
        verdict text not null check (verdict in ('pass', 'fail')),
        statement text not null,
        attachment_name text,
        attachment_sha256 text,
        attested_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        recorded_by text not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        revoked_at timestamptz(3),
        revoked_by text,
        revoke_reason text,
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade,
        check ((attachment_name is null) = (attachment_sha256 is null))
      );
      create index attestations_of_cluster on bulwark.attestations (tenant_id, cluster_id, created_at desc, id desc);
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
      delete from bulwark.due_work where topic = 'attestation.expire' or (topic = 'schedule.tick' and subject_id in (select id from bulwark.schedules where kind <> 'posture'));
      delete from bulwark.schedules where kind <> 'posture';
      alter table bulwark.schedules drop constraint schedules_one_a_kind;
      alter table bulwark.schedules add constraint schedules_tenant_id_cluster_id_key unique (tenant_id, cluster_id);
      alter table bulwark.schedules drop column kind;
      delete from bulwark.scans where kind = 'benchmark';
      alter table bulwark.scans drop column with_benchmark;
      alter table bulwark.scans drop constraint scans_kind_check;
      alter table bulwark.scans add constraint scans_kind_check check (kind in ('live', 'snapshot', 'rejudge'));
    `);
  }
}
