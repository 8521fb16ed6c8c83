/** By bisection: the first number from 0 on for which the test fails, `length` where none does. Numbers that pass come before those that fail. */
export function partitionPoint(length: number, passes: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
