// Builds when a source is newer than the last build; otherwise touches nothing, so that a checkout which was
// built once starts from a read-only disk.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist/.built');

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const sources = ['apps', 'libs', 'migrations', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
const isFresh = existsSync(stamp) && sources.every((name) => newest(join(root, name)) <= statSync(stamp).mtimeMs);
if (!isFresh) {
  process.stderr.write('building …\n');
  try {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    if (error.code === 'EROFS' || error.code === 'EACCES') process.stderr.write('this checkout cannot be written: build it once where it can (npm run build)\n');
    process.exit(1);
  }
}
