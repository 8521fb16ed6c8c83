// Copies what the pages /docs and /graphiql load into dist, so that they need neither the internet nor the packages.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const target = join(dirname(fileURLToPath(import.meta.url)), '../dist/apps/api/docs/assets');
const { assetFiles } = await import('../dist/apps/api/docs/asset-files.js');
mkdirSync(target, { recursive: true });
for (const [name, [pkg, path]] of Object.entries(assetFiles)) cpSync(join(dirname(require.resolve(`${pkg}/package.json`)), path), join(target, name));
