import { hash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Codec } from '#inventory/template-store.js';

export const nodeCodec: Codec = {
  digest: (text) => hash('sha256', text, 'base64url'),
  compress: (text) => deflateRawSync(text, { level: 1 }),
  expand: (bytes) => inflateRawSync(bytes).toString('utf8'),
};
