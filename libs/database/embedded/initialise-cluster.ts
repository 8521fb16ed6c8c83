import { randomUUID } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { errorCode } from './error-code.js';
import type { PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { PostgresHome } from './postgres-home.js';
import { runProgram } from './run-program.js';
import { newPassword, readPassword } from './superuser-password.js';

/** What it takes to make a cluster, or to mend one that does not run. */
export interface ClusterTools {
  readonly home: PostgresHome;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | undefined;
  readonly durable: boolean;
}

export const superuser = 'postgres';

const draftPrefix = 'cluster-draft-';

/** Makes the cluster if there is none yet and returns its superuser's password. Postgres must not be running. */
export async function initialiseCluster(tools: ClusterTools): Promise<string> {
  const { home, binaries } = tools;
  await removeDrafts(home.folder);
  const version = await clusterVersion(home.cluster);
  if (version === undefined) return createCluster(tools);
  if (version !== binaries.majorVersion) {
    throw new EmbeddedPostgresError(
      'version-mismatch',
      `The database in ${home.cluster} was made by Postgres ${version}; this is Postgres ${binaries.majorVersion}.`,
      `Dump it with Postgres ${version} and restore it here, or start from empty data.`,
    );
  }
  return (await readPassword(home.folder)) ?? (await resetPassword(tools));
}

/** The major version that made the cluster; undefined if there is no cluster or an empty folder in its place. */
async function clusterVersion(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Makes the cluster beside its place and moves it there when complete: an interrupted initdb leaves none behind. */
async function createCluster({ home, binaries, account, durable }: ClusterTools): Promise<string> {
  const password = (await readPassword(home.folder)) ?? (await newPassword(home.folder));
  const draft = join(home.folder, `${draftPrefix}${randomUUID()}`);
  const passwordFile = join(draft, 'password');
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) {
      await chown(passwordFile, account.uid, account.gid);
      await chown(draft, account.uid, account.gid);
    }
    await runProgram(account, binaries.initdb, [
      `--pgdata=${join(draft, 'cluster')}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // Without these the machine's locale would decide about encoding and sorting; unset, it means SQL_ASCII.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ]);
    await rename(join(draft, 'cluster'), home.cluster);
    if (durable) await syncFolder(home.folder);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'init-failed',
      `No database could be made in ${home.folder}: ${error instanceof Error ? error.message : String(error)}`,
      'Check that the disk has room (about 50 MB) and that the data directory is empty or was made by Bulwark.',
      { cause: error },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return password;
}

/** Sets a new password without knowing the old one, through Postgres's single-user mode. */
async function resetPassword({ home, binaries, account }: ClusterTools): Promise<string> {
  const password = await newPassword(home.folder);
  await runProgram(
    account,
    binaries.postgres,
    ['--single', '-D', home.cluster, '-c', 'log_min_messages=error', 'postgres'],
    `ALTER ROLE ${superuser} PASSWORD '${password}';\n`,
  );
  return password;
}

async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(draftPrefix)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
