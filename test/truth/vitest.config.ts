import { defineConfig } from 'vitest/config';

/** `BULWARK_TRUTH=… npx vitest run --config test/truth/vitest.config.ts` */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/truth/*.spec.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 120_000 },
});
