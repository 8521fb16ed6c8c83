import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { errorCode } from './error-code.js';

/** The superuser's password as kept in the home folder, readable by us alone; undefined if it was never set or is lost. */
export async function readPassword(folder: string): Promise<string | undefined> {
  try {
    const password = (await readFile(passwordPath(folder), 'utf8')).trim();
    return /^[\w-]{20,}$/.test(password) ? password : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a new password and keeps it. It has only characters that need no quoting in a URL or in SQL. */
export async function newPassword(folder: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const draft = join(folder, `password-draft-${randomUUID()}`);
  await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, passwordPath(folder));
  return password;
}

export function passwordPath(folder: string): string {
  return join(folder, 'superuser-password');
}
