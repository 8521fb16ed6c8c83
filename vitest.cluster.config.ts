import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    conditions: ['source'],
    // Vite would take the package's other build than Node does, and two copies of graphql do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/cluster/**/*.spec.ts'],
    globalSetup: ['./test/support/run-folder.ts', './test/support/postgres-global-setup.ts'],
    pool: 'forks',
    // A control plane takes a gigabyte and both cores while it starts.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
