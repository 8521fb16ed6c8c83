import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from './error-code.js';

/** What a Postgres server writes about itself in its data directory for as long as it runs. */
export interface PostmasterFile {
  readonly pid: number;
  readonly isReady: boolean;
}

export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  try {
    return parsePostmasterFile(await readFile(postmasterFilePath(cluster), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function postmasterFilePath(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const pid = Number(/^\d+$/m.exec(text.split('\n', 1)[0] ?? '')?.[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  // The status is the last line, padded with spaces.
  return { pid, isReady: text.trimEnd().split('\n').at(-1)?.trim() === 'ready' };
}
