import { randomUUID } from 'node:crypto';
import { access, constants, link, lstat, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { errorCode } from './error-code.js';
import { makeFolder, makeOwnFolder } from './owned-folder.js';
import type { PostgresAccount } from './postgres-account.js';
import { ProgramFailed, runProgram } from './run-program.js';

/** Where the lock, the password and the cluster of one data directory really lie. */
export interface PostgresHome {
  readonly folder: string;
  /** Postgres's own data directory, inside `folder`. */
  readonly cluster: string;
  /** Who owns the cluster, if there is one. */
  readonly owner: PostgresAccount | undefined;
}

const pointerName = 'postgres-location';

// Root's data outlives a reboot in the first; the second is for a read-only system.
const usualHomes = ['/var/lib/bulwark', '/var/tmp/bulwark-data'];

/** Finds or makes the wished data directory and follows its pointer, if an earlier start had to move the cluster. */
export async function findHome(dataDirectory: string): Promise<PostgresHome> {
  try {
    await makeFolder(dataDirectory, process.getuid?.() === 0 ? 0o711 : 0o700);
    const wished = await realpath(dataDirectory);
    await access(wished, constants.R_OK | constants.W_OK | constants.X_OK);
    return await describeHome((await readPointer(wished)) ?? wished);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM') throw notOurs(dataDirectory, error);
    throw new EmbeddedPostgresError(
      'init-failed',
      `The data directory ${dataDirectory} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      'Choose another data directory.',
      { cause: error },
    );
  }
}

/**
 * The same home if the account can reach it. Otherwise (root's data below a 0700 folder) a new home elsewhere that is
 * recorded in the wished data directory: it is found again if that directory moves, and forgotten if it is removed.
 */
export async function reachableHome(
  home: PostgresHome,
  account: PostgresAccount | undefined,
  log: (line: string) => void,
  elsewhere: readonly string[] = usualHomes,
): Promise<PostgresHome> {
  if (account === undefined || (await canReach(account, home.folder))) return home;
  if (home.owner !== undefined) {
    throw new EmbeddedPostgresError(
      'start-failed',
      `The database in ${home.cluster} belongs to user ${account.uid}, who may not enter ${home.folder}.`,
      'Let that user pass through every folder above it (chmod o+x), or move the data directory.',
    );
  }

  const problems: string[] = [];
  for (const root of elsewhere) {
    const folder = join(root, randomUUID());
    try {
      await makeOwnFolder(root, 0o711);
      await makeOwnFolder(folder, 0o711);
      if (!(await canReach(account, folder))) throw new Error(`user ${account.uid} may not enter ${folder}`);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      continue;
    }
    if (!(await writePointer(home.folder, folder))) {
      await rm(folder, { recursive: true });
      return findHome(home.folder);
    }
    log(`Postgres runs as user ${account.uid}, who may not enter ${home.folder}: the database is kept in ${folder}.`);
    return describeHome(folder);
  }
  throw new EmbeddedPostgresError(
    'init-failed',
    `Postgres runs as user ${account.uid}, who may not enter ${home.folder}, and there is no other place: ${problems.join('; ')}.`,
    'Choose a data directory that everyone may pass through, such as /var/lib/bulwark.',
  );
}

async function describeHome(folder: string): Promise<PostgresHome> {
  const cluster = join(folder, 'cluster');
  return { folder, cluster, owner: await ownerOf(cluster) };
}

async function ownerOf(cluster: string): Promise<PostgresAccount | undefined> {
  let found;
  try {
    found = await stat(cluster); // It may be a link to another disk.
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const uid = process.getuid?.();
  if (uid === 0 && found.uid === 0) {
    throw new EmbeddedPostgresError(
      'wrong-owner',
      `The database in ${cluster} belongs to root, and Postgres refuses to run as root.`,
      `Give it to the account it is to run as, such as: chown -R postgres ${cluster}`,
    );
  }
  if (uid !== 0 && found.uid !== uid) throw notOurs(cluster);
  return { uid: found.uid, gid: found.gid };
}

async function readPointer(dataDirectory: string): Promise<string | undefined> {
  const path = join(dataDirectory, pointerName);
  let text: string;
  try {
    // Whoever else could write this file would choose where root makes folders.
    if ((await lstat(path)).uid !== process.getuid?.()) throw notOurs(path);
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (!isAbsolute(text)) {
    throw new EmbeddedPostgresError(
      'init-failed',
      `${path} does not name the folder of the database.`,
      'Restore that file, or remove it to start with an empty database.',
    );
  }
  await makeOwnFolder(text, 0o711);
  return realpath(text);
}

/** False if another start of this moment has recorded its place first. */
async function writePointer(dataDirectory: string, folder: string): Promise<boolean> {
  const draft = join(dataDirectory, `${pointerName}-${randomUUID()}`);
  try {
    await writeFile(draft, `${folder}\n`, { flag: 'wx' });
    await link(draft, join(dataDirectory, pointerName));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function canReach(account: PostgresAccount, folder: string): Promise<boolean> {
  try {
    await runProgram(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder]);
    return true;
  } catch (error) {
    if (error instanceof ProgramFailed) return false;
    throw error;
  }
}

function notOurs(path: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'wrong-owner',
    `${path} is not for user ${process.getuid?.()} to use.`,
    'Start as the user who owns it, change its owner, or choose another data directory.',
    { cause },
  );
}
