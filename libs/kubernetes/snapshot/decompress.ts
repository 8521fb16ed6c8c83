import { Readable, pipeline, type Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { SnapshotError } from './snapshot-error.js';
import { unpackZstd } from './unpack-zstd.js';

interface Compression {
  readonly name: string;
  readonly magic: Buffer;
  /** Undefined where nobody here can unpack it. */
  readonly unpack?: (packed: AsyncGenerator<Buffer>) => AsyncIterable<Uint8Array>;
}

/** What only newer Node releases have. */
const { createZstdDecompress } = zlib as unknown as { readonly createZstdDecompress?: () => Duplex };

const through = (decoder: () => Duplex) => (packed: AsyncGenerator<Buffer>): AsyncIterable<Uint8Array> =>
  // The end of the pipeline is heard through the iteration.
  pipeline(Readable.from(packed, { objectMode: false }), decoder(), () => undefined);

const compressions: readonly Compression[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), unpack: through(() => zlib.createGunzip({ chunkSize: 64 * 1024 })) },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: createZstdDecompress ? through(createZstdDecompress) : unpackZstd },
  { name: 'bzip2', magic: Buffer.from('BZh') },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { name: 'zip', magic: Buffer.from([0x50, 0x4b, 0x03, 0x04]) },
];

/** Bytes that tell every format. */
const HEAD = 6;

/** The plain bytes of an upload, at most `maxBytes` of them, unpacked once where it is packed. */
export async function* decompress(bytes: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of unpacked(bytes)) {
    // A packed file in a packed file multiplies what a small upload can unfold to.
    if (total === 0 && compressionOf(chunk)) throw new SnapshotError('snapshot-unsupported-compression', 'the upload is packed twice; send it packed once, with gzip, or plain');
    total += chunk.length;
    if (total > maxBytes) throw new SnapshotError('snapshot-too-large', `the upload is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB (unpacked); leave out kinds that are not needed, such as events`);
    yield chunk;
  }
}

async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const source = withHead(bytes);
  const first = await source.next();
  if (first.done === true) return;
  const compression = compressionOf(first.value);
  const whole = chain(first.value, source);
  if (!compression) {
    yield* whole;
    return;
  }
  if (!compression.unpack) throw new SnapshotError('snapshot-unsupported-compression', `the upload is packed with ${compression.name}, which is not understood here; pack it with gzip, or send it plain`);
  try {
    for await (const chunk of compression.unpack(whole)) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } catch (error) {
    throw unpackError(error, compression.name);
  }
}

function unpackError(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong' || code === 'ERR_ZLIB_UNEXPECTED_END') return new SnapshotError('snapshot-truncated', `the ${name} data ends too early: the upload is only a part of the file`);
  if (/^(Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(code)) return new SnapshotError('snapshot-invalid-encoding', `the upload starts like ${name} data and then is not`);
  return error;
}

const compressionOf = (chunk: Uint8Array): Compression | undefined => compressions.find(({ magic }) => magic.equals(chunk.subarray(0, magic.length)));

/** The same bytes, the first chunk long enough to tell a format by it. */
async function* withHead(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) {
      yield buffer;
      continue;
    }
    head = Buffer.concat([head, buffer]);
    if (head.length < HEAD) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* chain(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
