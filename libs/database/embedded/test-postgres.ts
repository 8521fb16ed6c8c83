import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';

import { lockHolder } from './data-directory-lock.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { errorCode } from './error-code.js';

/** A Postgres that tests may fill with databases of their own. */
export interface TestPostgres {
  /** Superuser URL of its maintenance database. */
  readonly adminUrl: string;
  readonly stop: () => Promise<void>;
}

/** A new, empty database. */
export interface FreshDatabase {
  /** Superuser URL. */
  readonly url: string;
  readonly name: string;
  /** Removes it, breaking connections that are still open. */
  drop(): Promise<void>;
}

const folderPrefix = 'bulwark-test-postgres-';

/**
 * The Postgres of a test run: the one that BULWARK_TEST_DATABASE_URL names (a superuser's URL), which is left running,
 * or an embedded one that forgets everything at stop.
 */
export async function testPostgres(): Promise<TestPostgres> {
  const external = process.env['BULWARK_TEST_DATABASE_URL'];
  if (external !== undefined && external !== '') return { adminUrl: external, stop: async () => undefined };

  await removeAbandoned();
  const dataDirectory = join(tmpdir(), `${folderPrefix}${randomUUID()}`);
  const postgres = await startEmbeddedPostgres({ dataDirectory, durable: false });
  return {
    adminUrl: postgres.adminUrl,
    async stop() {
      await postgres.stop();
      // The cluster may lie elsewhere than in the wished directory.
      for (const folder of [dirname(postgres.cluster), dataDirectory]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates a database with a random name. Tests on different ones do not see each other, except for roles. */
export async function freshDatabase(adminUrl: string): Promise<FreshDatabase> {
  const name = `bulwark_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  await execute(adminUrl, `create database ${escapeIdentifier(name)} template template0 encoding 'UTF8'`);
  return {
    url: url.href,
    name,
    drop: () => execute(adminUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Test runs that were killed leave their folder; one that is young may belong to a run that is just starting. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      const { uid, mtimeMs } = await stat(folder);
      if (uid !== process.getuid?.() || Date.now() - mtimeMs < 60_000 || (await lockHolder(folder))) continue;
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      // Another run tidies up at the same moment.
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTEMPTY') throw error;
    }
  }
}
