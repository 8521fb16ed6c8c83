import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freshDatabase, testPostgres } from './test-postgres.js';
import type { TestPostgres } from './test-postgres.js';

describe('freshDatabase', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await testPostgres();
  });
  afterAll(() => postgres.stop());

  it('gives databases that are empty, apart, and gone after drop, open connections or not', async () => {
    const [one, two] = await Promise.all([freshDatabase(postgres.adminUrl), freshDatabase(postgres.adminUrl)]);
    expect(one.name).not.toBe(two.name);
    const client = new Client({ connectionString: one.url });
    const broken = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('create table mine (id int)');
    const other = new Client({ connectionString: two.url });
    await other.connect();
    expect((await other.query("select from pg_tables where schemaname = 'public'")).rowCount).toBe(0);
    await other.end();
    await one.drop();
    await expect(broken).resolves.toMatchObject({ code: '57P01' });
    await two.drop();
    await two.drop();
    await expect(new Client({ connectionString: one.url }).connect()).rejects.toMatchObject({ code: '3D000' });
  });
});
