import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'bulwark-run-';

/** One folder for all that tests of a run put into the temp folder, which others may pass through. Gone with its run, whatever tests leave in it. */
export function makeRunFolder(parent: string = tmpdir()): { readonly path: string; remove(): void } {
  removeAbandoned(parent);
  const path = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs that were killed leave theirs. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid) && isOurs(join(parent, name))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

const isOurs = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** For a whole run: workers inherit where it is. */
export function setup(): () => void {
  const folder = makeRunFolder();
  process.env['BULWARK_TEST_FOLDER'] = folder.path;
  return folder.remove;
}
