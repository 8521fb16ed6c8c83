import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columns of what an event says, whatever its place. */
const told = 'id uuid not null, type text not null, cluster_id uuid, scan_id uuid, finding_id uuid, severity text, is_baseline boolean not null, data json not null';
const columns = 'e.id, e.type, e.cluster_id, e.scan_id, e.finding_id, e.severity, e.is_baseline, e.data';

/**
 * The events that one transaction appends are a segment of the feed, and only the segment has places in it: its events can be
 * written before these are known, and the feed is held for a moment instead of for as long as a first scan's events take.
 */
export class EventSegments1796515200000 implements MigrationInterface {
  readonly name = 'EventSegments1796515200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bulwark.event_segments (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        id uuid not null,
        first_position bigint not null,
        last_position bigint not null check (last_position >= first_position),
        created_at timestamptz(3) not null,
        primary key (tenant_id, last_position),
        unique (tenant_id, id)
      );
      create index event_segments_by_time on bulwark.event_segments (tenant_id, created_at, last_position);

      -- The owner of forced tables sees none of their rows.
      alter table bulwark.events no force row level security;
      -- What has one time and places beside each other. The server's clock may have been set back: one time may come twice.
      insert into bulwark.event_segments
        select tenant_id, gen_random_uuid(), min(position), max(position), created_at
        from (select tenant_id, position, created_at, position - row_number() over (partition by tenant_id, created_at order by position) as stretch from bulwark.events) e
        group by tenant_id, created_at, stretch;
      alter table bulwark.events drop constraint events_pkey, drop constraint events_tenant_id_id_key;
      drop index bulwark.events_of_finding;
      alter table bulwark.events rename to events_by_position;
      create table bulwark.events (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        segment_id uuid not null,
        ordinal integer not null,
        ${told}
      );
      insert into bulwark.events
        select e.tenant_id, s.id, e.position - s.first_position, ${columns}
        from bulwark.events_by_position e join bulwark.event_segments s
          on s.tenant_id = e.tenant_id and s.created_at = e.created_at and e.position between s.first_position and s.last_position;
      drop table bulwark.events_by_position;
      alter table bulwark.events add primary key (tenant_id, segment_id, ordinal), add unique (tenant_id, id);
      create index events_of_finding on bulwark.events (tenant_id, finding_id) where finding_id is not null;
    `);
    for (const table of ['event_segments', 'events']) await runner.query(protect(table));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.events no force row level security;
      alter table bulwark.event_segments no force row level security;
      alter table bulwark.events drop constraint events_pkey, drop constraint events_tenant_id_id_key;
      drop index bulwark.events_of_finding;
      alter table bulwark.events rename to events_of_segments;
      create table bulwark.events (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        position bigint not null,
        ${told},
        created_at timestamptz(3) not null
      );
      insert into bulwark.events
        select e.tenant_id, s.first_position + e.ordinal, ${columns}, s.created_at
        from bulwark.events_of_segments e join bulwark.event_segments s on s.tenant_id = e.tenant_id and s.id = e.segment_id;
      drop table bulwark.events_of_segments, bulwark.event_segments;
      alter table bulwark.events add primary key (tenant_id, position), add unique (tenant_id, id);
      create index events_of_finding on bulwark.events (tenant_id, finding_id, position desc) where finding_id is not null;
      create index events_by_time on bulwark.events (tenant_id, created_at, position);
    `);
    await runner.query(protect('events'));
  }
}

const protect = (table: string): string => `
  alter table bulwark.${table} enable row level security;
  alter table bulwark.${table} force row level security;
  create policy tenant on bulwark.${table}
    using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
`;
