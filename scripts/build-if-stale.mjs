// Builds when a source is newer than the last build; otherwise touches nothing, so that a checkout which was
// built once starts from a read-only disk.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const lock = join(dist, '.building');
const sources = ['apps', 'libs', 'migrations', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const isFresh = () => existsSync(stamp) && sources.every((name) => newest(join(root, name)) <= statSync(stamp).mtimeMs);

/** False where another start is building at this moment. */
function take() {
  mkdirSync(dist, { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes the lock of a build that was killed. */
function breakDeadLock() {
  try {
    const builder = Number(readFileSync(lock, 'utf8'));
    // Just made, and not written yet.
    if (builder === 0 && Date.now() - statSync(lock).mtimeMs < 5_000) return;
    if (builder > 0) process.kill(builder, 0);
    else rmSync(lock, { force: true });
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
    else if (error.code !== 'ENOENT' && error.code !== 'EPERM') throw error;
  }
}

async function build() {
  while (!take()) {
    breakDeadLock();
    await sleep(100);
  }
  try {
    if (isFresh()) return 0;
    process.stderr.write('building …\n');
    return spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--fast'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
  } finally {
    rmSync(lock, { force: true });
  }
}

if (!isFresh()) {
  try {
    process.exitCode = await build();
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error;
    process.stderr.write(`${root} has to be built first, and this user cannot write there. Run \`npm run build\` as one who can.\n`);
    process.exitCode = 1;
  }
}
