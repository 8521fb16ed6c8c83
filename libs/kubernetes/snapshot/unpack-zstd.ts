import { Decompress, ZstdErrorCode } from 'fzstd';

/**
 * Packed bytes given to the decoder at once. A block of four bytes may unfold to 128 KiB, and the decoder gives
 * out a push's blocks together: small pushes keep a hostile upload from filling the memory before anyone counts.
 */
const PUSH = 512;

/** Unpacks zstd where Node cannot. Errors carry a `code` like those of newer Nodes. */
export async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => out.push(chunk));
  for await (const part of packed) {
    for (let at = 0; at < part.length; at += PUSH) {
      push(decoder, part.subarray(at, at + PUSH), false);
      yield* out;
      out = [];
    }
  }
  push(decoder, new Uint8Array(0), true);
  yield* out;
}

function push(decoder: Decompress, bytes: Uint8Array, isLast: boolean): void {
  try {
    decoder.push(bytes, isLast);
  } catch (cause) {
    const isCut = cause instanceof Error && 'code' in cause && cause.code === ZstdErrorCode.UnexpectedEOF;
    throw Object.assign(new Error('bad zstd data', { cause }), { code: isCut ? 'ZSTD_error_srcSize_wrong' : 'ZSTD_error_corruption' });
  }
}
