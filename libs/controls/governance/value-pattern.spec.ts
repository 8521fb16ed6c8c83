import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valuePattern } from './value-pattern.js';

const matches = (pattern: string, value: string): boolean | undefined => valuePattern(pattern)?.matches(value);

describe('valuePattern', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'webs', false],
    ['^web$', 'web', true],
    ['team-[a-z]+', 'team-shop', true],
    ['team-[a-z]+', 'team-', false],
    ['[^a-z]*', 'A-1', true],
    ['(dev|test|prod)', 'test', true],
    ['(dev|test|prod)', 'tests', false],
    ['(?:a|b){2,3}', 'aba', true],
    ['(?:a|b){2,3}', 'a', false],
    ['(a|)b{0}c', 'c', true],
    ['\\d{4}-\\d{2}', '2026-11', true],
    ['\\w+@shop\\.example', 'ann@shop.example', true],
    ['\\w+@shop\\.example', 'ann@shopxexample', false],
    ['[\\w.-]+', 'a.b-c_1', true],
    ['\\S+', 'a b', false],
    ['.*', '', true],
    ['', '', true],
    ['a|b|', '', true],
    ['(a*)*b', 'aaab', true],
  ])('%s and %s: %s', (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });

  it.each(['(', 'a)', '[a', 'a{2', 'a{3,2}', '*', '(?=a)', '(?<n>a)', '\\1', '\\bweb', 'a$b', 'x'.repeat(300), '((a{900}){900}){900}', '(a{999}){999}'])('does not take %s for a pattern', (pattern) => {
    expect(valuePattern(pattern)).toBeUndefined();
  });

  it.each(['(a+)+', '(a|aa)+', '(a*)*', '(.*a){20}', '((a?){20}a{20})'])('answers %s at once, however it could be read', (pattern) => {
    const start = performance.now();
    matches(pattern, `${'a'.repeat(256)}!`);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('says what regular expressions of the language say', () => {
    const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '(?:b|)');
    const times = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}');
    const pattern = fc.array(fc.tuple(piece, times), { maxLength: 5 }).map((parts) => parts.map((part) => part.join('')).join(''));
    fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }), (text, value) => {
      expect(matches(text, value), `${text} on ${value}`).toBe(new RegExp(`^(?:${text})$`).test(value));
    }), { numRuns: 2_000 });
  });
});
