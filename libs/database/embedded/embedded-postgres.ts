import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

import { lockDataDirectory } from './data-directory-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { freePort } from './free-port.js';
import { initialiseCluster, superuser } from './initialise-cluster.js';
import type { ClusterTools } from './initialise-cluster.js';
import { stopOrphan } from './orphan-postmaster.js';
import { postgresAccount } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { findHome, reachableHome } from './postgres-home.js';
import { PostmasterFailed, startPostmaster } from './postmaster.js';
import type { Postmaster, PostgresExit } from './postmaster.js';
import { ProgramFailed } from './run-program.js';
import { passwordPath } from './superuser-password.js';

export { EmbeddedPostgresError } from './embedded-postgres-error.js';
export type { PostgresExit } from './postmaster.js';

export interface EmbeddedPostgresOptions {
  /** Made if absent. Holds the database, its password and the lock. */
  readonly dataDirectory: string;
  /** Wished TCP port on loopback; a free one is taken if it is busy or absent. */
  readonly port?: number;
  /** False for tests: nothing is forced to disk. Default true. */
  readonly durable?: boolean;
  /** Throws the old database away first. */
  readonly fresh?: boolean;
  /** Gets lines for people: where data is kept, what had to be repaired, what Postgres warns of. */
  readonly log?: (line: string) => void;
}

/** A running Postgres that only this process and who knows its password can use. */
export interface EmbeddedPostgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Superuser URL with password, for migrations and making roles; secret. */
  readonly adminUrl: string;
  readonly pid: number;
  /** Postgres's own data directory; elsewhere than in the wished one if Postgres could not reach that. */
  readonly cluster: string;
  /** Resolves, and never rejects, when Postgres has ended: because of stop(), or on its own. */
  readonly exited: Promise<PostgresExit>;
  /** Breaks open connections, waits for the end, and frees the data directory. Safe to call again. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the Postgres that npm installed on a data directory of ours, making the database at the first time and
 * cleaning up after a run that was killed. Stops with our process, however that ends. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, log = () => undefined } = options;
  const wished = await findHome(resolve(options.dataDirectory));
  const account = await postgresAccount(wished.owner);
  const binaries = await postgresBinaries(account, log);
  const home = await reachableHome(wished, account, log);
  const tools: ClusterTools = { home, binaries, account, durable };

  const lock = await lockDataDirectory(home.folder);
  let postmaster: Postmaster | undefined;
  try {
    await stopOrphan(home.cluster, log);
    if (options.fresh === true) await rm(home.cluster, { recursive: true, force: true });
    const password = await initialiseCluster(tools);
    const started = await startOnFreePort(tools, options.port, log);
    postmaster = started.postmaster;
    const adminUrl = `postgres://${superuser}:${password}@127.0.0.1:${started.port}/postgres`;
    await assertAccess(adminUrl, home.folder);

    const exited = postmaster.exited.then(async (end) => {
      await lock.release();
      return end;
    });
    const stop = postmaster.stop;
    return {
      host: '127.0.0.1',
      port: started.port,
      adminUrl,
      pid: postmaster.pid,
      cluster: home.cluster,
      exited,
      async stop() {
        await stop();
        await exited;
      },
    };
  } catch (error) {
    await postmaster?.stop();
    await lock.release();
    throw error instanceof PostmasterFailed || error instanceof ProgramFailed ? startFailed(home.cluster, error) : error;
  }
}

/** Another program may take the port between our look and Postgres's, and killed servers' children need a moment to go. */
async function startOnFreePort(
  tools: ClusterTools,
  wished: number | undefined,
  log: (line: string) => void,
): Promise<{ readonly postmaster: Postmaster; readonly port: number }> {
  const patienceEnds = Date.now() + 20_000;
  for (let wish = wished; ; await sleep(100)) {
    const port = await freePort(wish);
    try {
      const postmaster = await startPostmaster({ ...tools, port, log });
      if (wished !== undefined && port !== wished) log(`Port ${wished} is taken; Postgres listens on ${port}.`);
      return { postmaster, port };
    } catch (error) {
      if (!(error instanceof PostmasterFailed) || Date.now() > patienceEnds) throw error;
      const isPortTaken = /could not create any TCP\/IP sockets/.test(error.output);
      const areChildrenLeft = /pre-existing shared memory block/.test(error.output);
      if (!isPortTaken && !areChildrenLeft) throw error;
      if (isPortTaken) wish = undefined;
    }
  }
}

async function assertAccess(adminUrl: string, folder: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  try {
    await client.connect();
  } catch (error) {
    throw new EmbeddedPostgresError(
      'start-failed',
      `Postgres runs but refuses us: ${error instanceof Error ? error.message : String(error)}`,
      `Remove ${passwordPath(folder)}; the next start sets a new password.`,
      { cause: error },
    );
  }
  await client.end();
}

function startFailed(cluster: string, error: PostmasterFailed | ProgramFailed): EmbeddedPostgresError {
  return new EmbeddedPostgresError('start-failed', error.message, `The database is in ${cluster}; nothing in it was changed.`, {
    cause: error,
  });
}
