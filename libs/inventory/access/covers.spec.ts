import { describe, expect, it } from 'vitest';
import { covers } from './covers.js';
import { allRights, rule, urlRule } from './testing/written-facts.js';

describe('covers', () => {
  it('lists what is missing as single rights', () => {
    expect(covers([rule('get,list', 'pods')], [rule('get,delete', 'pods,secrets')])).toEqual({
      state: 'uncovered', count: 3, uncovered: [rule('delete', 'pods'), rule('get', 'secrets'), rule('delete', 'secrets')],
    });
  });

  it('lets a star cover all but never be covered by a list', () => {
    expect(covers([allRights], [rule('get', 'pods/exec', { resourceNames: ['a'] })]).state).toBe('covered');
    expect(covers([rule('get', '*/scale')], [rule('get', '*')]).state).toBe('uncovered');
    expect(covers([urlRule('get', '/a*')], [urlRule('get', '/a/b', '/ab')]).state).toBe('covered');
  });

  it('ends in bounded time on rules of any size', () => {
    const many = (length: number, word: string): string[] => Array.from({ length }, (_, at) => `${word}${at}`);
    const huge = rule('get', 'pods', { verbs: many(2_000, 'v'), resources: many(2_000, 'r'), apiGroups: many(2_000, 'g') });
    expect(covers([], [huge])).toEqual({ state: 'unknown', reason: 'too-large' });
    const rules = many(10_000, 'r').map((resource) => rule('get', resource));
    const started = performance.now();
    expect(covers(rules, rules).state).toBe('covered');
    const missing = covers(rules, [rule('get', 'x', { resourceNames: many(20_000, 'n') })]);
    expect(missing).toMatchObject({ state: 'uncovered', count: 20_000 });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
