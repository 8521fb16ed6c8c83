import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Bytes of the longest texts that are usual. */
const PIECE = 160 * 1024;
/** Bytes that zlib takes any less of. */
const LEAST = 1024;
/** What is kept here, facts or failures, is mostly deflated to less than a sixth and to more than a twentieth. */
const [LEAST_RATIO, MOST_RATIO] = [6, 20];
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

/** Bytes of one text after the other, for which zlib would take memory anew each time. */
const scratch = Buffer.allocUnsafeSlow(MOST_BYTES_A_UNIT * PIECE);

export function deflate(text: string): Uint8Array {
  const bytes = text.length <= PIECE ? scratch.subarray(0, scratch.write(text)) : text;
  return deflateBytes(bytes);
}

/** Facts repeat each other so much that the lowest level already reaches the ratio that counts. A copy: what zlib gives keeps the whole of a larger buffer. */
export const deflateBytes = (bytes: Uint8Array | string): Uint8Array => new Uint8Array(deflateRawSync(bytes, { level: 1, chunkSize: room(bytes.length / LEAST_RATIO) }));

/** Of a text its UTF-8. `size`: how many bytes they are, where that is known about. */
export const inflateBytes = (bytes: Uint8Array, size: number = bytes.length * MOST_RATIO): Buffer => inflateRawSync(bytes, { chunkSize: room(size + 1) });

export const inflate = (bytes: Uint8Array): string => inflateBytes(bytes).toString('utf8');

/**
 * Bytes for zlib to write into. Each call has memory of its own for that, which waits to be collected, whatever part of it was needed;
 * where it is too little or just enough, there are several pieces, and yet another one in which they are put together.
 */
const room = (bytes: number): number => Math.min(Math.max(LEAST, Math.ceil(bytes)), PIECE);
