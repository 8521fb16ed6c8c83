import { expect, it } from 'vitest';
import { isWithinMode, modeText } from './file-mode.js';

it.each([
  [0o100600, 0o600, true], [0o400, 0o600, true], [0o600, 0o644, true], [0o100644, 0o600, false], [0o640, 0o600, false], [0o477, 0o600, false], [0o4600, 0o600, false], [0o1700, 0o700, false], [0, 0o600, true],
])('mode %o is within %o: %s', (mode, max, expected) => {
  expect(isWithinMode(mode, max)).toBe(expected);
});

it('is written with four digits', () => {
  expect([0o100644, 0o40, 0o4755].map(modeText)).toEqual(['0644', '0040', '4755']);
});
