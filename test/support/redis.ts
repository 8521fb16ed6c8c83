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
  /** SIGKILL; only where `isPrivate`. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port; only where `isPrivate`. */
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

/** The given Redis, or a private one on a free loopback port without persistence. */
export async function startTestRedis(found: FoundRedis = findRedis()): Promise<TestRedis> {
  if (found.kind === 'none') throw new Error(`No Redis for tests: ${found.reason}.`);
  if (found.kind === 'url') {
    const refuse = async (): Promise<void> => {
      throw new Error('The Redis at REDIS_URL is not ours to stop.');
    };
    return { url: found.url, isPrivate: false, kill: refuse, restart: refuse, stop: async () => undefined };
  }
  const folder = await mkdtemp(join(tmpdir(), 'bulwark-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await launch(found.binary, folder, port);
  return {
    url,
    isPrivate: true,
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      server = await launch(found.binary, folder, port);
    },
    stop: async () => {
      await end(server, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(binary: string, folder: string, port: number): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const server = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000)));
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 30, maxRetriesPerRequest: null });
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
