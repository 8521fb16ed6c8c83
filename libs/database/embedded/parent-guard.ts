import { spawn } from 'node:child_process';
import { once } from 'node:events';

import type { PostgresAccount } from './postgres-account.js';
import { programEnvironment } from './run-program.js';

// The pipe from us closes when our process ends, in whatever way. A signal to everyone must not end the guard first.
const script = `trap '' INT TERM HUP; while read -r line; do :; done; kill -INT "$1"`;

/** A small process that stops Postgres when our process has ended without doing so. */
export interface ParentGuard {
  dismiss(): Promise<void>;
}

/**
 * Has Postgres stopped when we get killed. A shell that waits for a pipe to close does this on every system alike;
 * Linux's parent-death signal (setpriv --pdeathsig) would need a program that macOS and small images lack, and fires
 * already when the thread that started Postgres ends.
 */
export async function guardAgainstOurDeath(pid: number, account: PostgresAccount | undefined): Promise<ParentGuard> {
  const guard = spawn('/bin/sh', ['-c', script, 'bulwark-postgres-guard', String(pid)], {
    uid: account?.uid,
    gid: account?.gid,
    cwd: '/',
    env: programEnvironment,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(guard, 'spawn');
  const ended = new Promise<void>((resolve) => guard.once('close', () => resolve()));
  return {
    async dismiss() {
      guard.kill('SIGKILL');
      await ended;
    },
  };
}
