import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * The key that one cluster's collectors sign with, 32 bytes. It belongs to one cluster: who takes it from a node can speak for
 * nodes of that cluster, never for another's. Written `bwe_<id>_<43 base64url characters>`.
 */
export interface EnrolmentKey {
  /** 1 to 32 letters and digits; names the key without telling it, so that one can follow another. */
  readonly id: string;
  readonly secret: Uint8Array;
}

const KEY_BYTES = 32;
const pattern = /^bwe_([0-9A-Za-z]{1,32})_([A-Za-z0-9_-]{43})$/;
const idPattern = /^[0-9A-Za-z]{1,32}$/;

export const formatEnrolmentKey = ({ id, secret }: EnrolmentKey): string => `bwe_${id}_${Buffer.from(secret).toString('base64url')}`;

/** Undefined for anything that is no key. Space around it is forgiven, for it comes from a file. */
export function parseEnrolmentKey(text: string): EnrolmentKey | undefined {
  const [, id, encoded] = pattern.exec(text.trim()) ?? [];
  if (id === undefined || encoded === undefined) return undefined;
  const secret = Buffer.from(encoded, 'base64url');
  return secret.length === KEY_BYTES && secret.toString('base64url') === encoded ? { id, secret } : undefined;
}

/** HKDF with SHA-256 from a server's master secret, so that no key has to be stored. Other ids and clusters give unrelated keys. */
export function deriveEnrolmentKey(master: Uint8Array, clusterId: string, id: string): EnrolmentKey {
  if (master.byteLength < KEY_BYTES) throw new RangeError(`The master secret of enrolment keys needs at least ${KEY_BYTES} bytes.`);
  if (!idPattern.test(id)) throw new RangeError('The id of an enrolment key has 1 to 32 letters and digits.');
  return { id, secret: new Uint8Array(hkdfSync('sha256', master, 'bulwark node enrolment', `${clusterId}\0${id}`, KEY_BYTES)) };
}

export const signatureOf = ({ secret }: EnrolmentKey, signed: string): Buffer => createHmac('sha256', secret).update(signed, 'latin1').digest();

/** Compares in constant time. */
export function isSignatureOf(key: EnrolmentKey, signed: string, signature: Uint8Array): boolean {
  const own = signatureOf(key, signed);
  return signature.byteLength === own.byteLength && timingSafeEqual(own, signature);
}
