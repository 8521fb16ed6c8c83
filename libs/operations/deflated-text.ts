import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Bytes of most texts: where zlib gives them in several pieces, it puts them together in yet another one. */
const PIECE = 160 * 1024;
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

/** Bytes of one text after the other, for which zlib would take memory anew each time. */
const scratch = Buffer.allocUnsafeSlow(MOST_BYTES_A_UNIT * PIECE);

/** Facts repeat each other so much that the lowest level already reaches the ratio that counts. A copy: what zlib gives keeps the whole of a larger buffer. */
export function deflate(text: string): Uint8Array {
  const bytes = text.length <= PIECE ? scratch.subarray(0, scratch.write(text)) : text;
  return new Uint8Array(deflateRawSync(bytes, { level: 1 }));
}

/** The text's UTF-8. */
export const inflateBytes = (bytes: Uint8Array): Buffer => inflateRawSync(bytes, { chunkSize: PIECE });

export const inflate = (bytes: Uint8Array): string => inflateBytes(bytes).toString('utf8');
