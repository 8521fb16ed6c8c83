/** `next`, the longer one, with what `old` holds at its beginning: a column that is full goes on in it. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array>(next: T, old: T): T {
  next.set(old);
  return next;
}
