// Compiles to dist and copies what is no code. The stamp is written last: a build that was interrupted is stale.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const started = new Date();
rmSync(join(dist, '.built'), { force: true });
if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], { cwd: root, stdio: 'inherit' });
mkdirSync(join(dist, 'apps/standalone/sample'), { recursive: true });
cpSync(join(root, 'apps/standalone/sample/shop.yaml'), join(dist, 'apps/standalone/sample/shop.yaml'));
await import('./copy-page-assets.mjs');
writeFileSync(join(dist, '.built'), `${started.toISOString()}\n`);
