import { createServer } from 'node:net';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EmbeddedPostgresError, startEmbeddedPostgres } from './embedded-postgres.js';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.js';
import { isAlive } from './process-life.js';

const isRoot = process.getuid?.() === 0;

describe('startEmbeddedPostgres', () => {
  let folder: string;
  let dataDirectory: string;
  let lines: string[];
  let started: EmbeddedPostgres[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulwark-embedded-'));
    await chmod(folder, 0o755);
    dataDirectory = join(folder, "data of Bulwark's ünit");
    lines = [];
    started = [];
  });
  afterEach(async () => {
    for (const postgres of started) await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataDirectory, durable: false, log: (line) => lines.push(line), ...options });
    started.push(postgres);
    return postgres;
  }

  it('starts cold, keeps data and password, starts warm, and leaves nothing running', async () => {
    const cold = await start();
    await query(cold.adminUrl, 'create table kept as select 42 as answer');
    expect(await query(cold.adminUrl, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(cold.adminUrl, "select lower('ÄÉ') as lower")).toEqual([{ lower: 'äé' }]);
    await cold.stop();
    expect(await cold.exited).toEqual({ kind: 'stopped' });
    expect(isAlive(cold.pid)).toBe(false);
    expect(await sharedMemoryOf(cold.pid)).toEqual([]);

    const warm = await start();
    expect(new URL(warm.adminUrl).password).toBe(new URL(cold.adminUrl).password);
    expect(await query(warm.adminUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await warm.stop();
    await warm.stop();
    expect(lines).toEqual([]);
  });

  it('is durable unless told otherwise', async () => {
    const { adminUrl } = await start({ durable: true });
    const settings = "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')";
    expect(new Set((await query(adminUrl, settings)).map((row) => row['setting']))).toEqual(new Set(['on']));
  });

  it('lets nobody in without the password, which is in a file for us alone', async () => {
    const { adminUrl } = await start();
    const url = new URL(adminUrl);
    url.password = 'guess';
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const path = join(dataDirectory, 'superuser-password');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'utf8')).trim()).toBe(new URL(adminUrl).password);
  });

  it('sets a new password if the kept one is lost', async () => {
    const before = await start();
    await query(before.adminUrl, 'create table kept (id int)');
    await before.stop();
    await rm(join(dataDirectory, 'superuser-password'));
    const after = await start();
    expect(new URL(after.adminUrl).password).not.toBe(new URL(before.adminUrl).password);
    await query(after.adminUrl, 'select from kept');
  });

  it('takes another port if the wished one is taken, and the wished one if it is free', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const address = busy.address();
    const wished = typeof address === 'object' && address !== null ? address.port : 0;
    const elsewhere = await start({ port: wished });
    expect(elsewhere.port).not.toBe(wished);
    expect(lines).toEqual([`Port ${wished} is taken; Postgres listens on ${elsewhere.port}.`]);
    await elsewhere.stop();
    busy.close();
    await once(busy, 'close');
    expect((await start({ port: wished })).port).toBe(wished);
  });

  it('runs twice at once on two data directories, but not on one', async () => {
    const [one, two] = await Promise.all([start({ port: 54_329 }), start({ dataDirectory: join(folder, 'other'), port: 54_329 })]);
    expect(one.port).not.toBe(two.port);
    const refused = await start().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(EmbeddedPostgresError);
    expect(refused).toMatchObject({ code: 'in-use', message: expect.stringContaining(`process ${process.pid}`) });
    await query(one.adminUrl, 'select 1');
  });

  it('tells when Postgres dies, and starts again on what it left', async () => {
    const first = await start({ durable: true });
    await query(first.adminUrl, 'create table kept (id int)');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toMatchObject({ kind: 'died', code: null, signal: 'SIGKILL' });
    const second = await start();
    await query(second.adminUrl, 'select from kept');
    await first.stop();
  });

  it('starts although the number of a killed Postgres has gone to another process', async () => {
    const first = await start();
    const file = join(first.cluster, 'postmaster.pid');
    const text = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, text.replace(String(first.pid), String(process.pid)));
    expect(await query((await start()).adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts from nothing when asked to', async () => {
    const before = await start();
    await query(before.adminUrl, 'create table old (id int)');
    await before.stop();
    const { adminUrl } = await start({ fresh: true });
    await expect(query(adminUrl, 'select from old')).rejects.toMatchObject({ code: '42P01' });
  });

  it('leaves a database of another major version alone', async () => {
    const { cluster, stop } = await start();
    await stop();
    await writeFile(join(cluster, 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({ code: 'version-mismatch', message: expect.stringContaining('Postgres 15') });
  });

  it('says what Postgres said when it does not start, and frees the directory', async () => {
    const { cluster, stop } = await start();
    await stop();
    const settings = join(cluster, 'postgresql.conf');
    const text = await readFile(settings, 'utf8');
    await writeFile(settings, `${text}\nno_such_setting = 1\n`);
    await expect(start()).rejects.toMatchObject({ code: 'start-failed', message: expect.stringContaining('no_such_setting') });
    await writeFile(settings, text);
    await start();
  });

  it('cleans up after a start that was killed while making the database', async () => {
    await mkdir(join(dataDirectory, 'cluster-draft-of-earlier', 'cluster'), { recursive: true });
    await writeFile(join(dataDirectory, 'cluster-draft-of-earlier', 'cluster', 'PG_VERSION'), '18\n');
    await start();
    expect((await readdir(dataDirectory)).filter((name) => name.includes('draft'))).toEqual([]);
  });

  it('refuses a folder in the place of the database that holds something else', async () => {
    await mkdir(join(dataDirectory, 'cluster'), { recursive: true });
    await writeFile(join(dataDirectory, 'cluster', 'holiday.jpg'), '');
    if (isRoot) await chown(join(dataDirectory, 'cluster'), 65_534, 65_534);
    await expect(start()).rejects.toMatchObject({ code: 'init-failed' });
    expect(await readdir(join(dataDirectory, 'cluster'))).toEqual(['holiday.jpg']);
  });

  it('refuses a data directory that is a file', async () => {
    await writeFile(dataDirectory, '');
    await expect(start()).rejects.toMatchObject({ code: 'init-failed', message: expect.stringContaining(dataDirectory) });
  });

  it.runIf(isRoot)('refuses data of root, and runs as whoever owns the data', async () => {
    const { cluster, stop } = await start();
    await stop();
    const owner = await stat(cluster);
    expect(owner.uid).not.toBe(0);
    await chown(cluster, 0, 0);
    await expect(start()).rejects.toMatchObject({ code: 'wrong-owner' });
    await chown(cluster, owner.uid, owner.gid);
    const again = await start();
    expect((await stat(`/proc/${again.pid}`)).uid).toBe(owner.uid);
  });

  it.runIf(isRoot)('keeps the data elsewhere, and finds it again, if Postgres may not enter the wished directory', async () => {
    await chmod(folder, 0o700);
    const first = await start();
    try {
      await query(first.adminUrl, 'create table kept (id int)');
      await first.stop();
      expect(lines).toEqual([expect.stringContaining(`the database is kept in ${dirname(first.cluster)}`)]);
      const second = await start();
      expect(second.cluster).toBe(first.cluster);
      await query(second.adminUrl, 'select from kept');
      await second.stop();
    } finally {
      await rm(dirname(first.cluster), { recursive: true });
    }
  });
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // The server may be killed under us; the query then fails.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** System V segments made by this process (Linux). */
async function sharedMemoryOf(pid: number): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const table = await readFile('/proc/sysvipc/shm', 'utf8');
  return table.split('\n').filter((line) => line.trim().split(/\s+/)[4] === String(pid));
}
