// Writes docs/openapi.json and docs/schema.graphql from the built API; with --check it only says whether they are fresh.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { apiDocuments } = await import('../dist/apps/api/docs/api-documents.js');
const isCheck = process.argv.includes('--check');
const stale = [];
for (const [path, text] of Object.entries(await apiDocuments())) {
  const file = join(root, path);
  if (isCheck) {
    let committed = '';
    try {
      committed = readFileSync(file, 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    if (committed !== text) stale.push(path);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
if (stale.length > 0) {
  console.error(`${stale.join(' and ')} no longer say what the API does. Run: npm run build && node scripts/generate-api-docs.mjs`);
  process.exit(1);
}
// Nest and Mercurius leave nothing behind, but a generator must end whatever they do.
process.exit(0);
