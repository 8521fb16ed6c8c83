import { defineConfig } from 'vitest/config';

/** The parts together: real Postgres, real HTTP. */
export default defineConfig({
  resolve: {
    conditions: ['source'],
    // Vite would take the package's other build than Node does, and two copies of graphql do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/e2e/**/*.spec.ts', 'test/first-run/**/*.spec.ts', 'test/integration/**/*.spec.ts'],
    globalSetup: ['./test/support/run-folder.ts', './test/support/postgres-global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
