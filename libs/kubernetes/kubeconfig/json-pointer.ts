/**
 * A JSON Pointer made of array indexes and plain field names. It ends at the first key that does not look
 * like a field name: with a slip of indentation a token becomes a key, and pointers are shown.
 */
export function shownPointer(path: readonly PropertyKey[]): string {
  let pointer = '';
  for (const step of path) {
    if (typeof step !== 'number' && !looksLikeFieldName(String(step))) break;
    pointer += `/${String(step)}`;
  }
  return pointer;
}

function looksLikeFieldName(key: string): boolean {
  return /^[A-Za-z-]{1,40}$/.test(key);
}
