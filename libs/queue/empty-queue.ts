import pg from 'pg';

import { queueSchema } from './postgres-backend.js';

/**
 * Forgets every job, those that a dead worker still holds included; the relay brings back what is due. Only where no
 * worker runs. `adminUrl` owns the queue's tables.
 */
export async function emptyQueue(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'bulwark-empty-queue' });
  await client.connect();
  try {
    const { rows } = await client.query<{ tablename: string }>(`select tablename from pg_tables where schemaname = $1 and tablename <> 'migration'`, [queueSchema]);
    const tables = rows.map(({ tablename }) => `${pg.escapeIdentifier(queueSchema)}.${pg.escapeIdentifier(tablename)}`);
    if (tables.length > 0) await client.query(`truncate ${tables.join(', ')}`);
  } finally {
    await client.end();
  }
}
