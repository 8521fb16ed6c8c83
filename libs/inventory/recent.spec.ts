import { expect, it } from 'vitest';
import { Recent } from './recent.js';

it('keeps the last values that were made, and makes others anew', () => {
  const recent = new Recent<number, string>(3);
  const made: number[] = [];
  const get = (key: number): string => recent.get(key, () => (made.push(key), `value ${key}`));
  for (const key of [1, 2, 3, 2, 1, 4, 3, 2, 1, 4]) expect(get(key)).toBe(`value ${key}`);
  // The fourth takes the place of the first, which takes that of the second.
  expect(made).toEqual([1, 2, 3, 4, 1]);
});

it('takes what is undefined for a value', () => {
  const recent = new Recent<string, undefined>(1);
  let made = 0;
  for (let i = 0; i < 3; i++) recent.get('key', () => void made++);
  expect(made).toBe(1);
});
