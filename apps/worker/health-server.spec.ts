import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics } from '#operations/metrics.js';
import { startHealthServer } from './health-server.js';

describe('the health server of a worker', () => {
  let server: Awaited<ReturnType<typeof startHealthServer>>;
  afterEach(() => server.close());

  async function started(ready: () => Promise<void> = async () => undefined): Promise<(path: string, init?: RequestInit) => Promise<readonly [number, string | null, string]>> {
    server = await startHealthServer({ host: '127.0.0.1', port: 0, metrics: createMetrics('worker'), ready });
    return async (path, init) => {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
      return [answer.status, answer.headers.get('content-type'), await answer.text()];
    };
  }

  it('says that it lives and works, and what it did', async () => {
    const ask = await started();
    expect(await ask('/healthz')).toEqual([200, 'application/json; charset=utf-8', '{"status":"ok"}']);
    expect(await ask('/readyz?verbose')).toEqual([200, 'application/json; charset=utf-8', '{"status":"ok"}']);
    const [status, type, text] = await ask('/metrics');
    expect([status, type]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(text).toContain('# TYPE bulwark_');
    expect(await ask('/healthz', { method: 'HEAD' })).toEqual([200, 'application/json; charset=utf-8', '']);
  });

  it('lives while it cannot work, and tells nobody why', async () => {
    const ask = await started(() => Promise.reject(new Error('postgres://user:secret@db is away')));
    expect(await ask('/readyz')).toEqual([503, 'application/problem+json', '{"type":"/problems/not-ready","title":"Not ready","status":503}']);
    expect((await ask('/healthz'))[0]).toBe(200);
  });

  it('has nothing else, and takes nothing', async () => {
    const ask = await started();
    for (const path of ['/', '/metrics/', '/toString', '/__proto__', '/healthz/../metrics%00']) expect((await ask(path))[0]).toBe(404);
    expect((await ask('/healthz', { method: 'POST', body: 'x'.repeat(100_000) }))[0]).toBe(404);
  });

  it('refuses a port that is taken', async () => {
    await started();
    await expect(startHealthServer({ host: '127.0.0.1', port: server.port, metrics: createMetrics('worker'), ready: async () => undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
