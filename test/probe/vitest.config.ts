import { defineConfig } from 'vitest/config';
export default defineConfig({
  root: '/work/main',
  resolve: { conditions: ['source'], alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/probe/**/*.probe.ts'], globalSetup: ['./test/support/postgres-global-setup.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 120000, hookTimeout: 120000 },
});
