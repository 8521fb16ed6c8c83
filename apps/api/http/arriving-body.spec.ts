import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { arriving, type Arrival } from './arriving-body.js';

describe('an arriving body', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  }));

  /** What became of a body of which `text` is sent and `length` announced. */
  async function received(arrival: Arrival, length: number, text: string, end = false): Promise<{ readonly bytes: string; readonly error: unknown; readonly answer: string }> {
    let outcome: { bytes: string; error: unknown } | undefined;
    server = createServer((request: IncomingMessage, response) => {
      void (async () => {
        const parts: Uint8Array[] = [];
        let error: unknown;
        try {
          for await (const part of arriving(request, arrival)) parts.push(part);
        } catch (thrown) {
          error = thrown;
        }
        outcome = { bytes: Buffer.concat(parts).toString(), error };
        response.end('answered');
      })();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (part) => (answer += String(part)));
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${text}`);
    if (end) setTimeout(() => socket.destroy(), 50);
    await expect.poll(() => outcome).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    return { ...outcome!, answer };
  }

  it('is whole, once who sends it may still', async () => {
    const asked: string[] = [];
    expect(await received({ idleMs: 1_000, longestMs: 1_000, stillMay: async () => void asked.push('asked') }, 5, 'hello')).toMatchObject({ bytes: 'hello', error: undefined });
    expect(asked).toEqual(['asked']);
    const refused = await received({ idleMs: 1_000, stillMay: () => Promise.reject(new Error('revoked')) }, 5, 'hello');
    expect(refused.error).toMatchObject({ message: 'revoked' });
  });

  it('that takes too long is refused, and its sender told', async () => {
    const { error, answer } = await received({ idleMs: 10_000, longestMs: 100 }, 5, 'he');
    expect(error).toMatchObject({ status: 408, reason: 'request-timeout' });
    expect(answer).toContain('answered');
  });

  it.each<[string, Arrival, boolean]>([
    ['breaks off', { idleMs: 10_000, longestMs: 10_000 }, true],
    ['stops coming', { idleMs: 100, longestMs: 10_000 }, false],
  ])('that %s is told apart from one that is whole', async (_what, arrival, end) => {
    expect((await received(arrival, 5, 'he', end)).error).toMatchObject({ status: 400, reason: 'body-broken-off' });
  });
});
