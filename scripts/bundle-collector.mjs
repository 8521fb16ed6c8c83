// The node collector as one file that needs nothing beside it: a node has no node_modules.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(fileURLToPath(import.meta.url), '../..');
export const collectorFile = join(root, 'dist/apps/agent/bulwark-node-collector.mjs');

export async function bundleCollector(file = collectorFile) {
  const bundle = await rolldown({
    input: join(root, 'apps/agent/main.ts'),
    cwd: root,
    platform: 'node',
    resolve: {
      conditionNames: ['source', 'import', 'node', 'default'],
      // For Node yaml has CommonJS only, of which nothing can be left out and which asks for modules while it runs.
      alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    },
    external: /^node:/,
    treeshake: true,
    onLog: (_level, log) => {
      // What is left out here is missing on the node.
      throw new Error(log.message);
    },
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false, minify: false, sourcemap: false, banner: '#!/usr/bin/env node' });
  await bundle.close();
}
