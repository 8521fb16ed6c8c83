import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';

import { programEnvironment } from './run-program.js';

/** A process and when it started, so that a later process with the same number is not taken for it. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** The mark of our own process. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** Whether the marked process, and not another one with its number, still runs. In doubt it does. */
export function isRunning(mark: ProcessMark): boolean {
  if (!isAlive(mark.pid)) return false;
  const started = startOf(mark.pid);
  return started === undefined || started === mark.started;
}

/** Whether any process has this number. One that has ended and only waits to be collected does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return processStat(pid)?.state !== 'Z';
}

/** Whether this process is the Postgres server of this data directory (the absolute path it was started with). */
export function isPostmasterOf(cluster: string, pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    try {
      // A server works in its data directory. Where we may not look, it is another user's process and so not ours.
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    } catch {
      return false;
    }
  }
  return ps(pid, 'command').includes(` -D ${cluster} `);
}

function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return ps(pid, 'lstart') || undefined;
  const stat = processStat(pid);
  return stat && `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${stat.started}`;
}

function processStat(pid: number): { readonly state: string; readonly started: string } | undefined {
  if (process.platform !== 'linux') {
    const state = ps(pid, 'stat');
    return state === '' ? undefined : { state: state.slice(0, 1), started: '' };
  }
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // Gone meanwhile, or hidden from us.
  }
  // The name may hold spaces and brackets; the fields that matter follow its closing bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

function ps(pid: number, column: string): string {
  // It prints start times in the zone and language it is told: always the same, since marks are compared as text.
  const { stdout } = spawnSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', env: programEnvironment });
  return stdout?.trim() ?? '';
}
