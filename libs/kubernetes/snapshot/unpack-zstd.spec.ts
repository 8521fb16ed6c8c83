import { describe, expect, it } from 'vitest';
import { decompress } from './decompress.js';
import { unpackZstd } from './unpack-zstd.js';

/** What zstd -19 wrote of a List of one Namespace. */
const packed = Buffer.from('KLUv/QRoRQIAIsUPEaDt0/h9713aYOy3dm/C/W9C1dT651L8vhm30z1LRiybHbwPv9iMR9lH1lIdXEYlvkdNrYOH+X1zKsIm6vFpAQBqoSoDmT3Nrw==', 'base64');
const text = '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}]}';

async function* parts(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A frame of blocks that are one byte repeated 128 Ki times each: four bytes in, 128 KiB out. */
function bomb(blocks: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const block = (isLast: boolean): Buffer => {
    const head = (isLast ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3);
    return Buffer.from([head & 0xff, (head >> 8) & 0xff, (head >> 16) & 0xff, 0x20]);
  };
  return Buffer.concat([header, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1))]);
}

describe('zstd', () => {
  it.each([1, 7, 1000])('is unpacked from parts of %i bytes', async (size) => {
    expect((await whole(unpackZstd(parts(packed, size)))).toString()).toBe(text);
    expect((await whole(decompress(parts(packed, size), 1_000_000))).toString()).toBe(text);
  });

  it('says that half a file is half a file', async () => {
    await expect(whole(decompress(parts(packed.subarray(0, packed.length - 8), 16), 1_000_000))).rejects.toMatchObject({ reason: 'snapshot-truncated' });
  });

  it('says that broken data is broken', async () => {
    await expect(whole(decompress(parts(Buffer.concat([packed.subarray(0, 4), Buffer.alloc(40, 0xff)]), 16), 1_000_000))).rejects.toMatchObject({ name: 'SnapshotError' });
  });

  it('stops a bomb at the cap, long before it has unfolded', async () => {
    const before = process.memoryUsage().rss;
    // 64 KiB that unfold to 2 GiB.
    await expect(whole(decompress(parts(bomb(16_384), 64 * 1024), 4 * 1024 * 1024))).rejects.toMatchObject({ reason: 'snapshot-too-large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});
