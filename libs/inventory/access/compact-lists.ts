/** Lists of numbers by a dense key, in two arrays: list `key` is `items[from[key]]` up to `items[from[key + 1]]`. */
export interface CompactLists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}

/** Groups pairs by key. Items of one key keep their order. */
export function groupByKey(keys: number, keyOf: ArrayLike<number>, itemOf: ArrayLike<number>): CompactLists {
  const from = new Int32Array(keys + 1);
  for (let i = 0; i < keyOf.length; i++) from[keyOf[i]! + 1]!++;
  for (let key = 0; key < keys; key++) from[key + 1]! += from[key]!;
  const next = from.slice(0, keys);
  const items = new Int32Array(keyOf.length);
  for (let i = 0; i < keyOf.length; i++) items[next[keyOf[i]!]!++] = itemOf[i]!;
  return { from, items };
}

/** First position in `[from, to)` whose value is not below `value`; the range is sorted. */
export function lowerBound(sorted: Int32Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
