import { createSecretKey } from 'node:crypto';
import { SealError } from './seal-error.js';
import { isKeyId, type SealingKey } from './sealed-box.js';

/** The key-encryption keys. New data keys are wrapped under `active`; older ones still unwrap. */
export interface KeyRing {
  readonly active: SealingKey;
  readonly keys: ReadonlyMap<string, SealingKey>;
}

/**
 * Reads `id:key` pairs divided by commas, the active one first; a key is 32 random bytes in base64.
 * To rotate: put a new pair in front, rewrap, then drop the old one.
 * Throws `SealError` (`bad-key-ring`) that counts entries and never repeats them.
 */
export function parseKeyRing(setting: string): KeyRing {
  const keys = new Map<string, SealingKey>();
  const seen = new Set<string>();
  for (const [index, entry] of setting.split(',').entries()) {
    const place = `Key-encryption key ${index + 1}`;
    const [id, text, ...more] = entry.trim().split(':');
    if (id === undefined || text === undefined || more.length > 0 || !isKeyId(id)) {
      throw bad(`${place} is not of the form id:key, with an id of letters, digits, dots, underscores and hyphens.`);
    }
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== 32 || bytes.toString('base64') !== text) {
      throw bad(`${place} is not 32 bytes in base64; make one with: openssl rand -base64 32`);
    }
    if (new Set(bytes).size < 8) throw bad(`${place} is not random; make one with: openssl rand -base64 32`);
    if (keys.has(id)) throw bad(`${place} has the id of an earlier one; ids are never used again.`);
    if (seen.has(text)) throw bad(`${place} is the same key as an earlier one; a rotation needs a new key.`);
    seen.add(text);
    keys.set(id, { id, key: createSecretKey(bytes) });
  }
  const [active] = keys.values();
  if (active === undefined) throw bad('There is no key-encryption key.');
  return { active, keys };
}

function bad(message: string): SealError {
  return new SealError('bad-key-ring', message);
}

/** The ring of keys that the settings have parsed. */
export const ringOf = (keys: readonly { readonly id: string; readonly key: Uint8Array }[]): KeyRing =>
  parseKeyRing(keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join(','));
