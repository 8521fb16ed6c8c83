import { hash } from 'node:crypto';
import { nameOf, uuidOf } from '../../uuid-from.js';

/** Of names of this product in OSCAL documents. */
const NAMESPACE = Buffer.from('6f1d3ce0a7b44d5e9c5b0d8f2b7e4a91', 'hex');

/** The UUID (RFC 9562, version 5) of what the parts name: the same in every document about the same thing. */
export const uuidV5 = (...parts: readonly string[]): string => uuidOf(5, hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(nameOf(parts))]), 'hex'));
