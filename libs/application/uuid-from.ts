import { hash } from 'node:crypto';

/**
 * The UUID (version 8) of what the parts name: the same parts give the same id on every machine and in every
 * release. Stored ids depend on it, so it never changes.
 */
export function uuidFrom(noun: string, ...parts: readonly (string | number)[]): string {
  return uuidOf(8, hash('sha256', nameOf([noun, ...parts]), 'hex'));
}

/** One text for all the parts; lengths keep ('ab', 'c') and ('a', 'bc') apart. */
export const nameOf = (parts: readonly (string | number)[]): string => parts.map((part) => `${Buffer.byteLength(String(part))}:${part}`).join('');

/** The UUID of this version (RFC 9562) that begins a digest, which is in hexadecimal. */
export function uuidOf(version: 5 | 8, hex: string): string {
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Whether a text is a UUID at all; what is not one names no row. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
