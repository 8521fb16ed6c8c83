import type { TestProject } from 'vitest/node';

// Relative, because vitest resolves the imports of a global setup without the `source` condition.
import { testPostgres } from '../../libs/database/embedded/test-postgres.js';
import type { TestPostgres } from '../../libs/database/embedded/test-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the run's Postgres: `freshDatabase(inject('postgresAdminUrl'))`. */
    readonly postgresAdminUrl: string;
  }
}

let postgres: TestPostgres | undefined;

/** Starts one Postgres for all files of a test run. */
export async function setup(project: TestProject): Promise<void> {
  postgres = await testPostgres();
  project.provide('postgresAdminUrl', postgres.adminUrl);
}

export async function teardown(): Promise<void> {
  await postgres?.stop();
}
