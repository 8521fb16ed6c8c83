import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import { lengthPrefixed } from './length-prefixed.js';
import { SealError } from './seal-error.js';
import { keyIdOf, openBox, sealBox, type SealingKey } from './sealed-box.js';

/** An organisation's own key. It is stored only wrapped, and lives unwrapped only in a worker's memory. */
export type DataKey = SealingKey;

export function createDataKey(): DataKey {
  return { id: randomUUID(), key: createSecretKey(randomBytes(32)) };
}

/** Whose data key it is. A wrapped key copied to another organisation's row does not unwrap there. */
export interface DataKeyPlace {
  readonly tenantId: string;
  readonly dataKeyId: string;
}

/** Wraps under the ring's active key. */
export function wrapDataKey(ring: KeyRing, dataKey: DataKey, tenantId: string): Buffer {
  return sealBox(ring.active, dataKey.key.export(), dataKeyAad({ tenantId, dataKeyId: dataKey.id }));
}

/** Throws `SealError`: `unknown-key` when the key-encryption key left the ring, `not-authentic`, `not-sealed`. */
export function unwrapDataKey(ring: KeyRing, wrapped: Uint8Array, place: DataKeyPlace): DataKey {
  const id = keyIdOf(wrapped);
  const wrapping = ring.keys.get(id);
  if (wrapping === undefined) {
    throw new SealError('unknown-key', `The key-encryption key "${id}" is not in the settings; add it again, behind the active one.`);
  }
  const bytes = openBox(wrapping, wrapped, dataKeyAad(place));
  if (bytes.length !== 32) throw new SealError('not-sealed', 'What was unwrapped is not a data key.');
  return { id: place.dataKeyId, key: createSecretKey(bytes) };
}

/** True while a wrapped key is not under the active key. */
export function needsRewrap(ring: KeyRing, wrapped: Uint8Array): boolean {
  return keyIdOf(wrapped) !== ring.active.id;
}

/** Wraps the same data key under the active key; what it sealed stays as it is. */
export function rewrapDataKey(ring: KeyRing, wrapped: Uint8Array, place: DataKeyPlace): Buffer {
  return wrapDataKey(ring, unwrapDataKey(ring, wrapped, place), place.tenantId);
}

/** Seals under a data key, for the place that `aad` (see `credentialAad`) names. */
export function seal(dataKey: DataKey, plaintext: string | Uint8Array, aad: Uint8Array): Buffer {
  return sealBox(dataKey, typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext, aad);
}

/** Throws `SealError`: `not-authentic` when changed or moved, `unknown-key` for another data key, `not-sealed`. */
export function open(dataKey: DataKey, sealed: Uint8Array, aad: Uint8Array): Buffer {
  return openBox(dataKey, sealed, aad);
}

/** The one place where a sealed value is valid. `version` counts the writes of the field, so an old value cannot come back. */
export interface CredentialPlace {
  readonly tenantId: string;
  readonly table: string;
  readonly rowId: string;
  readonly field: string;
  readonly version: number;
}

/** No two places give the same bytes. Throws a `RangeError` on a version that is not a whole number. */
export function credentialAad({ tenantId, table, rowId, field, version }: CredentialPlace): Buffer {
  if (!Number.isSafeInteger(version) || version < 0) throw new RangeError('A credential version is a whole number from 0.');
  return lengthPrefixed(['bulwark credential', tenantId, table, rowId, field, String(version)]);
}

function dataKeyAad({ tenantId, dataKeyId }: DataKeyPlace): Buffer {
  return lengthPrefixed(['bulwark data key', tenantId, dataKeyId]);
}
