import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { packingOf, through, withPacking, type Packing } from '#application/snapshots/packing.js';
import { SnapshotError } from './snapshot-error.js';
import { unpackZstd } from './unpack-zstd.js';

/** What only newer Node releases have. */
const { createZstdDecompress } = zlib as unknown as { readonly createZstdDecompress?: () => Duplex };

/** Of those that somebody here can unpack. */
const unpacking: { readonly [Name in Packing['name']]?: (packed: AsyncGenerator<Buffer>) => AsyncIterable<Uint8Array> } = {
  gzip: through(() => zlib.createGunzip({ chunkSize: 64 * 1024 })),
  zstd: createZstdDecompress ? through(createZstdDecompress) : unpackZstd,
};

/** The plain bytes of an upload, at most `maxBytes` of them, unpacked once where it is packed. */
export async function* decompress(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of unpacked(bytes)) {
    // A packed file in a packed file multiplies what a small upload can unfold to.
    if (total === 0 && packingOf(chunk)) throw new SnapshotError('snapshot-unsupported-compression', 'the upload is packed twice; send it packed once, with gzip, or plain');
    total += chunk.length;
    if (total > maxBytes) throw new SnapshotError('snapshot-too-large', `the upload is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB (unpacked); leave out kinds that are not needed, such as events`);
    yield chunk;
  }
}

async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const told = await withPacking(bytes);
  if (!told) return;
  const { packing, whole } = told;
  if (!packing) {
    yield* whole;
    return;
  }
  const unpack = unpacking[packing.name];
  if (!unpack) throw new SnapshotError('snapshot-unsupported-compression', `the upload is packed with ${packing.name}, which is not understood here; pack it with gzip, or send it plain`);
  try {
    for await (const chunk of unpack(whole)) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    throw unpackError(error, packing.name);
  }
}

function unpackError(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong' || code === 'ERR_ZLIB_UNEXPECTED_END') return new SnapshotError('snapshot-truncated', `the ${name} data ends too early: the upload is only a part of the file`);
  if (/^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(code)) return new SnapshotError('snapshot-invalid-encoding', `the upload starts like ${name} data and then is not`);
  return error;
}
