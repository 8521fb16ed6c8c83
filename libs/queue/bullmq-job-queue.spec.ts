import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import type { Job } from '#application/ports/job-queue.js';
import { freshDatabase } from '#database/embedded/test-postgres.js';
import type { Log, LogFields } from '#operations/log.js';
import { findRedis, startTestRedis } from '#test/support/redis.js';
import { severableProxy } from '#test/support/severable-proxy.js';
import type { SeverableProxy } from '#test/support/severable-proxy.js';

import { createJobQueue } from './bullmq-job-queue.js';
import type { JobQueueOptions, ObservableJobQueue } from './bullmq-job-queue.js';
import { QueueUnavailableError } from './deadline.js';
import { migrateQueue } from './migrate-queue.js';

const checkout = join(import.meta.dirname, '..', '..');
const timing = { lockMs: 3_000, stalledCheckMs: 1_000 };

interface Entry extends LogFields {
  readonly level: string;
  readonly message: string;
}

/** A log that can be read. */
function recordingLog(entries: Entry[]): Log {
  const at = (level: string) => (fields: LogFields, message: string) => void entries.push({ ...fields, level, message });
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}

const jobOf = (over: Partial<Job> = {}): Job => ({ id: randomUUID(), topic: 'scan.run', tenantId: 'tenant-1', subjectId: 'scan-1', ...over });

