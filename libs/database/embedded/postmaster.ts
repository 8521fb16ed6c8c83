import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ClusterTools } from './initialise-cluster.js';
import { guardAgainstOurDeath } from './parent-guard.js';
import { readPostmasterFile } from './postmaster-file.js';
import { programEnvironment } from './run-program.js';

/** How Postgres ended: because we stopped it, or on its own. `output` is the end of what it wrote. */
export type PostgresExit =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'died'; readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };

/** A Postgres server that is our child and accepts connections. */
export interface Postmaster {
  readonly pid: number;
  readonly exited: Promise<PostgresExit>;
  /** Breaks open connections, writes everything to disk and waits for the end. Safe to call again. */
  readonly stop: () => Promise<void>;
}

/** Postgres ended before it accepted connections, or did not come so far in time. */
export class PostmasterFailed extends Error {
  override readonly name = 'PostmasterFailed';

  constructor(readonly output: string) {
    super(`Postgres did not start: ${output || 'it said nothing'}`);
  }
}

export interface PostmasterSettings extends ClusterTools {
  readonly port: number;
  readonly log: (line: string) => void;
}

// Replaying the log after a crash can take long; no progress is reported, so this is only a last resort.
const startPatience = 300_000;
const tailLines = 30;

/** Starts Postgres and waits until it is ready. */
export async function startPostmaster(settings: PostmasterSettings): Promise<Postmaster> {
  const { home, binaries, account, log } = settings;
  // A session of its own: Ctrl-C signals our whole process group, and Postgres must outlive our connection pools.
  const child = spawn(binaries.postgres, serverArguments(settings), {
    uid: account?.uid,
    gid: account?.gid,
    cwd: '/',
    env: programEnvironment,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tail: string[] = [];
  let isStopping = false;
  let hasSaidReady = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    tail.push(line);
    if (tail.length > tailLines) tail.shift();
    if (hasSaidReady && !isStopping) log(`Postgres: ${line}`);
    hasSaidReady ||= line.endsWith('ready to accept connections');
  });
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new PostmasterFailed('it has no process id');

  const stop = async (): Promise<void> => {
    isStopping = true;
    // Fast shutdown; immediate shutdown; and the end that leaves the children to notice by themselves.
    for (const [signal, patience] of [
      ['SIGINT', 60_000],
      ['SIGQUIT', 15_000],
      ['SIGKILL', 5_000],
    ] as const) {
      child.kill(signal);
      const waiting = new AbortController();
      const isClosed = await Promise.race([closed.then(() => true), sleep(patience, false, { signal: waiting.signal }).catch(() => false)]);
      waiting.abort();
      if (isClosed) return;
    }
  };

  try {
    const guard = await guardAgainstOurDeath(pid, account);
    const exited = closed.then(async ({ code, signal }): Promise<PostgresExit> => {
      const end: PostgresExit = isStopping ? { kind: 'stopped' } : { kind: 'died', code, signal, output: tail.join('\n') };
      await guard.dismiss();
      return end;
    });
    let hasEnded = false;
    void exited.then(() => (hasEnded = true));
    for (const end = Date.now() + startPatience; ; await sleep(15)) {
      if (hasEnded || Date.now() > end) throw new PostmasterFailed(tail.join('\n'));
      const file = await readPostmasterFile(home.cluster);
      if (file?.pid === pid && file.isReady) break;
    }
    let stopping: Promise<void> | undefined;
    return { pid, exited, stop: () => (stopping ??= stop().then(async () => void (await exited))) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serverArguments({ home, durable, port }: PostmasterSettings): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // A failed statement is reported to whoever sent it; its text may hold what no log should.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', home.cluster, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
