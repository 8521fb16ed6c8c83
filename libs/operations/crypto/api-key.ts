import { createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62 } from './base62.js';

/**
 * An API key reads `bwk_<lookup id>_<secret>_<checksum>`, 77 characters:
 * - `bwk_`: what secret scanners look for;
 * - lookup id: 22 base-62 digits (128 random bits), stored in clear, finds the row;
 * - secret: 43 base-62 digits (256 random bits), stored only as HMAC-SHA256 under a pepper that is not in the database;
 * - checksum: 6 base-62 digits, the CRC-32 (IEEE, as in zlib) of everything before its underscore. It tells a
 *   scanner a real key from a look-alike without asking anyone, and us a typing error without asking the database.
 *
 * For scanners: `\bbwk_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b`; base-62 digits in the order 0-9, A-Z, a-z.
 */
export const apiKeyPattern = /^(bwk_([0-9A-Za-z]{22})_([0-9A-Za-z]{43}))_([0-9A-Za-z]{6})$/;

const leastPepperBytes = 32;

/** A server-wide secret of at least 32 bytes. Losing it makes every key invalid. */
export type Pepper = Uint8Array | KeyObject;

export interface MintedApiKey {
  /** The whole key. Shown once, stored nowhere. */
  readonly token: string;
  readonly lookupId: string;
  /** 32 bytes, to be stored. */
  readonly hash: Buffer;
  /** The start of the key, for people to recognise it by in lists. Opens nothing. */
  readonly shownPrefix: string;
}

export function mintApiKey(pepper: Pepper): MintedApiKey {
  const lookupId = base62(randomBytes(16), 22);
  const secret = base62(randomBytes(32), 43);
  const body = `bwk_${lookupId}_${secret}`;
  return { token: `${body}_${checksum(body)}`, lookupId, hash: apiKeyHash(pepper, secret), shownPrefix: `bwk_${lookupId.slice(0, 8)}` };
}

/** `undefined` for anything that no one can have minted. Costs no database call and tells nothing about which keys exist. */
export function parseApiKey(token: string): { readonly lookupId: string; readonly secret: string } | undefined {
  const [, body, lookupId, secret, sum] = apiKeyPattern.exec(token) ?? [];
  if (body === undefined || lookupId === undefined || secret === undefined || sum !== checksum(body)) return undefined;
  return { lookupId, secret };
}

/** HMAC-SHA256. A slow password hash is not needed: there are 256 random bits to guess. */
export function apiKeyHash(pepper: Pepper, secret: string): Buffer {
  if (pepperBytes(pepper) < leastPepperBytes) throw new RangeError(`The pepper of API keys needs at least ${leastPepperBytes} bytes.`);
  return createHmac('sha256', pepper).update(secret, 'utf8').digest();
}

/** Compares in constant time. `hash` is the stored one. */
export function matchesApiKey(pepper: Pepper, secret: string, hash: Uint8Array): boolean {
  const own = apiKeyHash(pepper, secret);
  return hash.byteLength === own.byteLength && timingSafeEqual(own, hash);
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return base62(bytes, 6);
}

function pepperBytes(pepper: Pepper): number {
  return 'byteLength' in pepper ? pepper.byteLength : (pepper.symmetricKeySize ?? 0);
}
