import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Codec } from '#inventory/template-store.js';

/** The text of evidence that was compressed so. */
export const inflated = (bytes: Uint8Array): string => inflateRawSync(bytes).toString('utf8');

export const nodeCodec: Codec = {
  digest: (text) => hash('sha256', text, 'base64url'),
  compress: (text) => deflateRawSync(text, { level: 1 }),
  expand: (bytes) => inflateRawSync(bytes),
};
