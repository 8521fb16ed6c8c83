import { defineConfig } from 'vitest/config';

/** The production shape as processes, on a Postgres and a Redis of its own. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/topology/**/*.spec.ts'],
    pool: 'forks',
    // Six processes of ours at once, two of them at work.
    maxWorkers: 1,
    // A worker that was killed shows no life for a minute before another takes over.
    testTimeout: 150_000,
    hookTimeout: 120_000,
  },
});
