import { mix } from './random.mjs';

/** A sequence of chance that a seed repeats. */
export function chanceOf(seed) {
  let index = 0;
  const below = (count) => mix(index++, seed) % count;
  const pick = (list) => list[below(list.length)];
  return { below, pick, some: (list, count) => Array.from({ length: count }, () => pick(list)), oneIn: (count) => below(count) === 0 };
}
