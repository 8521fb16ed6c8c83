/** NUL and halves of surrogate pairs: legal in JSON, impossible in Postgres. */
const unstorable = /\0|\p{Surrogate}/gu;

/** Whether Postgres can keep the text as it is. */
export const isStorableText = (text: string): boolean => text.search(unstorable) < 0;

/** The same value with every character that cannot be stored replaced by U+FFFD; itself where there is none. */
export function storable<T>(value: T): T {
  return replace(value) as T;
}

function replace(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(unstorable, '\uFFFD');
  if (Array.isArray(value)) {
    const items = value.map(replace);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  // Typed arrays hold numbers only.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value);
  const replaced = entries.map(([key, inner]) => [replace(key) as string, replace(inner)] as const);
  return replaced.some(([key, inner], i) => key !== entries[i]![0] || inner !== entries[i]![1]) ? Object.fromEntries(replaced) : value;
}
