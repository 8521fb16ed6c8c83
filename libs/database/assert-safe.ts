import type { QueryRunner } from 'typeorm';
import { operatorRole, relayRole } from './access.js';
import { sql } from './sql.js';

/**
 * Throws, naming everything that is wrong, unless the role we run as is bound by row-level security and every table
 * with a tenant has it forced. A superuser or an owner would see all organisations without any error telling so.
 */
export async function assertSafe(runner: QueryRunner): Promise<void> {
  const problems: string[] = [];
  const { rows: roles } = await sql<{ name: string; rolsuper: boolean; rolbypassrls: boolean; inherits: boolean; stronger: readonly string[] }>(
    runner,
    `select rolname as name, rolsuper, rolbypassrls,
       pg_has_role(current_user, $1, 'usage') or pg_has_role(current_user, $2, 'usage') as inherits,
       array(select r.rolname::text from pg_roles r
             where (r.rolsuper or r.rolbypassrls) and r.rolname <> current_user and pg_has_role(current_user, r.oid, 'member') order by 1) as stronger
     from pg_roles where rolname = current_user`,
    [relayRole, operatorRole],
  );
  const role = roles[0];
  const name = role?.name ?? 'of this connection';
  if (role?.rolsuper) problems.push(`the role ${name} is a superuser`);
  if (role?.rolbypassrls) problems.push(`the role ${name} has BYPASSRLS`);
  if (role && !role.rolsuper && role.stronger.length > 0) problems.push(`the role ${name} may become ${role.stronger.join(' or ')}, which row-level security does not bind`);
  if (role?.inherits && !role.rolsuper) problems.push(`the role ${name} inherits the rights of ${relayRole} or ${operatorRole}; make it NOINHERIT`);

  const { rows: tables } = await sql<{ name: string; has_tenant: boolean; forced: boolean; owned: boolean; policies: number }>(
    runner,
    `select c.relname as name,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as has_tenant,
       c.relrowsecurity and c.relforcerowsecurity as forced,
       pg_has_role(current_user, c.relowner, 'member') as owned,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
     from pg_class c where c.relnamespace = 'bulwark'::regnamespace and c.relkind in ('r', 'p') order by c.relname`,
  );
  if (!tables.some((table) => table.has_tenant)) problems.push('there are no tables: run the migration first');
  for (const table of tables) {
    if (table.owned && !role?.rolsuper) problems.push(`the role ${name} owns the table ${table.name}`);
    if (table.has_tenant && !(table.forced && table.policies > 0)) problems.push(`the table ${table.name} has no forced row-level security`);
  }
  if (problems.length > 0) {
    throw new Error(`The database does not keep organisations apart: ${problems.join('; ')}. Connect as the role that the migration made for the app.`);
  }
}
