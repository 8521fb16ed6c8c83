import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveApi, type LiveApi, type Tenant } from './support/live-api.js';

describe('an API that closes', () => {
  let api: LiveApi;
  let acme: Tenant;
  beforeEach(async () => {
    api = await liveApi();
    acme = await api.tenant();
  });
  afterEach(() => api.database.drop());

  function line(): { readonly socket: Socket; readonly answer: Promise<string> } {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    const answer = new Promise<string>((resolve, reject) => {
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.once('close', () => resolve(text));
      socket.once('error', reject);
    });
    return { socket, answer };
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

  it('still answers what had begun, as ever, and ends when it has', async () => {
    const { body: cluster } = await api.as(acme).post('/v1/clusters').send({ name: 'a' }).expect(201);
    const evidence = '{"kind":"List","items":[]}';
    const upload = line();
    upload.socket.write(`POST /v1/clusters/${cluster.id}/snapshots HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${acme.token}\r\ncontent-type: application/json\r\ncontent-length: ${evidence.length}\r\n\r\n${evidence.slice(0, 10)}`);
    const half = line();
    half.socket.write(`GET /v1/nothing HTTP/1.1\r\nhost: x\r\n`);
    await pause();
    const closed = api.app.close();
    await pause();
    half.socket.write('\r\n');
    expect(await half.answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*application\/problem\+json/);
    upload.socket.write(evidence.slice(10));
    expect(await upload.answer).toMatch(/^HTTP\/1\.1 202 /);
    await closed;
  });
});
