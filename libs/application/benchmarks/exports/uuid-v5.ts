import { hash } from 'node:crypto';

/** Of names of this product in OSCAL documents. */
const NAMESPACE = Buffer.from('6f1d3ce0a7b44d5e9c5b0d8f2b7e4a91', 'hex');

/** The UUID (RFC 9562, version 5) of what the parts name: the same in every document about the same thing. */
export function uuidV5(...parts: readonly string[]): string {
  const name = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(name)]), 'buffer');
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
