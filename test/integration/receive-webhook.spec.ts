import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithFreePort } from '#test/support/start-with-free-port.js';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const body = JSON.stringify({ type: 'batch', timestamp: new Date().toISOString(), data: { events: [{ type: 'finding.opened', data: { finding: { severity: 'high', message: 'container app runs privileged' } } }] } });

describe('the example that receives webhooks', () => {
  let child: ChildProcess;
  let url: string;
  let printed = '';

  beforeAll(async () => {
    ({ child, url } = await startWithFreePort((port) =>
      spawn(process.execPath, [join(import.meta.dirname, '../../examples/receive-webhook.mjs')], { env: { PATH: process.env['PATH'], PORT: String(port), WEBHOOK_SECRET: secret }, stdio: ['ignore', 'pipe', 'inherit'] })));
    child.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  });
  afterAll(() => void child.kill());

  const post = (headers: Record<string, string>) => fetch(url, { method: 'POST', headers, body });
  const signed = (id: string, at: Date) => ({ 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': new Webhook(secret).sign(id, at, body) });

  it('takes what is signed and prints it', async () => {
    expect((await post(signed('one', new Date()))).status).toBe(204);
    await sleep(50);
    expect(printed).toContain('finding.opened high container app runs privileged');
  });

  it('refuses what is not signed, signed for another body, or old', async () => {
    expect((await post({})).status).toBe(401);
    expect((await post({ ...signed('two', new Date()), 'webhook-id': 'three' })).status).toBe(401);
    expect((await post(signed('four', new Date(Date.now() - 600_000)))).status).toBe(401);
  });
});
