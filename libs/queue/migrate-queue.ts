import { runMigrations } from 'bullmq';
import pg from 'pg';

import { queueSchema } from './postgres-backend.js';

/** Any constant will do, so long as nothing else in the same database uses it. */
const GRANTS_LOCK = 7_314_202_612;

/**
 * Makes or brings up to date the queue's tables, as their owner, and lets `appUser` use but not change them.
 * Safe to run again and at the same time as another. Throws what Postgres says.
 */
export async function migrateQueue(adminUrl: string, appUser: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000, application_name: 'bulwark-migrate-queue' });
  await client.connect();
  try {
    await runMigrations(client);
    const schema = pg.escapeIdentifier(queueSchema);
    const role = pg.escapeIdentifier(appUser);
    // One statement list is one transaction: no moment at which the grants are half there.
    // One at a time: Postgres refuses two that change the rights on one object at once.
    await client.query(`
      select pg_advisory_xact_lock(${GRANTS_LOCK});
      revoke all on schema ${schema} from public;
      grant usage on schema ${schema} to ${role};
      grant select, insert, update, delete on all tables in schema ${schema} to ${role};
      revoke insert, update, delete on ${schema}.migration from ${role};
      grant usage on all sequences in schema ${schema} to ${role};
    `);
  } finally {
    await client.end();
  }
}
