import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetFiles, type AssetName } from './asset-files.js';

const require = createRequire(import.meta.url);
const copies = fileURLToPath(new URL('./assets/', import.meta.url));

const held = new Map<AssetName, Promise<Buffer>>();

/** Read once, then held: they are few and do not change. */
export function asset(name: AssetName): Promise<Buffer> {
  const content = held.get(name) ?? readFile(placeOf(name));
  held.set(name, content);
  return content;
}

/** The build's copy; from the package itself where nothing was built. */
function placeOf(name: AssetName): string {
  const copy = join(copies, name);
  const [pkg, path] = assetFiles[name];
  return existsSync(copy) ? copy : join(dirname(require.resolve(`${pkg}/package.json`)), path);
}
