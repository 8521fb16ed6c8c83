import { randomUUID } from 'node:crypto';
import { chmod, link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { errorCode } from './error-code.js';
import { isRunning, ownMark } from './process-life.js';
import type { ProcessMark } from './process-life.js';

/** Sole use of a data directory until released, or until our process ends in whatever way. */
export interface DataDirectoryLock {
  release(): Promise<void>;
}

interface Claim {
  readonly number: number;
  readonly holder: ProcessMark | undefined;
}

/**
 * Takes the data directory for this process, or throws `in-use` naming the process that has it.
 *
 * Node has no flock, a socket path may be too long, and a TCP port says nothing about a directory: so the lock is a
 * file that names its holder by pid and start time, which kill -9 or a reboot makes void. Nobody removes a void
 * claim to replace it (two starters could each remove the other's fresh one); it is outnumbered: the exclusive
 * creation of `lock.<n+1>` has one winner, and the highest number counts.
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  const draft = join(directory, `lock-draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(ownMark()), { flag: 'wx' });
  try {
    await chmod(draft, 0o644); // After a start as root under a narrow umask, the directory's owner must still read it.
    const mine = await claim(directory, draft);
    return {
      async release() {
        await truncate(lockPath(directory, mine)).catch((error: unknown) => {
          // Whoever removed the directory has freed it too.
          if (errorCode(error) !== 'ENOENT') throw error;
        });
      },
    };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Who holds the directory now, if anyone does. */
export async function lockHolder(directory: string): Promise<ProcessMark | undefined> {
  const { holder } = await highestClaim(directory);
  return holder && isRunning(holder) ? holder : undefined;
}

async function claim(directory: string, draft: string): Promise<number> {
  for (;;) {
    const { number: highest, holder } = await highestClaim(directory);
    if (holder !== undefined && isRunning(holder)) throw inUse(directory, holder.pid);
    const mine = highest + 1;
    try {
      await link(draft, lockPath(directory, mine));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw error;
    }
    // A starter that slept since it looked may have taken a number that was used and tidied away long ago.
    if ((await highestClaim(directory)).number === mine) {
      await removeBelow(directory, mine);
      return mine;
    }
    await rm(lockPath(directory, mine), { force: true });
  }
}

async function highestClaim(directory: string): Promise<Claim> {
  for (;;) {
    const number = Math.max(0, ...(await claimNumbers(directory)));
    if (number === 0) return { number, holder: undefined };
    try {
      return { number, holder: parseHolder(await readFile(lockPath(directory, number), 'utf8')) };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** A claim that names nobody, because it was released or its disk lost the text, holds nothing. */
function parseHolder(text: string): ProcessMark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return undefined;
  const { pid, started } = value;
  return Number.isInteger(pid) && typeof pid === 'number' && pid > 0 && typeof started === 'string' ? { pid, started } : undefined;
}

async function claimNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^lock\.\d{1,9}$/.test(name)).map((name) => Number(name.slice('lock.'.length)));
}

async function removeBelow(directory: string, mine: number): Promise<void> {
  for (const number of await claimNumbers(directory)) {
    if (number < mine) await rm(lockPath(directory, number), { force: true });
  }
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock.${number}`);
}

function inUse(directory: string, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'in-use',
    `The data directory ${directory} is in use by process ${pid}.`,
    'Stop that process first, or choose another data directory for this one.',
  );
}
