import { spawn } from 'node:child_process';

import type { PostgresAccount } from './postgres-account.js';

/** A program that ran and failed, or could not be run at all (`spawnCode`). `output` is the end of what it wrote. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';

  constructor(
    program: string,
    readonly output: string,
    readonly spawnCode?: string,
  ) {
    super(`${program} failed: ${output}`);
  }
}

/**
 * Everything a Postgres program gets to see of our environment. A missing or foreign locale, PGDATA, PGPORT,
 * TMPDIR or LD_LIBRARY_PATH must not change what it does.
 */
export const programEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Runs a program to its end as the given account (undefined: as ourselves) and returns what it printed. */
export async function runProgram(
  account: PostgresAccount | undefined,
  program: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const child = spawn(program, args, {
    uid: account?.uid,
    gid: account?.gid,
    cwd: '/',
    env: programEnvironment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)));
  // A program that ends without reading its input breaks the pipe; its exit code already tells.
  child.stdin.on('error', () => undefined).end(input);

  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(new ProgramFailed(program, error.message, error.code)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new ProgramFailed(program, output.trim() || printed.slice(-4000).trim() || `ended with ${signal ?? code}`));
    });
  });
}
