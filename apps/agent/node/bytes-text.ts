/**
 * Paths and arguments of a node are bytes. Inside the collector they are kept as strings of one character a byte (latin1), so
 * that names that are no UTF-8 can be opened too.
 */
export type ByteString = string;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const bytesOf = (text: ByteString): Buffer => Buffer.from(text, 'latin1');
export const byteString = (text: string): ByteString => Buffer.from(text, 'utf8').toString('latin1');

/** As UTF-8, or undefined where it is none. */
export function utf8Of(text: ByteString): string | undefined {
  try {
    return decoder.decode(bytesOf(text));
  } catch {
    return undefined;
  }
}

/** For a bundle: bytes that are no UTF-8 as `\xNN`, and then backslashes doubled. */
export function shown(text: ByteString): { readonly text: string; readonly isEscaped: boolean } {
  const utf8 = utf8Of(text);
  if (utf8 !== undefined && !utf8.includes('\0')) return { text: utf8, isEscaped: false };
  return { text: text.replaceAll('\\', '\\\\').replaceAll(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`), isEscaped: true };
}
