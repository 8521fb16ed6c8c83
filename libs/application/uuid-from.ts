import { hash } from 'node:crypto';

/**
 * The UUID (version 8) of what the parts name: the same parts give the same id on every machine and in every
 * release. Stored ids depend on it, so it never changes.
 */
export function uuidFrom(noun: string, ...parts: readonly (string | number)[]): string {
  // Lengths keep ('ab', 'c') and ('a', 'bc') apart.
  const text = [noun, ...parts].map((part) => `${Buffer.byteLength(String(part))}:${part}`).join('');
  const bytes = hash('sha256', text, 'buffer');
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether a text is a UUID at all; what is not one names no row. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
