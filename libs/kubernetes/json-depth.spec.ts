import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan, isValueDeeperThan } from './json-depth.js';

const depthOf = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);

describe('depth guard', () => {
  it('agrees with a plain count, on bytes and on values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 1, max: 9 }), (value, max) => {
        const isDeep = depthOf(value) > max;
        expect(isDeeperThan(Buffer.from(JSON.stringify(value)), max)).toBe(isDeep);
        expect(isValueDeeperThan(value, max)).toBe(isDeep);
      }),
    );
  });

  it('does not count brackets in text', () => {
    expect(isDeeperThan(Buffer.from(JSON.stringify({ a: '[[[[[\\"{{{{{' })), 1)).toBe(false);
  });

  it('finds a circle too deep', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(isValueDeeperThan(circle, 64)).toBe(true);
  });
});
