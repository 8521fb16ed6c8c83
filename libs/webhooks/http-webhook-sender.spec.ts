import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookAnswer, WebhookMessage } from '#application/ports/webhook-sender.js';
import { EgressClient } from '#egress/egress-client.js';
import { verified, webhookSink, type Script, type WebhookSink } from '#test/support/webhook-sink.js';
import { HttpWebhookSender, httpWebhookSenderDefaults, type HttpWebhookSenderSettings } from './http-webhook-sender.js';

const never = new AbortController().signal;
const secretOf = (): string => `whsec_${randomBytes(32).toString('base64')}`;

describe('HttpWebhookSender', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const part of open.splice(0).toReversed()) await part.close();
  });

  async function sinkOf(script?: Script, options: Parameters<typeof webhookSink>[0] = {}): Promise<WebhookSink> {
    const sink = await webhookSink(options);
    if (script) sink.script = script;
    open.push(sink);
    return sink;
  }
  function senderOf(settings: Partial<HttpWebhookSenderSettings> = {}, allowLoopbackHttp = true): HttpWebhookSender {
    const egress = new EgressClient({ policy: { allowedPrivateRanges: [], allowLoopbackHttp } });
    const sender = new HttpWebhookSender(egress, { ...httpWebhookSenderDefaults, timeoutMs: 2_000, idleTimeoutMs: 1_500, ...settings });
    open.push(egress, sender);
    return sender;
  }
  const message = (sink: WebhookSink, change: Partial<WebhookMessage> = {}): WebhookMessage => ({
    id: randomUUID(), endpointId: 'e', url: `${sink.url}/hook?a=b`, sentAt: new Date(), body: Buffer.from('{"type":"x","data":"ü\u2028"}'), secrets: [secretOf()], ...change,
  });

  it('signs the very bytes that it sends, as the official library expects', async () => {
    const sink = await sinkOf();
    const sent = message(sink);
    expect(await senderOf().send(sent, never)).toEqual({ kind: 'answered', status: 200 });
    const [request] = sink.received;
    expect(request).toMatchObject({
      path: '/hook?a=b', headers: { 'webhook-id': sent.id, 'content-type': 'application/json', 'user-agent': 'Bulwark-Webhooks/1', 'content-length': String(sent.body.byteLength) },
    });
    expect(request!.body).toEqual(sent.body);
    expect(verified(request!, sent.secrets[0]!)).toEqual({ type: 'x', data: 'ü\u2028' });
  });

  it('signs with two secrets during a rotation, and either verifies', async () => {
    const sink = await sinkOf();
    const secrets = [secretOf(), secretOf()];
    await senderOf().send(message(sink, { secrets }), never);
    const [request] = sink.received;
    expect(String(request!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    for (const secret of secrets) expect(verified(request!, secret)).toBeTruthy();
    expect(() => verified(request!, secretOf())).toThrow(/signature/i);
    for (const headers of [{ 'webhook-id': 'other' }, { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) + 1) }]) {
      expect(() => verified({ ...request!, headers: { ...request!.headers, ...headers } }, secrets[0]!)).toThrow(/signature/i);
    }
    expect(() => verified({ ...request!, body: Buffer.concat([request!.body, Buffer.from(' ')]) }, secrets[0]!)).toThrow(/signature/i);
  });

  it('makes a signature that is refused when it is replayed later', async () => {
    const sink = await sinkOf();
    const sent = message(sink, { sentAt: new Date(Date.now() - 6 * 60_000) });
    await senderOf().send(sent, never);
    expect(() => verified(sink.received[0]!, sent.secrets[0]!)).toThrow(/too old/);
  });

  it('speaks TLS, and uses a connection again', async () => {
    const sink = await sinkOf(undefined, { tls: true });
    const sender = senderOf({ ca: sink.ca });
    for (let i = 0; i < 5; i++) expect(await sender.send(message(sink), never)).toEqual({ kind: 'answered', status: 200 });
    expect(sink.sockets).toBeLessThanOrEqual(2);
  });

  it('refuses a certificate that is not trusted or of another name, a hundred times without growing', async () => {
    const untrusted = await sinkOf(undefined, { tls: true });
    const wrongName = await sinkOf(undefined, { tls: true, certificateFor: 'other.example' });
    const [first, second] = [senderOf(), senderOf({ ca: wrongName.ca })];
    for (let i = 0; i < 100; i++) {
      expect(await first.send(message(untrusted), never)).toMatchObject({ kind: 'unanswered', error: expect.stringContaining('TLS') });
      expect(await second.send(message(wrongName), never)).toMatchObject({ kind: 'unanswered' });
    }
    expect(untrusted.received).toEqual([]);
    expect(wrongName.received).toEqual([]);
    await expect.poll(() => untrusted.sockets + wrongName.sockets).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    const other = await sinkOf();
    const sink = await sinkOf(() => ({ status, headers: { location: other.url } }));
    expect(await senderOf().send(message(sink), never)).toEqual({ kind: 'answered', status });
    expect(other.received).toEqual([]);
  });

  it('reads Retry-After in seconds and as a date, and nothing else', async () => {
    const answers = ['120', new Date(Date.now() + 60_000).toUTCString(), new Date(Date.now() - 60_000).toUTCString(), '-5', '1e9', 'soon', '99999999999999999999'];
    const sink = await sinkOf((_, count) => ({ status: 503, headers: { 'retry-after': answers[count - 1]! } }));
    const sender = senderOf();
    const asked: WebhookAnswer[] = [];
    for (const _ of answers) asked.push(await sender.send(message(sink), never));
    expect(asked[0]).toMatchObject({ retryAfterMs: 120_000 });
    expect((asked[1] as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(57_000);
    expect((asked[1] as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(asked[2]).toMatchObject({ retryAfterMs: 0 });
    for (const nothing of asked.slice(3)) expect(nothing).toEqual({ kind: 'answered', status: 503 });
  });

  it('goes by the status, whatever the body does: announced as 20 GB, endless, stuck', async () => {
    for (const reply of ['endless-body', 'stuck-body', { status: 200, headers: { 'content-length': String(20 * 2 ** 30) }, body: 'x' }] as const) {
      const sink = await sinkOf(() => reply);
      const began = Date.now();
      expect(await senderOf({ timeoutMs: 600, idleTimeoutMs: 400 }).send(message(sink), never)).toEqual({ kind: 'answered', status: 200 });
      expect(Date.now() - began).toBeLessThan(2_500);
      expect(sink.sockets).toBeLessThanOrEqual(1);
    }
  });

  it.each(['hang', 'endless-headers', 'interim-flood', 'reset'] as const)('gives up in time where the receiver does %s, and keeps no memory of it', async (reply) => {
    const sink = await sinkOf(() => reply);
    const sender = senderOf({ timeoutMs: 300, idleTimeoutMs: 300 });
    await sender.send(message(sink), never);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 5; i++) {
      const began = Date.now();
      expect(await sender.send(message(sink), never)).toMatchObject({ kind: 'unanswered' });
      expect(Date.now() - began).toBeLessThan(2_500);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
    await expect.poll(() => sink.sockets).toBe(0);
  });

  it('says why without the path, which may be a secret', async () => {
    const sink = await sinkOf(() => 'reset');
    const answer = await senderOf().send(message(sink, { url: `${sink.url}/services/T0/SECRET?token=SECRET` }), never);
    expect(answer).toMatchObject({ kind: 'unanswered' });
    expect(JSON.stringify(answer)).not.toContain('SECRET');
  });

  it('does not call what the policy denies, whenever the address was stored', async () => {
    const sink = await sinkOf();
    const sender = senderOf({}, false);
    for (const url of [sink.url, 'https://127.0.0.1:1/', 'https://169.254.169.254/latest', 'https://[::ffff:10.0.0.1]/', 'https://localhost:1/']) {
      expect({ url, ...(await sender.send(message(sink, { url }), never)) }).toMatchObject({ url, kind: 'unanswered' });
    }
    expect(sink.received).toEqual([]);
  });

  it('throws what the worker’s own end says, and takes no time over it', async () => {
    const sink = await sinkOf(() => 'hang');
    const worker = new AbortController();
    const sending = senderOf({ timeoutMs: 20_000, idleTimeoutMs: 20_000 }).send(message(sink), worker.signal);
    await expect.poll(() => sink.received.length).toBe(1);
    worker.abort(new Error('shutting down'));
    await expect(sending).rejects.toThrow('shutting down');
  });

  it('keeps a bounded number of connections, and closes none that is in use', async () => {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const sink = await sinkOf(async ({ path }) => {
      if (path === '/slow') await held;
      return { status: 200 };
    });
    const sender = senderOf({ connections: 3, timeoutMs: 10_000, idleTimeoutMs: 10_000 });
    const slow = sender.send(message(sink, { url: `${sink.url}/slow`, endpointId: 'slow' }), never);
    await expect.poll(() => sink.received.length).toBe(1);
    for (let i = 0; i < 10; i++) await sender.send(message(sink, { endpointId: `e${i}` }), never);
    await expect.poll(() => sink.sockets).toBeLessThanOrEqual(3);
    answer();
    expect(await slow).toEqual({ kind: 'answered', status: 200 });
  });
});
