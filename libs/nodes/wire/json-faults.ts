/** What is wrong with valid JSON that parsers let pass: too deep, or a key given twice, of which they take one. */
export type JsonFault = { readonly fault: 'too-deep' } | { readonly fault: 'duplicate-key' };

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COLON, COMMA] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x3a, 0x2c];

/** For JSON that has been parsed already: of other text the answer means nothing. One pass, and no more memory than its keys. */
export function jsonFault(json: Uint8Array, depth: number): JsonFault | undefined {
  /** Of each open container the keys it has so far; a list has none. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === QUOTE) {
      const start = i;
      for (i++; i < json.length && json[i] !== QUOTE; i++) if (json[i] === BACKSLASH) i++;
      const keys = open.at(-1);
      if (!isKey || !keys) continue;
      const key = JSON.parse(Buffer.from(json.buffer, json.byteOffset + start, i + 1 - start).toString('utf8')) as string;
      if (keys.has(key)) return { fault: 'duplicate-key' };
      keys.add(key);
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (open.push(byte === OPEN ? new Set() : undefined) > depth) return { fault: 'too-deep' };
      isKey = byte === OPEN;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      open.pop();
    } else if (byte === COLON) isKey = false;
    else if (byte === COMMA) isKey = open.at(-1) !== undefined;
  }
  return undefined;
}
