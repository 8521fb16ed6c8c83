import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables in the order in which they refer to each other. All but `due_work`'s relay go by the tenant alone. */
const tables = [
  'organisations', 'api_keys', 'clusters', 'cluster_credentials', 'snapshots', 'snapshot_chunks', 'scans', 'control_results',
  'control_states', 'findings', 'event_feeds', 'events', 'due_work', 'webhook_endpoints', 'deliveries', 'delivery_attempts', 'schedules',
] as const;

/**
 * Tenant tables, all under forced row-level security. Keys start with the tenant: a foreign key can then never
 * point into another organisation (its check is exempt from row-level security), and a duplicate tells nobody
 * that another organisation has such a row.
 *
 * Times have milliseconds, because JavaScript's have: a keyset cursor must find the very time it was made from.
 */
export class FirstSchema1795478400000 implements MigrationInterface {
  readonly name = 'FirstSchema1795478400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bulwark.organisations (
        tenant_id uuid primary key,
        name text not null,
        wrapped_data_key bytea not null,
        trusted_registries text[],
        created_at timestamptz(3) not null default now()
      );

      create table bulwark.api_keys (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        id uuid not null,
        lookup_id text not null unique,
        name text not null,
        hash bytea not null,
        prefix text not null,
        scopes text[] not null,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        last_used_at timestamptz(3),
        primary key (tenant_id, id)
      );

      create table bulwark.clusters (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        id uuid not null,
        name text not null,
        labels jsonb not null default '{}',
        environment text,
        server text,
        has_connection boolean not null,
        platform text,
        version text,
        is_managed boolean,
        generation bigint not null default 0,
        paused_at timestamptz(3),
        unreachable_since timestamptz(3),
        last_scan_id uuid,
        last_complete_at timestamptz(3),
        verification jsonb,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        deleted_at timestamptz(3),
        primary key (tenant_id, id)
      );
      create unique index clusters_name on bulwark.clusters (tenant_id, name) where deleted_at is null;
      create index clusters_list on bulwark.clusters (tenant_id, created_at desc, id desc) where deleted_at is null;

      create table bulwark.cluster_credentials (
        tenant_id uuid not null,
        cluster_id uuid not null,
        sealed bytea not null,
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, cluster_id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );

      create table bulwark.snapshots (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        complete jsonb not null,
        content_encoding text not null check (content_encoding in ('identity', 'gzip', 'zstd')),
        format text not null check (format in ('auto', 'json', 'yaml', 'ndjson')),
        bytes bigint not null default 0,
        created_at timestamptz(3) not null default now(),
        uploaded_at timestamptz(3),
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );

      create table bulwark.snapshot_chunks (
        tenant_id uuid not null,
        snapshot_id uuid not null,
        position integer not null,
        bytes bytea not null,
        primary key (tenant_id, snapshot_id, position),
        foreign key (tenant_id, snapshot_id) references bulwark.snapshots on delete cascade
      );
      alter table bulwark.snapshot_chunks alter column bytes set storage external;

      create table bulwark.scans (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        kind text not null check (kind in ('live', 'snapshot')),
        snapshot_id uuid,
        state text not null default 'queued' check (state in ('queued', 'running', 'finished', 'failed', 'cancelled')),
        generation bigint,
        is_baseline boolean not null default false,
        is_complete boolean not null default false,
        requested_by text not null,
        requested_at timestamptz(3) not null default now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        heartbeat_at timestamptz(3),
        progress jsonb,
        summary jsonb,
        coverage jsonb,
        failure jsonb,
        cancel_requested boolean not null default false,
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create unique index scans_one_active on bulwark.scans (tenant_id, cluster_id) where state in ('queued', 'running');
      create index scans_list on bulwark.scans (tenant_id, requested_at desc, id desc);
      create index scans_of_cluster on bulwark.scans (tenant_id, cluster_id, requested_at desc, id desc);

      create table bulwark.control_results (
        tenant_id uuid not null,
        scan_id uuid not null,
        control_id text not null,
        outcome text not null check (outcome in ('pass', 'fail', 'unknown', 'not-applicable', 'error')),
        complete boolean not null,
        passed integer not null,
        failed integer not null,
        unknown integer not null,
        not_applicable integer not null,
        unknowns jsonb not null,
        not_applicables jsonb not null,
        error text,
        primary key (tenant_id, scan_id, control_id),
        foreign key (tenant_id, scan_id) references bulwark.scans on delete cascade
      );

      create table bulwark.control_states (
        tenant_id uuid not null,
        cluster_id uuid not null,
        control_id text not null,
        last_outcome text not null,
        last_evaluated_at timestamptz(3) not null,
        last_complete_at timestamptz(3),
        passed bytea not null default '',
        primary key (tenant_id, cluster_id, control_id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );

      create table bulwark.findings (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        key text not null,
        control_id text not null,
        layer text not null,
        severity text not null,
        severity_rank smallint not null generated always as (
          case severity when 'critical' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 when 'info' then 0 end
        ) stored,
        state text not null check (state in ('open', 'resolved')),
        transition text not null check (transition in ('opened', 'reopened', 'regressed', 'resolved')),
        sequence integer not null,
        resource_group text not null,
        kind text not null,
        namespace text not null,
        name text not null,
        part text not null,
        message text not null,
        detail jsonb,
        patch jsonb,
        basis text not null check (basis in ('cluster', 'objects-given')),
        digest text not null,
        is_baseline boolean not null,
        first_seen_at timestamptz(3) not null,
        changed_at timestamptz(3) not null,
        resolved_at timestamptz(3),
        opened_scan_id uuid not null,
        last_scan_id uuid not null,
        primary key (tenant_id, id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
      create index findings_list on bulwark.findings (tenant_id, state, severity_rank desc, changed_at desc, id desc);
      create index findings_of_cluster on bulwark.findings (tenant_id, cluster_id, state, severity_rank desc, changed_at desc, id desc);
      create index findings_of_control on bulwark.findings (tenant_id, control_id, state, severity_rank desc, changed_at desc, id desc);

      create table bulwark.event_feeds (
        tenant_id uuid primary key references bulwark.organisations on delete cascade,
        last_position bigint not null default 0
      );

      create table bulwark.events (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        position bigint not null,
        id uuid not null,
        type text not null,
        cluster_id uuid,
        scan_id uuid,
        finding_id uuid,
        severity text,
        is_baseline boolean not null,
        data jsonb not null,
        created_at timestamptz(3) not null,
        primary key (tenant_id, position),
        unique (tenant_id, id)
      );
      create index events_of_finding on bulwark.events (tenant_id, finding_id, position desc) where finding_id is not null;
      create index events_by_time on bulwark.events (tenant_id, created_at, position);

      create table bulwark.due_work (
        id uuid primary key,
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        topic text not null,
        subject_id uuid not null,
        due_at timestamptz(3) not null,
        enqueued_at timestamptz(3),
        attempts integer not null default 0,
        traceparent text,
        constraint due_work_subject unique (tenant_id, topic, subject_id)
      );
      create index due_work_due on bulwark.due_work (tenant_id, due_at, id);

      create table bulwark.webhook_endpoints (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        id uuid not null,
        url text not null,
        description text not null,
        event_types text[],
        min_severity text,
        cluster_labels jsonb,
        payload text not null check (payload in ('thin', 'full')),
        mode text not null check (mode in ('each', 'batch')),
        include_baseline boolean not null,
        sealed_secrets bytea not null,
        is_enabled boolean not null,
        is_insecure boolean not null,
        disabled_reason text,
        position bigint not null,
        failing_since timestamptz(3),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        primary key (tenant_id, id)
      );
      create index webhook_endpoints_list on bulwark.webhook_endpoints (tenant_id, created_at desc, id desc);

      create table bulwark.deliveries (
        tenant_id uuid not null,
        id uuid not null,
        endpoint_id uuid not null,
        event_type text not null,
        event_count integer not null,
        first_position bigint,
        last_position bigint,
        body bytea not null,
        state text not null check (state in ('pending', 'delivered', 'failed', 'abandoned')),
        attempts integer not null,
        next_attempt_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        finished_at timestamptz(3),
        last_status integer,
        last_error text,
        primary key (tenant_id, id),
        foreign key (tenant_id, endpoint_id) references bulwark.webhook_endpoints on delete cascade
      );
      create index deliveries_list on bulwark.deliveries (tenant_id, created_at desc, id desc);
      create index deliveries_of_endpoint on bulwark.deliveries (tenant_id, endpoint_id, created_at desc, id desc);
      create index deliveries_pending on bulwark.deliveries (tenant_id, endpoint_id, next_attempt_at) where state = 'pending';
      create index deliveries_finished on bulwark.deliveries (tenant_id, finished_at) where finished_at is not null;

      create table bulwark.delivery_attempts (
        tenant_id uuid not null,
        delivery_id uuid not null,
        number integer not null,
        at timestamptz(3) not null,
        duration_ms integer not null,
        status integer,
        error text,
        primary key (tenant_id, delivery_id, number),
        foreign key (tenant_id, delivery_id) references bulwark.deliveries on delete cascade
      );

      create table bulwark.schedules (
        tenant_id uuid not null,
        id uuid not null,
        cluster_id uuid not null,
        cron text not null,
        time_zone text not null,
        is_enabled boolean not null,
        next_run_at timestamptz(3),
        last_run_at timestamptz(3),
        missed integer not null default 0,
        primary key (tenant_id, id),
        unique (tenant_id, cluster_id),
        foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade
      );
    `);

    for (const table of tables) {
      // The sub-select is evaluated once a statement instead of once a row.
      await runner.query(`
        alter table bulwark.${table} enable row level security;
        alter table bulwark.${table} force row level security;
        create policy tenant on bulwark.${table}
          using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
          with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
      `);
    }
    await runner.query(`
      create policy lookup on bulwark.api_keys for select
        using (lookup_id = (select nullif(current_setting('app.key_lookup', true), '')));
      create policy relay on bulwark.due_work to bulwark_relay using (true) with check (true);
      create policy operator on bulwark.organisations for select to bulwark_operator using (true);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table ${[...tables].reverse().map((table) => `bulwark.${table}`).join(', ')}`);
  }
}
