import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { postmasterFilePath, readPostmasterFile } from './postmaster-file.js';
import { isPostmasterOf } from './process-life.js';

// Above every system's highest process number.
const nobodysPid = '2147483647';

/**
 * Stops a Postgres that a killed earlier run has left on this cluster, and waits until it is gone. To be called with
 * the data directory locked: then a server that still runs there has nobody to serve.
 */
export async function stopOrphan(cluster: string, log: (line: string) => void): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (file === undefined) return;
  const { pid } = file;
  if (!isPostmasterOf(cluster, pid)) {
    await disownFile(cluster);
    return;
  }

  log(`Postgres (process ${pid}) of an earlier run is still there; stopping it.`);
  if (await stopped(cluster, pid, 'SIGINT', 60_000)) return;
  if (await stopped(cluster, pid, 'SIGQUIT', 15_000)) return;
  throw new EmbeddedPostgresError(
    'in-use',
    `Postgres (process ${pid}) of an earlier run does not stop.`,
    `Stop it with \`kill -9 ${pid}\`, then start again.`,
  );
}

/**
 * Postgres takes the file for void only if nothing has its number, but that may have gone to another program, or to an
 * ended process that nobody collects. The rest of the file stays: it lets Postgres see whether children of the killed
 * server still use its memory.
 */
async function disownFile(cluster: string): Promise<void> {
  const path = postmasterFilePath(cluster);
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^\d+/, nobodysPid), { flag: 'r+' });
}

async function stopped(cluster: string, pid: number, signal: NodeJS.Signals, patience: number): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to stop; the wait tells which.
  }
  for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
    if (!isPostmasterOf(cluster, pid)) return true;
  }
  return false;
}
