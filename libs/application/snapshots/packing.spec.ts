import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packed, packingOf } from './packing.js';

async function* parts(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const text = (length: number): Buffer => Buffer.from(Array.from({ length: Math.ceil(length / 16) }, (_, i) => `"item": ${i % 997}, \n`).join('').slice(0, length));

describe('packing', () => {
  it.each([[0, 1], [1, 1], [5, 2], [1024 * 1024, 65_536], [1024 * 1024 + 1, 65_536], [9 * 1024 * 1024 + 17, 100_003], [5 * 1024 * 1024, 4_000_000]])('packs %s bytes in parts of %s so that they can be unpacked', async (length, size) => {
    const plain = text(length);
    const bytes = await all(packed(parts(plain, size)));
    if (length === 0) return expect(bytes).toHaveLength(0);
    expect(packingOf(bytes)?.name).toBe('gzip');
    expect(gunzipSync(bytes).equals(plain)).toBe(true);
    if (length > 1000) expect(bytes.length).toBeLessThan(plain.length / 3);
  });

  it('leaves what is packed as it is', async () => {
    const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), text(3_000_000)]);
    expect((await all(packed(parts(zip, 7_000)))).equals(zip)).toBe(true);
  });

  it('passes on what breaks in the stream', async () => {
    const broken = (async function* () {
      yield* parts(text(5_000_000), 65_536);
      throw new RangeError('gone');
    })();
    await expect(all(packed(broken))).rejects.toThrow('gone');
  });

  it('can be left', async () => {
    for await (const chunk of packed(parts(text(9_000_000), 65_536))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});
