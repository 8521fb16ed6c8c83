import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { SealError } from './seal-error.js';

/** A 256-bit key under the id that is written beside everything it seals. */
export interface SealingKey {
  readonly id: string;
  readonly key: KeyObject;
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const idPattern = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * AES-256-GCM: version (1 byte, 0x01) | length of key id (1 byte) | key id | nonce (12) | ciphertext | tag (16).
 * Version and key id are authenticated with `aad`. Nonces are random: rotate a key long before 2^32 seals.
 */
export function sealBox({ id, key }: SealingKey, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const header = headerOf(id);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header, aad]));
  return Buffer.concat([header, nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Gives the plaintext, or throws `SealError`: `not-sealed`, `unknown-key` or `not-authentic`. */
export function openBox({ id, key }: SealingKey, sealed: Uint8Array, aad: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (keyIdOf(bytes) !== id) throw new SealError('unknown-key', `This was sealed under another key than "${id}".`);

  const header = headerOf(id);
  const nonce = bytes.subarray(header.length, header.length + nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.concat([header, aad]));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(header.length + nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw new SealError('not-authentic', 'This was changed after it was sealed, or belongs to another row, field or key.');
  }
}

/** Which key a box names. Not authenticated until the box is opened. Throws `SealError` (`not-sealed`). */
export function keyIdOf(sealed: Uint8Array): string {
  const [first, idLength = 0] = sealed;
  const id = Buffer.from(sealed.subarray(2, 2 + idLength)).toString('latin1');
  if (first !== version || !idPattern.test(id) || sealed.length < 2 + idLength + nonceBytes + tagBytes) {
    throw new SealError('not-sealed', 'These bytes are not sealed in a format that is known here.');
  }
  return id;
}

export function isKeyId(id: string): boolean {
  return idPattern.test(id);
}

function headerOf(id: string): Buffer {
  if (!isKeyId(id)) throw new RangeError('A key id has 1 to 64 letters, digits, dots, underscores or hyphens.');
  return Buffer.concat([Buffer.from([version, id.length]), Buffer.from(id, 'latin1')]);
}