async function until(what: string, condition: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}`);
    await sleep(20);
  }
}

interface Server {
  readonly backend: JobQueueOptions['backend'];
  /** The same backend through another address. */
  through(port: number): JobQueueOptions['backend'];
  readonly address: { readonly host: string; readonly port: number };
  stop(): Promise<void>;
}

async function startRedis(): Promise<Server> {
  const redis = await startTestRedis();
  const url = new URL(redis.url);
  return {
    backend: { kind: 'redis', url: redis.url },
    through: (port) => ({ kind: 'redis', url: at(url, port) }),
    address: { host: url.hostname, port: Number(url.port) },
    stop: () => redis.stop(),
  };
}

async function startPostgres(): Promise<Server> {
  const database = await freshDatabase(inject('postgresAdminUrl'));
  const role = `queue_app_${randomUUID().slice(0, 8)}`;
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await admin(`create role ${role} login password 'app' nosuperuser nocreatedb nocreaterole nobypassrls`);
  await migrateQueue(database.url, role);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'app';
  return {
    backend: { kind: 'postgres', url: url.href },
    through: (port) => ({ kind: 'postgres', url: at(url, port) }),
    address: { host: url.hostname, port: Number(url.port) },
    stop: async () => {
      await database.drop();
      const client = new pg.Client(inject('postgresAdminUrl'));
      await client.connect();
      await client.query(`drop role ${role}`);
      await client.end();
    },
  };
}

function at(url: URL, port: number): string {
  const other = new URL(url);
  other.hostname = '127.0.0.1';
  other.port = String(port);
  return other.href;
}

const redis = findRedis();

describe.each([
  { name: 'Redis', start: startRedis, isSkipped: redis.kind === 'none' },
  { name: 'Postgres', start: startPostgres, isSkipped: false },
])('the job queue on $name', ({ start, isSkipped }) => {
  if (isSkipped) {
    it('is tested', ({ skip }) => {
      skip(redis.kind === 'none' ? redis.reason : '');
      expect.unreachable();
    });
    return;
  }
  let server: Server;
  let compiled: string;
  let prefix: string;
  let entries: Entry[];
  let queues: ObservableJobQueue[];
  let children: ChildProcess[];
  let proxies: SeverableProxy[];

  beforeAll(async () => {
    [server, compiled] = await Promise.all([start(), compileQueue()]);
  });
  afterAll(async () => {
    await server.stop();
    await rm(compiled, { recursive: true, force: true });
  });
  beforeEach(() => {
    prefix = randomUUID();
    entries = [];
    queues = [];
    children = [];
    proxies = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(queues.map((queue) => queue.close(0)));
    await Promise.all(proxies.map((proxy) => proxy.stop()));
  });

  const open = (backend = server.backend): ObservableJobQueue => {
    const queue = createJobQueue({ backend, prefix, log: recordingLog(entries), timing });
    queues.push(queue);
    return queue;
  };
  const proxied = async (startCut = false): Promise<SeverableProxy> => {
    const proxy = await severableProxy(server.address, startCut);
    proxies.push(proxy);
    return proxy;
  };
  const depth = async (queue: ObservableJobQueue): Promise<number> => {
    const { waiting, active, delayed } = (await queue.queueDepth())['scan.run'];
    return waiting + active + delayed;
  };

  it('hands a job with its ids and trace context to the consumer of its topic', async () => {
    const queue = open();
    const job = jobOf({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    const seen: Job[] = [];
    await queue.consume('scan.run', 2, async (given) => void seen.push(given));
    await queue.consume('delivery.send', 2, async () => {
      throw new Error('wrong topic');
    });
    await queue.enqueue([job]);
    await until('the job', () => seen.length === 1);
    expect(seen).toEqual([job]);
  });

  it('does nothing when what waits is enqueued again', async () => {
    const queue = open();
    const job = jobOf();
    await queue.enqueue([job, job]);
    await queue.enqueue([job, jobOf()]);
    expect((await queue.queueDepth())['scan.run']).toEqual({ waiting: 2, active: 0, delayed: 0 });
  });

  it('runs the same id again after it completed and after it failed, and keeps neither', async () => {
    const queue = open();
    const job = jobOf();
    let runs = 0;
    await queue.consume('scan.run', 1, async () => {
      runs += 1;
      if (runs === 2) throw new Error('second run fails');
    });
    for (const run of [1, 2, 3]) {
      await queue.enqueue([job]);
      await until(`run ${run}`, async () => runs === run && (await depth(queue)) === 0);
    }
    expect(entries.filter((entry) => entry.level === 'error')).toMatchObject([{ message: 'job failed', jobId: job.id, tenantId: 'tenant-1', subjectId: 'scan-1', topic: 'scan.run' }]);
  });

  it('runs once more what was enqueued, however often, while it was running', async () => {
    const queue = open();
    const job = jobOf();
    let runs = 0;
    let finish: () => void = () => undefined;
    await queue.consume('scan.run', 4, async () => {
      runs += 1;
      if (runs === 1) await new Promise<void>((resolve) => (finish = resolve));
    });
    await queue.enqueue([job]);
    await until('the first run', () => runs === 1);
    await queue.enqueue([job]);
    await queue.enqueue([job]);
    await sleep(300);
    expect(runs).toBe(1);
    finish();
    await until('the second run', async () => runs === 2 && (await depth(queue)) === 0);
    await queue.enqueue([job]);
    await until('a third run', async () => runs === 3 && (await depth(queue)) === 0);
  });

  it('survives NUL and lone surrogates in ids and in error messages, and tells the backend no message', async () => {
    const queue = open();
    const seen: Job[] = [];
    await queue.consume('scan.run', 1, async (job) => {
      seen.push(job);
      throw new Error('a\0b \uD800 secret');
    });
    await queue.enqueue([jobOf({ subjectId: 'x\0y\uDC00z😀' })]);
    await until('the job is gone', async () => seen.length === 1 && (await depth(queue)) === 0);
    expect(seen[0]?.subjectId).toBe('x\uFFFDy\uFFFDz😀');
    expect(entries.filter((entry) => entry.message === 'job failed')).toHaveLength(1);
    expect(entries.filter((entry) => entry.level === 'warn')).toEqual([]);
  });

  it('gives the job of a killed worker to another soon, though it was enqueued again meanwhile', { timeout: 60_000 }, async () => {
    const queue = open();
    const job = jobOf();
    const { child } = await killableWorker();
    await queue.enqueue([job]);
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    const killedAt = Date.now();
    await queue.enqueue([job]);
    const seen: string[] = [];
    await queue.consume('scan.run', 2, async ({ id }) => void seen.push(id));
    await until('the job is seen again', () => seen.length > 0);
    expect(Date.now() - killedAt).toBeLessThan(timing.lockMs + 2 * timing.stalledCheckMs + 3_000);
    await until('nothing is left', async () => (await depth(queue)) === 0);
    expect(seen.length).toBeLessThanOrEqual(2);

    seen.length = 0;
    await queue.enqueue([job]);
    await until('the id is free again', () => seen.length === 1);
  });

  it('lets go of a job that killed two workers, so that it can be enqueued again', { timeout: 60_000 }, async () => {
    const queue = open();
    const job = jobOf();
    await queue.enqueue([job]);
    for (const _ of [1, 2]) {
      const { child } = await killableWorker();
      await once(child.stdout!, 'data');
      child.kill('SIGKILL');
    }
    const seen: string[] = [];
    await queue.consume('scan.run', 1, async ({ id }) => void seen.push(id));
    await until('the job is dropped', async () => (await depth(queue)) === 0);
    expect(seen).toEqual([]);
    await queue.enqueue([job]);
    await until('the id is free again', () => seen.length === 1);
  });

  it('waits for running handlers at close', async () => {
    const queue = open();
    let state = 'none';
    await queue.consume('scan.run', 1, async (_, signal) => {
      state = 'running';
      await sleep(500);
      state = signal.aborted ? 'aborted' : 'done';
    });
    await queue.enqueue([jobOf()]);
    await until('it runs', () => state === 'running');
    await queue.close(5_000);
    expect(state).toBe('done');
    expect(await depth(open())).toBe(0);
  });

  it('aborts the signal of handlers that outlast the grace, and closes even under one that ignores it', async () => {
    const queue = open();
    const ended: string[] = [];
    let started = 0;
    await queue.consume('scan.run', 2, async ({ subjectId }, signal) => {
      started += 1;
      if (subjectId === 'deaf') await sleep(20_000, undefined, { ref: false });
      await once(signal, 'abort');
      ended.push(subjectId);
    });
    await queue.enqueue([jobOf({ subjectId: 'deaf' }), jobOf({ subjectId: 'listens' })]);
    await until('both run', () => started === 2);
    const closingAt = Date.now();
    await queue.close(300);
    expect(ended).toEqual(['listens']);
    expect(Date.now() - closingAt).toBeLessThan(5_000);
  });

  it('refuses work after close', async () => {
    const queue = open();
    await queue.ping();
    await queue.close();
    await expect(queue.enqueue([jobOf()])).rejects.toThrow('The queue is closed.');
    await expect(queue.ping()).rejects.toThrow('The queue is closed.');
  });

  it('tells producers within 2.5 s that the backend is away, and works again when it is back', async () => {
    const proxy = await proxied(true);
    const queue = open(server.through(proxy.port));
    for (const call of [() => queue.enqueue([jobOf()]), () => queue.ping(), () => queue.queueDepth()]) {
      const since = Date.now();
      await expect(call()).rejects.toThrow(QueueUnavailableError);
      expect(Date.now() - since).toBeLessThan(2_500);
    }
    await proxy.mend();
    await until('it works', () => queue.enqueue([jobOf()]).then(() => true, () => false));

    await proxy.cut();
    const since = Date.now();
    await expect(queue.enqueue([jobOf()])).rejects.toThrow(QueueUnavailableError);
    expect(Date.now() - since).toBeLessThan(2_500);
    await proxy.mend();
    await until('it works again', () => queue.enqueue([jobOf()]).then(() => true, () => false));
    await expect(queue.ping()).resolves.toBeUndefined();
  });

  it('starts consuming once a backend that was away comes back, and once more after an outage', { timeout: 60_000 }, async () => {
    const proxy = await proxied(true);
    const worker = open(server.through(proxy.port));
    const producer = open();
    const seen: string[] = [];
    await worker.consume('scan.run', 2, async ({ subjectId }) => void seen.push(subjectId));
    await producer.enqueue([jobOf({ subjectId: 'early' })]);
    await proxy.mend();
    await until('the early job', () => seen.includes('early'));

    await proxy.cut();
    await producer.enqueue([jobOf({ subjectId: 'meanwhile' })]);
    await sleep(1_000);
    expect(seen).not.toContain('meanwhile');
    await proxy.mend();
    await until('the job of the outage', () => seen.includes('meanwhile'));
    await producer.enqueue([jobOf({ subjectId: 'after' })]);
    await until('a job after it', () => seen.includes('after'));
    // One line a kind of trouble, not one a retry.
    expect(entries.length).toBeLessThan(12);
  });

  it('closes soon while the backend is away', async () => {
    const proxy = await proxied();
    const queue = open(server.through(proxy.port));
    await queue.consume('scan.run', 1, async () => undefined);
    await queue.ping();
    await proxy.cut();
    const since = Date.now();
    await queue.close(60_000);
    expect(Date.now() - since).toBeLessThan(5_000);
  });

  /** A process that takes a job, says so and never finishes it. */
  async function killableWorker(): Promise<{ child: ChildProcess }> {
    const child = spawn(process.execPath, [join(compiled, 'worker.js'), JSON.stringify({ backend: server.backend, prefix, timing })], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    children.push(child);
    await once(child, 'message');
    return { child };
  }
});

describe('a Redis that forgets everything', () => {
  it.skipIf(redis.kind !== 'server')('is worked with again at once', { timeout: 60_000 }, async () => {
    const server = await startTestRedis(redis);
    const entries: Entry[] = [];
    const queue = createJobQueue({ backend: { kind: 'redis', url: server.url }, log: recordingLog(entries), timing });
    const seen: string[] = [];
    await queue.consume('scan.run', 2, async ({ subjectId }) => void seen.push(subjectId));
    await queue.enqueue([jobOf({ subjectId: 'before' })]);
    await until('the first job', () => seen.includes('before'));
    const lost = jobOf({ topic: 'delivery.send' });
    await queue.enqueue([lost]);

    await server.kill();
    await expect(queue.enqueue([jobOf()])).rejects.toThrow(QueueUnavailableError);
    await server.restart();
    await until('it answers', () => queue.ping().then(() => true, () => false));
    expect((await queue.queueDepth())['delivery.send']).toEqual({ waiting: 0, active: 0, delayed: 0 });
    await queue.enqueue([lost, jobOf({ subjectId: 'after' })]);
    await until('a job after it', () => seen.includes('after'));
    expect((await queue.queueDepth())['delivery.send'].waiting).toBe(1);
    await queue.close();
    await server.stop();
  });
});

/** Node 20 does not run TypeScript, and only a process of its own can be killed. */
async function compileQueue(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bulwark-queue-'));
  await promisify(execFile)(
    process.execPath,
    [
      join(checkout, 'node_modules/typescript7/bin/tsc'),
      ...'--ignoreConfig --target es2023 --module nodenext --customConditions source --types node --skipLibCheck --strict'.split(' '),
      '--rootDir',
      checkout,
      '--outDir',
      join(folder, 'dist'),
      join(import.meta.dirname, 'bullmq-job-queue.ts'),
    ],
    { cwd: checkout },
  );
  await copyFile(join(checkout, 'package.json'), join(folder, 'package.json'));
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(
    join(folder, 'worker.js'),
    `import { createJobQueue } from './dist/libs/queue/bullmq-job-queue.js';
     const log = { debug() {}, info() {}, warn: console.error, error: console.error, child: () => log };
     const queue = createJobQueue({ ...JSON.parse(process.argv[2]), log });
     await queue.consume('scan.run', 1, (job) => { console.log(job.id); return new Promise(() => undefined); });
     process.send('ready');`,
  );
  return folder;
}
