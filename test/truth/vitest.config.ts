import { defineConfig } from 'vitest/config';

/** Our verdicts beside those that others wrote: `BULWARK_TRUTH_DIR=… npm run truth`. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/truth/**/*.spec.ts'], globalSetup: ['./test/support/run-folder.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 120_000, disableConsoleIntercept: true },
});
