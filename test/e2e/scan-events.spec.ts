import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Events as they arrive. */
async function* read(response: Response): AsyncGenerator<ServerEvent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) yield Object.fromEntries(part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  }
}

describe('scan events', () => {
  let api: LiveApi;
  let acme: Tenant;
  beforeAll(async () => {
    api = await liveApi();
    acme = await api.tenant();
  });
  afterAll(() => api.close());

  const follow = (key: Tenant, scanId: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(`${api.url}/v1/scans/${scanId}/events`, { headers: { authorization: `Bearer ${key.token}`, ...headers }, ...(signal ? { signal } : {}) });

  async function queued(): Promise<string> {
    const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: `c-${Math.random()}` }).expect(201);
    return (await api.as(acme).post(`/v1/clusters/${cluster.id}/snapshots?complete=cluster`).type('application/json').send('{}').expect(202)).body.id;
  }

  it('tells what happens until the scan has ended, then ends', async () => {
    const scanId = await queued();
    const response = await follow(acme, scanId);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const events: ServerEvent[] = [];
    for await (const event of read(response)) {
      if (event.event === undefined) continue;
      events.push(event);
      if (events.length === 1) await api.judge(acme, scanId, 1);
    }
    expect(events[0]!.event).toBe('progress');
    expect(events.at(-1)!.event).toBe('end');
    expect(events.map(({ data }) => JSON.parse(data!).state)).toEqual(expect.arrayContaining(['queued', 'finished']));
    expect(JSON.parse(events.at(-1)!.data!)).toEqual((await api.as(acme).get(`/v1/scans/${scanId}`).expect(200)).body);
  });

  it('does not show again what a reader that comes back has seen', async () => {
    const scanId = await queued();
    const leave = new AbortController();
    const first = read(await follow(acme, scanId, {}, leave.signal));
    let lastId = '';
    for await (const { id } of first) {
      if (id === undefined) continue;
      lastId = id;
      break;
    }
    leave.abort();
    await api.judge(acme, scanId, 1);
    const events: ServerEvent[] = [];
    for await (const event of read(await follow(acme, scanId, { 'last-event-id': lastId }))) if (event.event !== undefined) events.push(event);
    expect(events.map(({ event }) => event)).toEqual(['end']);
    // It has seen the end: an EventSource that hears 204 stays away.
    expect((await follow(acme, scanId, { 'last-event-id': events[0]!.id! })).status).toBe(204);
  });

  it('ends with a problem when the key is revoked', async () => {
    const key = await api.key(acme, ['scans:read']);
    const events: ServerEvent[] = [];
    for await (const event of read(await follow(key, await queued()))) {
      if (event.event === undefined) continue;
      events.push(event);
      if (events.length === 1) await api.as(acme).delete(`/v1/api-keys/${key.keyId}`).expect(200);
    }
    expect(events.map(({ event }) => event)).toEqual(['progress', 'error']);
    expect(JSON.parse(events[1]!.data!)).toMatchObject({ type: '/problems/api-key-revoked', status: 401 });
  });

  it('refuses before it streams', async () => {
    const response = await follow(acme, 'nothing');
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it('lets the server close while readers are there', async () => {
    const other = await liveApi();
    const tenant = await other.tenant();
    const { body: cluster } = await other.as(tenant).post('/v1/clusters').send({ name: 'c' }).expect(201);
    const { body: scan } = await other.as(tenant).post(`/v1/clusters/${cluster.id}/snapshots`).type('application/json').send('{}').expect(202);
    const response = await fetch(`${other.url}/v1/scans/${scan.id}/events`, { headers: { authorization: `Bearer ${tenant.token}` } });
    const reading = (async () => {
      for await (const _ of read(response));
    })();
    const started = performance.now();
    await other.close();
    await reading;
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
