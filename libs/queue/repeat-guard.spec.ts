import { expect, it } from 'vitest';

import type { Log, LogFields } from '#operations/log.js';

import { RepeatGuard } from './repeat-guard.js';

it('says a repeated trouble once in 30 s, with how often it came back', () => {
  const lines: [LogFields, string][] = [];
  const log: Log = { debug: () => undefined, info: () => undefined, warn: (fields, message) => void lines.push([fields, message]), error: () => undefined, child: () => log };
  let now = 0;
  const guard = new RepeatGuard(log, () => now);
  for (now of [0, 10, 29_999]) guard.warn({}, 'away');
  guard.warn({}, 'something else');
  for (now of [30_000, 30_001]) guard.warn({}, 'away');
  expect(lines).toEqual([
    [{}, 'away'],
    [{}, 'something else'],
    [{ suppressed: 2 }, 'away'],
  ]);
});
