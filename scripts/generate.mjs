// Writes every generated file from the build: the API's documents, the pages of the controls, the table of settings.
// With --check nothing is written, and what is stale is named.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isCheck = process.argv.includes('--check');
execFileSync(process.execPath, [join(root, 'scripts/build-if-stale.mjs')], { stdio: 'inherit' });

let isFresh = true;
for (const script of ['generate-api-docs.mjs', 'generate-control-docs.mjs']) {
  try {
    execFileSync(process.execPath, [join(root, 'scripts', script), ...(isCheck ? ['--check'] : [])], { stdio: 'inherit' });
  } catch {
    isFresh = false;
  }
}

const { settingsTable } = await import('../dist/libs/operations/settings-table.js');
const file = join(root, 'docs/settings.md');
const text = settingsTable();
if (!isCheck) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
} else if (read(file) !== text) {
  console.error('docs/settings.md no longer says what the settings are. Run: npm run generate');
  isFresh = false;
}
process.exit(isFresh ? 0 : 1);

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
