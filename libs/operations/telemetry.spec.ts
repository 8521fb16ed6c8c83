import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { currentTraceparent, runWithTraceparent, startTelemetry, withSpan } from './telemetry.js';
import type { Telemetry } from './telemetry.js';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

// First, because tracing starts once a process.
describe('without an endpoint', () => {
  it('runs what it is given, without a trace', async () => {
    const telemetry = await startTelemetry('test', { otelEndpoint: undefined, otelSampleRatio: 1 });
    expect(await withSpan('a', {}, async () => currentTraceparent())).toBeUndefined();
    expect(await runWithTraceparent(undefined, 'a', async () => 7)).toBe(7);
    await expect(withSpan('a', {}, async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    await telemetry.shutdown();
  });
});

describe('with an endpoint', () => {
  const received: Buffer[] = [];
  const paths: (string | undefined)[] = [];
  const collector = createServer((request, response) => {
    paths.push(request.url);
    request.on('data', (chunk: Buffer) => received.push(chunk));
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  let telemetry: Telemetry;

  beforeAll(async () => {
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    telemetry = await startTelemetry('bulwark-test', { otelEndpoint: `http://127.0.0.1:${port}`, otelSampleRatio: 1 });
  });
  afterAll(async () => {
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  });

  it('carries one trace from the request to the job', async () => {
    const traceparent = await withSpan('request', { route: '/v1/scans' }, async () => currentTraceparent());
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const inJob = await runWithTraceparent(traceparent, 'job', async () => currentTraceparent());
    expect(inJob?.split('-')[1]).toBe(traceparent?.split('-')[1]);
    expect(inJob).not.toBe(traceparent);
  });

  it('goes on with a trace begun elsewhere', async () => {
    expect(await runWithTraceparent(parent, 'job', async () => currentTraceparent())).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  });

  it.each(['', 'x', parent.toUpperCase(), `${parent}-extra`, `ff${parent.slice(2)}`, '00-00000000000000000000000000000000-b7ad6b7169203331-01', `${parent}\n`])(
    'begins a new trace for the malformed parent %j',
    async (malformed) => {
      const own = await runWithTraceparent(malformed, 'job', async () => currentTraceparent());
      expect(own).toMatch(/^00-/);
      expect(own).not.toContain('0af7651916cd43dd8448eb211c80319c');
    },
  );

  it('sends spans with their names and no error messages, at the latest at shutdown', async () => {
    await expect(withSpan('broken', { 'scan.id': 's-1' }, async () => Promise.reject(new TypeError('secret words')))).rejects.toThrow('secret words');
    await telemetry.shutdown();
    const sent = Buffer.concat(received).toString('latin1');
    expect(paths).toContain('/v1/traces');
    for (const word of ['bulwark-test', 'request', '/v1/scans', 'broken', 's-1', 'TypeError']) expect(sent).toContain(word);
    expect(sent).not.toContain('secret words');
    expect(sent).not.toContain(process.argv[1]);
  });
});
