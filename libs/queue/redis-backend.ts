import { once } from 'node:events';

import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

import { streams } from './queue-backend.js';
import type { QueueBackend } from './queue-backend.js';

const retryStrategy = (attempt: number): number => Math.min(100 * 2 ** attempt, 2_000);

/**
 * Redis or Valkey. Producers and workers need opposite manners when it is away: a producer must say so at
 * once, a worker must wait. So each has its own connection; a worker adds one that blocks.
 */
export function openRedisBackend(url: string, onError: (error: Error) => void): QueueBackend {
  const common = { retryStrategy, connectTimeout: 2_000, keepAlive: 10_000 } satisfies RedisOptions;
  const open = (options: RedisOptions): Redis => {
    const client = new Redis(url, { ...common, ...options });
    client.on('error', onError);
    return client;
  };
  const producer = open({ maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_000 });
  let consumer: Redis | undefined;

  return {
    openQueue: (name) => new Queue(name, { connection: producer, streams }),
    openWorker: (name, processor, tuning) => {
      consumer ??= open({ maxRetriesPerRequest: null });
      return new Worker(name, processor, { ...tuning, connection: consumer });
    },
    ping: async () => {
      // Also rejects with the next connection error, which a retry brings within 2 s.
      if (producer.status !== 'ready') await once(producer, 'ready', { signal: AbortSignal.timeout(2_000) });
      await producer.ping();
    },
    close: async (now) => {
      for (const client of [producer, consumer]) {
        if (!client || client.status === 'end') continue;
        if (now || client.status !== 'ready') client.disconnect();
        else await client.quit();
      }
    },
  };
}
