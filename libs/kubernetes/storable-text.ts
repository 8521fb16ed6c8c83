/** NUL and lone surrogates: legal in JSON, but no UTF-8 text that a database could keep. */
const unstorable = /\0|\p{Surrogate}/u;

const escapes = ['\\u0000', '\\ud', '\\uD'].map((text) => Buffer.from(text));

/** Whether JSON has escapes that could make a string unstorable: cheap, and nearly always no. */
export const hasSuspiciousEscape = (json: Buffer): boolean => escapes.some((escape) => json.includes(escape));

/** Whether every key and string of a parsed value can be stored. Give it values of bounded depth. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !unstorable.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, child]) => !unstorable.test(key) && isStorable(child));
}
