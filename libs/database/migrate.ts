import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '#migrations/migrations.js';
import { grants } from './access.js';
import { ensureRoles, type AppRole } from './ensure-roles.js';

/** Any constant will do, so long as nothing else in the same database uses it. */
const MIGRATION_LOCK = 7_314_202_611;

/**
 * Brings the database up to date and gives the app's role its rights. `adminUrl` logs in as the owner of the tables.
 * Safe to run again, and by several processes at once: the later ones wait. Returns the names of the migrations applied.
 */
export async function migrate(adminUrl: string, role: AppRole): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'bulwark-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(client, role);
    await client.query('create schema if not exists bulwark');
    const applied = await runMigrations(adminUrl);
    await client.query('begin');
    for (const grant of grants(client.escapeIdentifier(role.appUser))) await client.query(grant);
    await client.query('commit');
    return applied;
  } finally {
    await client.end();
  }
}

async function runMigrations(adminUrl: string): Promise<readonly string[]> {
  const dataSource = new DataSource({
    type: 'postgres',
    url: adminUrl,
    schema: 'bulwark',
    entities: [],
    migrations,
    migrationsTableName: 'schema_migrations',
    installExtensions: false,
    extra: { max: 1 },
  });
  await dataSource.initialize();
  try {
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}
