import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a first scan writes a hundred thousand times, with less in it and less about it. What all events of a segment say of cluster
 * and scan stands in the segment: repeated in each it was a third of what events take. And whose rows these are is asked once a
 * statement or a segment, for a foreign key asks once a row: that was a fifth of writing them.
 */
export class LighterRows1796601600000 implements MigrationInterface {
  readonly name = 'LighterRows1796601600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${lockedAsWritten}
      -- In segments that were written before all of them are null, and in their events they are not.
      alter table bulwark.event_segments add column cluster_id uuid, add column scan_id uuid, add column about json;
      ${withoutForeignKey('events')}
      ${withoutForeignKey('findings')}
      ${forgotten({ rows: 'events', where: 'tenant_id = old.tenant_id', of: 'organisations' })}
      ${forgotten({ rows: 'findings', where: 'tenant_id = old.tenant_id and cluster_id = old.id', of: 'clusters' })}
      -- As a foreign key does: the clusters are there, and stay until the transaction ends. Each is looked for once, by its key, whatever the planner knew of the tables when it was first asked.
      create function bulwark.hold_clusters() returns trigger language plpgsql as $$
        declare
          held int;
        begin
          perform from (select distinct tenant_id, cluster_id from inserted) i
            join bulwark.clusters c on c.tenant_id = i.tenant_id and c.id = i.cluster_id for key share of c;
          get diagnostics held = row_count;
          if held < (select count(*) from (select distinct tenant_id, cluster_id from inserted) i) then
            raise foreign_key_violation using message = 'findings of a cluster that the organisation does not have', schema = 'bulwark', table = 'findings';
          end if;
          return null;
        end $$;
      create trigger hold_clusters after insert on bulwark.findings referencing new table as inserted for each statement execute function bulwark.hold_clusters();
      create function bulwark.refuse_to_move() returns trigger language plpgsql as $$
        begin
          raise foreign_key_violation using message = 'findings stay with their cluster, and clusters with their organisation', schema = 'bulwark', table = 'findings';
        end $$;
      create trigger refuse_to_move after update of tenant_id, cluster_id on bulwark.findings for each row
        when ((old.tenant_id, old.cluster_id) <> (new.tenant_id, new.cluster_id)) execute function bulwark.refuse_to_move();
      create trigger refuse_to_move after update of tenant_id, id on bulwark.clusters for each row
        when ((old.tenant_id, old.id) <> (new.tenant_id, new.id)) execute function bulwark.refuse_to_move();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${lockedAsWritten}
      alter table bulwark.events no force row level security;
      alter table bulwark.event_segments no force row level security;
      update bulwark.events e
        set cluster_id = s.cluster_id, scan_id = s.scan_id,
            data = case when s.about is null then e.data when s.about::text = '{}' then e.data when e.data::text = '{}' then s.about else (left(s.about::text, -1) || ',' || substr(e.data::text, 2))::json end
        from bulwark.event_segments s
        where s.tenant_id = e.tenant_id and s.id = e.segment_id and (s.about is not null or s.cluster_id is not null or s.scan_id is not null);
      alter table bulwark.events force row level security;
      alter table bulwark.event_segments force row level security;
      alter table bulwark.event_segments drop column cluster_id, drop column scan_id, drop column about;
      drop trigger forget_events on bulwark.organisations;
      drop function bulwark.forget_events();
      drop trigger forget_findings on bulwark.clusters;
      drop function bulwark.forget_findings();
      drop trigger hold_clusters on bulwark.findings;
      drop function bulwark.hold_clusters();
      drop trigger refuse_to_move on bulwark.findings;
      drop trigger refuse_to_move on bulwark.clusters;
      drop function bulwark.refuse_to_move();
      alter table bulwark.events add foreign key (tenant_id) references bulwark.organisations on delete cascade;
      alter table bulwark.findings add foreign key (tenant_id, cluster_id) references bulwark.clusters on delete cascade;
    `);
  }
}

/** In the order in which scans write to them: neither waits for the other in a ring. */
const lockedAsWritten = 'lock table bulwark.findings, bulwark.events, bulwark.event_segments in access exclusive mode;';

/** What it is called depends on the tables that were there when it was made. */
const withoutForeignKey = (table: string): string => `
  do $$ begin
    execute (select format('alter table bulwark.${table} drop constraint %I', conname) from pg_constraint where conrelid = 'bulwark.${table}'::regclass and contype = 'f');
  end $$;
`;

/** Rows go with the one that they belong to. The owner of forced tables sees one organisation's rows at a time. */
const forgotten = ({ rows, where, of }: { readonly rows: string; readonly where: string; readonly of: string }): string => `
  create function bulwark.forget_${rows}() returns trigger language plpgsql as $$
    declare
      organisation text := current_setting('app.tenant_id', true);
    begin
      perform set_config('app.tenant_id', old.tenant_id::text, true);
      delete from bulwark.${rows} where ${where};
      perform set_config('app.tenant_id', coalesce(organisation, ''), true);
      return null;
    end $$;
  create trigger forget_${rows} after delete on bulwark.${of} for each row execute function bulwark.forget_${rows}();
`;
