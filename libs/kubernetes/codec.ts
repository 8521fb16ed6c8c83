import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Codec } from '#inventory/template-store.js';

/** 22 characters are 132 bits: no two of a cluster's templates collide, also on purpose. */
export const codec: Codec = {
  digest: (text) => hash('sha256', text, 'base64url').slice(0, 22),
  // Templates repeat each other so much that the lowest level already reaches the ratio that counts.
  // A copy: what zlib gives back keeps the whole of a larger buffer.
  compress: (text) => new Uint8Array(deflateRawSync(text, { level: 1 })),
  expand: (bytes) => inflateRawSync(bytes).toString('utf8'),
};
