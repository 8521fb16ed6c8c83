import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startEmbeddedPostgres } from './embedded-postgres.js';
import { isAlive } from './process-life.js';

const checkout = join(import.meta.dirname, '..', '..', '..');

// Says where Postgres is, works on when interrupted, and shows at the end that Postgres was there until then.
const program = `
import { startEmbeddedPostgres } from './embedded-postgres.js';
import pg from 'pg';
const log = (line) => console.log(JSON.stringify({ line }));
const postgres = await startEmbeddedPostgres({ dataDirectory: process.argv[2], durable: false, log });
const client = new pg.Client(postgres.adminUrl);
await client.connect();
const keepAlive = setInterval(() => undefined, 1000);
process.on('SIGINT', () => setTimeout(async () => {
  await client.query('create table written_after_interrupt (id int)');
  await client.end();
  await postgres.stop();
  clearInterval(keepAlive);
}, 300));
console.log(JSON.stringify({ pid: postgres.pid, adminUrl: postgres.adminUrl }));
`;

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly adminUrl: string;
  readonly lines: readonly string[];
}

describe('the embedded Postgres of a process that is ended from outside', () => {
  let compiled: string;
  let folder: string;
  let dataDirectory: string;
  let children: ChildProcess[];
  let servers: number[];

  beforeAll(async () => {
    // Node 20 does not run TypeScript, and the point is a process of its own.
    compiled = await mkdtemp(join(tmpdir(), 'bulwark-compiled-'));
    await promisify(execFile)(process.execPath, [
      join(checkout, 'node_modules/typescript7/bin/tsc'),
      ...'--ignoreConfig --skipLibCheck --target es2023 --module nodenext --types node --typeRoots'.split(' '),
      join(checkout, 'node_modules/@types'),
      '--outDir',
      compiled,
      '--rootDir',
      import.meta.dirname,
      join(import.meta.dirname, 'embedded-postgres.ts'),
    ]);
    await writeFile(join(compiled, 'package.json'), '{"type":"module"}');
    await writeFile(join(compiled, 'program.js'), program);
    await symlink(join(checkout, 'node_modules'), join(compiled, 'node_modules'));
  });
  afterAll(() => rm(compiled, { recursive: true, force: true }));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulwark-crash-'));
    await chmod(folder, 0o755);
    dataDirectory = join(folder, 'data');
    children = [];
    servers = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await expect.poll(() => servers.filter(isAlive), { timeout: 20_000 }).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });

  async function startProgram(env: NodeJS.ProcessEnv = process.env): Promise<Running> {
    const child = spawn(process.execPath, [join(compiled, 'program.js'), dataDirectory], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let errors = '';
    child.stderr.on('data', (text) => (errors += text));
    const lines: string[] = [];
    for await (const text of createInterface({ input: child.stdout })) {
      const said: { line?: string; pid?: number; adminUrl?: string } = JSON.parse(text);
      if (said.line !== undefined) lines.push(said.line);
      if (said.pid === undefined || said.adminUrl === undefined) continue;
      servers.push(said.pid);
      return { child, pid: said.pid, adminUrl: said.adminUrl, lines };
    }
    throw new Error(errors);
  }

  it('shuts down by itself after kill -9, and the next start has what was committed', async () => {
    const { child, pid, adminUrl } = await startProgram();
    await query(adminUrl, 'create table kept (id int)');
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    const next = await startProgram();
    expect(next.lines).toEqual([]);
    await query(next.adminUrl, 'select from kept');
  });

  it('is taken over by a start at the very moment of the kill', async () => {
    const { child, adminUrl } = await startProgram();
    await query(adminUrl, 'create table kept (id int)');
    child.kill('SIGKILL');
    expect(await query((await startProgram()).adminUrl, 'select id from kept')).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('is stopped by the next start if it was left running', async () => {
    const { child, pid, adminUrl } = await startProgram();
    await query(adminUrl, 'create table kept (id int)');
    process.kill(await guardOf(pid), 'SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isAlive(pid)).toBe(true);

    const next = await startProgram();
    expect(next.lines).toEqual([`Postgres (process ${pid}) of an earlier run is still there; stopping it.`]);
    expect(isAlive(pid)).toBe(false);
    await query(next.adminUrl, 'select from kept');
  });

  it.runIf(process.platform === 'linux')(
    'outlives Ctrl-C until the process has closed its connections, and leaves nobody behind',
    async () => {
      const { child, pid } = await startProgram();
      const guard = await guardOf(pid);
      process.kill(-(child.pid ?? 0), 'SIGINT');
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
      expect([pid, guard].filter(isAlive)).toEqual([]);
      await query((await startProgram()).adminUrl, 'select from written_after_interrupt');
    },
  );

  it('names the other process that has the data directory, and does not disturb it', async () => {
    const { child, adminUrl } = await startProgram();
    await expect(startEmbeddedPostgres({ dataDirectory, durable: false })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    await query(adminUrl, 'select 1');
  });

  it('does not care for a bare environment, a TMPDIR that is not there, or variables meant for another Postgres', async () => {
    const bare = await startProgram({
      TMPDIR: '/nonexistent/tmp',
      PGDATA: '/nonexistent',
      PGPORT: '1',
      PGUSER: 'x',
      LC_ALL: 'xx_XX.Nonsense',
    });
    expect(await query(bare.adminUrl, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  });
});

async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The process that watches over this Postgres (Linux). */
async function guardOf(postmaster: number): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''); // Gone meanwhile.
    if (command.endsWith(`\0bulwark-postgres-guard\0${postmaster}\0`)) return Number(name);
  }
  throw new Error(`Nobody watches over ${postmaster}.`);
}
