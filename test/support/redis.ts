import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { Redis } from 'ioredis';

/** A Redis or Valkey for one spec file. */
export interface TestRedis {
  readonly url: string;
  /** Whether this run started it, so that a spec may stop and start it. */
  readonly isPrivate: boolean;
  /** Where a private one keeps its files. */
  readonly folder?: string;
  /** SIGKILL; only where `isPrivate`. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty unless it was told to keep things; only where `isPrivate`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type FoundRedis = { readonly kind: 'server'; readonly binary: string } | { readonly kind: 'url'; readonly url: string } | { readonly kind: 'none'; readonly reason: string };

/** Where a Redis for tests would come from; `none` says why specs that need one are skipped. */
export function findRedis(env: NodeJS.ProcessEnv = process.env): FoundRedis {
  if (env['REDIS_URL']) return { kind: 'url', url: env['REDIS_URL'] };
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of (env['PATH'] ?? '').split(delimiter)) {
      if (folder !== '' && existsSync(join(folder, name))) return { kind: 'server', binary: join(folder, name) };
    }
  }
  return { kind: 'none', reason: 'no REDIS_URL is set and neither redis-server nor valkey-server is on PATH' };
}

export interface PrivateRedisOptions {
  /** Arguments that come after ours and so win over them. */
  readonly args?: readonly string[];
  /** The one that `args` set. */
  readonly password?: string;
}

/** The given Redis, or a private one on a free loopback port, without persistence unless `args` ask for it. */
export async function startTestRedis(found: FoundRedis = findRedis(), { args = [], password }: PrivateRedisOptions = {}): Promise<TestRedis> {
  if (found.kind === 'none') throw new Error(`No Redis for tests: ${found.reason}.`);
  if (found.kind === 'url') {
    const refuse = async (): Promise<void> => {
      throw new Error('The Redis at REDIS_URL is not ours to stop.');
    };
    return { url: found.url, isPrivate: false, kill: refuse, restart: refuse, stop: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'bulwark-redis-'));
  const port = await freePort();
  const url = `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;
  const start = (): Promise<ChildProcess> => launch(found.binary, ['--port', String(port), '--dir', folder, ...args], url);
  let server = await start();
  return {
    url,
    isPrivate: true,
    folder,
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      server = await start();
    },
    stop: async () => {
      await end(server, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(binary: string, args: readonly string[], url: string): Promise<ChildProcess> {
  const ours = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const server = spawn(binary, [...ours, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)));
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 30, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    await Promise.race([
      client.ping(),
      new Promise<never>((_, reject) => {
        server.once('error', reject);
        server.once('exit', (code) => reject(new Error(`${binary} ended with ${code}: ${output}`)));
      }),
    ]);
  } finally {
    client.disconnect();
  }
  return server;
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await exited;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
