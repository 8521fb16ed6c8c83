import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { retryDelay, retryDelays } from './retry-schedule.js';

const HOUR = 3_600_000;

describe('the retry schedule', () => {
  it('is the one that is promised', () => {
    expect(retryDelays.map((delay) => delay / 1_000)).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 86_400, 86_400]);
  });

  it('spreads every pause over +-20 %, and the same delivery always waits the same', () => {
    for (const [i, delay] of retryDelays.entries()) {
      const pauses = Array.from({ length: 500 }, () => retryDelay(randomUUID(), i + 1)!);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(delay * 0.8);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(delay * 1.2);
      expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(delay * 0.3);
    }
    const id = randomUUID();
    expect(retryDelay(id, 3)).toBe(retryDelay(id, 3));
  });

  it('ends after the tenth attempt', () => {
    expect(retryDelay('d', 9)).toBeDefined();
    expect(retryDelay('d', 10)).toBeUndefined();
    expect(retryDelay('d', 10, HOUR)).toBeUndefined();
  });

  it('waits as long as the receiver asks, a day at most, and never less than the schedule', () => {
    expect(retryDelay('d', 1, HOUR)).toBe(HOUR);
    expect(retryDelay('d', 1, 1_000 * HOUR)).toBe(24 * HOUR);
    expect(retryDelay('d', 5, 1_000)).toBe(retryDelay('d', 5));
  });
});
