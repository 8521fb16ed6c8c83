import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every policy that an organisation ever decided, by version; what stood in its own row becomes the first. */
export class PolicyVersions1795737600000 implements MigrationInterface {
  readonly name = 'PolicyVersions1795737600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table bulwark.policies (
        tenant_id uuid not null references bulwark.organisations on delete cascade,
        id uuid not null,
        version integer not null check (version > 0),
        document jsonb not null,
        decided_by text,
        created_at timestamptz(3) not null default now(),
        primary key (tenant_id, id),
        unique (tenant_id, version)
      );
      -- The owner of forced tables sees none of their rows.
      alter table bulwark.organisations no force row level security;
      insert into bulwark.policies (tenant_id, id, version, document)
        select tenant_id, gen_random_uuid(), 1, jsonb_build_object('trustedRegistries', to_jsonb(trusted_registries), 'evidenceDays', evidence_days)
        from bulwark.organisations where trusted_registries is not null or evidence_days <> 30;
      alter table bulwark.organisations force row level security;
      alter table bulwark.organisations drop column trusted_registries, drop column evidence_days;
      alter table bulwark.policies enable row level security;
      alter table bulwark.policies force row level security;
      create policy tenant on bulwark.policies
        using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
        with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bulwark.organisations add column trusted_registries text[];
      alter table bulwark.organisations add column evidence_days integer not null default 30 check (evidence_days between 1 and 400);
      alter table bulwark.policies no force row level security;
      alter table bulwark.organisations no force row level security;
      update bulwark.organisations o set
        trusted_registries = case when jsonb_typeof(p.document -> 'trustedRegistries') = 'array' then array(select jsonb_array_elements_text(p.document -> 'trustedRegistries')) end,
        evidence_days = coalesce((p.document ->> 'evidenceDays')::integer, 30)
      from (select distinct on (tenant_id) tenant_id, document from bulwark.policies order by tenant_id, version desc) p
      where p.tenant_id = o.tenant_id;
      alter table bulwark.organisations force row level security;
      drop table bulwark.policies;
    `);
  }
}
