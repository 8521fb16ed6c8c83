import pg from 'pg';

/**
 * Gives back what workers that are gone had begun, so that it is done at once and not when their leases run out.
 * Only for a database that nobody else can be working on. `adminUrl` sees all organisations.
 */
export async function releaseClaims(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'bulwark-release' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`update bulwark.scans set state = 'queued', heartbeat_at = null, progress = null where state = 'running'`);
    await client.query('update bulwark.due_work set enqueued_at = null where enqueued_at is not null');
    await client.query('commit');
  } finally {
    await client.end();
  }
}
