import { readFile } from 'node:fs/promises';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { ProgramFailed, runProgram } from './run-program.js';

/** The unprivileged account that Postgres runs as when we are root. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

// initdb looks its user up by id, so a bare unused number will not do; `_postgres` is what macOS calls it.
const usualNames = ['postgres', '_postgres', 'bulwark', 'nobody'];

/**
 * Whom to run Postgres as: undefined (ourselves) for an ordinary user, an unprivileged account for root, because
 * Postgres refuses to run as root. `owner` is who owns the data that is already there.
 */
export async function postgresAccount(owner: PostgresAccount | undefined): Promise<PostgresAccount | undefined> {
  if (process.getuid === undefined) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `The embedded Postgres does not run on ${process.platform}.`,
      'Use Linux, macOS or WSL, or point Bulwark at an existing Postgres.',
    );
  }
  if (process.getuid() !== 0) return undefined;

  const account = owner ?? (await existingAccount()) ?? (await newAccount());
  try {
    await runProgram(account, '/bin/sh', ['-c', ':']);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `Postgres refuses to run as root, and this root may not run programs as user ${account.uid}.`,
      'Run as an ordinary user, or let the container use CAP_SETUID and CAP_SETGID with more than one user mapped.',
      { cause: error },
    );
  }
  return account;
}

async function existingAccount(): Promise<PostgresAccount | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of usualNames) {
    const account = parsePasswd(passwd, name) ?? (await lookUp(name));
    if (account !== undefined) return account;
  }
  return undefined;
}

/** The ids of `name` in the text of a passwd file; never those of root. */
export function parsePasswd(passwd: string, name: string): PostgresAccount | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return account(uid, gid);
  }
  return undefined;
}

/** Accounts may come from a directory service instead of the passwd file. */
async function lookUp(name: string): Promise<PostgresAccount | undefined> {
  try {
    return account(await runProgram(undefined, 'id', ['-u', name]), await runProgram(undefined, 'id', ['-g', name]));
  } catch (error) {
    if (error instanceof ProgramFailed) return undefined;
    throw error;
  }
}

async function newAccount(): Promise<PostgresAccount> {
  try {
    await runProgram(undefined, 'useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'bulwark']);
  } catch (error) {
    throw noAccount(error);
  }
  return (await lookUp('bulwark')) ?? Promise.reject(noAccount(undefined));
}

function account(uid: string | undefined, gid: string | undefined): PostgresAccount | undefined {
  const ids = { uid: Number(uid), gid: Number(gid) };
  return Number.isInteger(ids.uid) && Number.isInteger(ids.gid) && ids.uid > 0 && ids.gid > 0 ? ids : undefined;
}

function noAccount(cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'unsupported-platform',
    `Postgres refuses to run as root, and there is no account ${usualNames.join(', ')} to run it as.`,
    'Create one (useradd --system postgres), or run as an ordinary user.',
    { cause },
  );
}
