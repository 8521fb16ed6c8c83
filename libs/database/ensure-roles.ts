import type { Client } from 'pg';
import { operatorRole, relayRole } from './access.js';

/** The role that API and workers log in as. */
export interface AppRole {
  readonly appUser: string;
  /** Set on the role where given; without it the role must exist or log in by other means. */
  readonly appPassword?: string;
}

/**
 * Makes the app's role and the two roles it may switch to, or checks them where they exist. Roles belong to the
 * whole server, so migrations of several databases may do this at once.
 */
export async function ensureRoles(client: Client, { appUser, appPassword }: AppRole): Promise<void> {
  const app = client.escapeIdentifier(appUser);
  // Without `noinherit` the app would have the relay's rights in every statement, not only where it asks for them.
  await ensureRole(client, appUser, `create role ${app} login noinherit nosuperuser nobypassrls nocreatedb nocreaterole`);
  for (const role of [relayRole, operatorRole]) await ensureRole(client, role, `create role ${role} nologin noinherit`);

  if (appPassword !== undefined) await retried(() => client.query(`alter role ${app} password ${client.escapeLiteral(appPassword)}`));
  const { rows } = await client.query<{ inherits: boolean; version: number }>(
    `select rolinherit as inherits, current_setting('server_version_num')::int as version from pg_roles where rolname = $1`,
    [appUser],
  );
  if (rows[0]?.inherits) await retried(() => client.query(`alter role ${app} noinherit`));
  for (const role of [relayRole, operatorRole]) {
    const member = await client.query(`select from pg_auth_members m where m.roleid = $1::regrole and m.member = $2::regrole`, [role, app]);
    if (member.rowCount) continue;
    const options = (rows[0]?.version ?? 0) >= 160_000 ? ' with inherit false, set true' : '';
    await retried(() => client.query(`grant ${role} to ${app}${options}`));
  }
}

async function ensureRole(client: Client, name: string, create: string): Promise<void> {
  const existing = await client.query('select from pg_roles where rolname = $1', [name]);
  if (existing.rowCount) return;
  try {
    await client.query(create);
  } catch (error) {
    const code = sqlState(error);
    if (code === '42710' || code === '23505') return;
    if (code !== '42501') throw error;
    throw new Error(`The database role ${name} is missing and this user may not create it. As an administrator, run: ${create};`, { cause: error });
  }
}

/** Two sessions that change one role at once make the later one fail with an internal error. */
async function retried(run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run();
      return;
    } catch (error) {
      const concurrent = error instanceof Error && (error.message.includes('concurrently') || sqlState(error) === '23505');
      if (!concurrent || attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
