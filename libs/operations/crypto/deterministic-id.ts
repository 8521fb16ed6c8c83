import { createHash } from 'node:crypto';
import { lengthPrefixed } from './length-prefixed.js';

/**
 * The same UUID (version 8, RFC 9562) for the same namespace and parts, on every machine and for ever:
 * 122 bits of SHA-256 over the length-prefixed parts. Not secret; who knows the parts knows the id.
 */
export function uuidFrom(namespace: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256')
    .update(lengthPrefixed([namespace, ...parts]))
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
