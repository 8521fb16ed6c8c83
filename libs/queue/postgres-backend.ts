import { createPostgresBackend, withBackend } from 'bullmq';
import pg from 'pg';

import { jobTopics } from '#application/ports/job-queue.js';

import { streams } from './queue-backend.js';
import type { QueueBackend } from './queue-backend.js';

/** BullMQ's own name for it: with a shared pool no other schema is possible. */
export const queueSchema = 'bullmq';

/** The search path goes into the connection, beside the `options` that the URL may bring along. */
function poolOptions(url: string): pg.PoolConfig {
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options: `${given ? `${given} ` : ''}-c search_path=${queueSchema}` };
}

/**
 * BullMQ on Postgres: no second server, some hundred jobs a second. One pool for everything; each worker
 * keeps one of its connections to LISTEN, which a pooler in transaction mode cannot give.
 */
export function openPostgresBackend(url: string, onError: (error: Error) => void): QueueBackend {
  const pool = new pg.Pool({
    ...poolOptions(url),
    max: jobTopics.length + 4,
    keepAlive: true,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 10_000,
    application_name: 'bulwark-queue',
  });
  // Every queue and worker listens on the shared pool.
  pool.setMaxListeners(2 * jobTopics.length + 2);
  pool.on('error', onError);
  const { Queue, Worker } = withBackend(createPostgresBackend);

  return {
    openQueue: (name) => new Queue(name, { connection: pool, streams }),
    openWorker: (name, processor, tuning) => new Worker(name, processor, { ...tuning, connection: pool }),
    ping: async () => {
      await pool.query('select 1');
    },
    // Connections that still run a statement are ended by the server's side of `end`, not awaited, where `now`.
    close: async (now) => {
      const ended = pool.end();
      if (now) ended.catch(onError);
      else await ended;
    },
  };
}
