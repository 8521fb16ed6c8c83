import { describe, expect, it } from 'vitest';
import { combined } from './combine.js';

describe('rules of one subject together', () => {
  it.each([
    [['pass', 'pass'], 'pass'], [['pass', 'fail'], 'fail'], [['pass', 'unknown'], 'unknown'], [['fail', 'unknown'], 'fail'], [['pass', 'manual'], 'manual'], [['fail', 'manual'], 'fail'],
    [['not-applicable', 'pass'], 'pass'], [['not-applicable'], 'not-applicable'], [[], 'unknown'],
  ] as const)('all of %j come to %s', (statuses, expected) => {
    expect(combined('all', statuses)).toBe(expected);
  });

  it.each([
    [['pass', 'fail'], 'pass'], [['fail', 'fail'], 'fail'], [['fail', 'unknown'], 'unknown'], [['fail', 'manual'], 'manual'], [['unknown', 'manual'], 'unknown'], [['not-applicable', 'fail'], 'fail'],
    [['not-applicable'], 'not-applicable'], [[], 'unknown'],
  ] as const)('any of %j come to %s', (statuses, expected) => {
    expect(combined('any', statuses)).toBe(expected);
  });
});
