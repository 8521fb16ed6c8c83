/**
 * Joins texts so that no two lists of texts give the same bytes: each is preceded by its length in bytes
 * (four bytes, big endian). UTF-16, because UTF-8 turns every lone surrogate into the same replacement.
 */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf16le');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
