// Compiles to dist and copies what is no code. The stamp is written last: a build that was interrupted is stale.
// --fast leaves out the check of types, which changes nothing in what is written and takes most of the time.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const started = new Date();
rmSync(join(dist, '.built'), { force: true });
if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
const args = [join(root, 'node_modules/typescript7/bin/tsc'), '-p', join(root, 'tsconfig.build.json'), ...(process.argv.includes('--fast') ? ['--noCheck'] : [])];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
// The compiler has said what is wrong.
if (status !== 0) process.exit(status ?? 1);
mkdirSync(join(dist, 'apps/standalone/sample'), { recursive: true });
cpSync(join(root, 'apps/standalone/sample/shop.yaml'), join(dist, 'apps/standalone/sample/shop.yaml'));
const { bundleCollector } = await import('./bundle-collector.mjs');
await bundleCollector();
// The packages they come from are not there in production.
await import('./copy-page-assets.mjs');
writeFileSync(join(dist, '.built'), `${started.toISOString()}\n`);
