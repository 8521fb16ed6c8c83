import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Facts repeat each other so much that the lowest level already reaches the ratio that counts. A copy: what zlib gives keeps the whole of a larger buffer. */
export const deflate = (text: string): Uint8Array => new Uint8Array(deflateRawSync(text, { level: 1 }));

export const inflate = (bytes: Uint8Array): string => inflateRawSync(bytes).toString('utf8');
