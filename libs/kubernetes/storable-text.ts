import { isStorableText } from '#application/storable.js';

const escapes = ['\\u0000', '\\ud', '\\uD'].map((text) => Buffer.from(text));

/** Whether JSON has escapes that could make a string unstorable: cheap, and nearly always no. */
export const hasSuspiciousEscape = (json: Buffer): boolean => escapes.some((escape) => json.includes(escape));

/** Whether every key and string of a parsed value can be stored. Give it values of bounded depth. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, child]) => isStorableText(key) && isStorable(child));
}
