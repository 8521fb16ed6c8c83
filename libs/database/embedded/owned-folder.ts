import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from './error-code.js';

/** Makes a folder with its parents; what is newly made gets `mode` whatever the umask, what was there is left as it is. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  if (await isMade(path, mode)) return;
  // Not `recursive`: Node's goes round for ever where a parent is there and yet refuses with ENOENT, as in /proc.
  if (dirname(path) !== path) await makeFolder(dirname(path), mode);
  if (!(await isMade(path, mode))) throw new Error(`No folder ${path} can be made.`);
}

/** False if the parent is missing. */
async function isMade(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return true;
    throw error;
  }
  await chmod(path, mode);
  return true;
}

/**
 * Makes or accepts a folder that only we can have filled. In a shared place such as /tmp someone else may have made
 * it before us, and what lies in it must not be run or trusted then.
 */
export async function makeOwnFolder(path: string, mode: number): Promise<void> {
  await makeFolder(path, mode);
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${path} is not a folder that only user ${process.getuid?.()} can write.`);
  }
}
