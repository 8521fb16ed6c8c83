import { hash } from 'node:crypto';
import type { Codec } from '#inventory/template-store.js';
import { deflate, inflateBytes } from '#operations/deflated-text.js';

/** To pack and unpack what a small cluster holds costs more than it saves. */
const PLAIN = 2 * 1024 * 1024;

/** 22 characters are 132 bits: no two of a cluster's templates collide, also on purpose. */
export const codec: Codec = { digest: (text) => hash('sha256', text, 'base64url').slice(0, 22), plain: PLAIN, compress: deflate, expand: inflateBytes };
