import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './tokens.js';

describe('token buckets', () => {
  const at = (start = 0) => {
    const clock = { ms: start };
    return { clock, now: () => clock.ms };
  };

  it('give as many as there are, and more as time goes by', () => {
    const { clock, now } = at();
    const buckets = new TokenBuckets({ most: 3, aSecond: 0.5 }, 10, now);
    for (let i = 0; i < 3; i++) {
      expect(buckets.wait('a')).toBe(0);
      buckets.take('a');
    }
    expect(buckets.wait('a')).toBe(2);
    expect(buckets.wait('b')).toBe(0);
    clock.ms += 1_000;
    expect(buckets.wait('a')).toBe(1);
    clock.ms += 1_000;
    expect(buckets.wait('a')).toBe(0);
    buckets.take('a');
    expect(buckets.wait('a')).toBe(2);
    clock.ms += 3_600_000;
    for (let i = 0; i < 3; i++) buckets.take('a');
    expect(buckets.wait('a')).toBe(2);
  });

  it('never owe more than one', () => {
    const { now } = at();
    const buckets = new TokenBuckets({ most: 1, aSecond: 1 }, 10, now);
    for (let i = 0; i < 100; i++) buckets.take('a');
    expect(buckets.wait('a')).toBe(1);
  });

  it('remember so many names and no more', () => {
    const { now } = at();
    const buckets = new TokenBuckets({ most: 1, aSecond: 0.001 }, 2, now);
    for (const name of ['a', 'b', 'a', 'c']) buckets.take(name);
    expect(['a', 'b', 'c'].map((name) => buckets.wait(name) > 0)).toEqual([true, false, true]);
  });
});
