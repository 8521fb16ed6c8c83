import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Labels, LabelSelector } from '../facts.js';
import { selects, selectsAll } from './label-selector.js';

const selector = (matchLabels: Labels, ...matchExpressions: LabelSelector['matchExpressions']): LabelSelector => ({ matchLabels, matchExpressions });
const expression = (key: string, operator: string, ...values: string[]) => ({ key, operator, values });
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'team', '__proto__'), fc.constantFrom('a', 'b', ''));

describe('selects', () => {
  it('takes everything with an empty selector', () => {
    fc.assert(fc.property(labels, (some) => {
      expect(selects(selector({}), some)).toBe(true);
    }));
    expect(selectsAll(selector({}))).toBe(true);
    expect(selectsAll(selector({ app: 'a' }))).toBe(false);
    expect(selectsAll(selector({}, expression('app', 'Exists')))).toBe(false);
  });

  it.each([
    [expression('app', 'In', 'a', 'b'), { app: 'a' }, true],
    [expression('app', 'In', 'a'), {}, false],
    [expression('app', 'NotIn', 'a'), { app: 'a' }, false],
    [expression('app', 'NotIn', 'a'), {}, true],
    [expression('app', 'Exists'), { app: '' }, true],
    [expression('app', 'Exists'), {}, false],
    [expression('app', 'DoesNotExist'), {}, true],
    [expression('app', 'DoesNotExist'), { app: '' }, false],
    [expression('rank', 'Gt', '3'), { rank: '4' }, true],
    [expression('rank', 'Gt', '3'), { rank: 'x' }, false],
    [expression('rank', 'Lt', '3'), {}, false],
    [expression('app', 'exists'), { app: 'a' }, false],
  ])('%o of %o is %s', (wanted, some, answer) => {
    expect(selects(selector({}, wanted), some as Labels)).toBe(answer);
  });

  it('wants every label and every expression', () => {
    fc.assert(fc.property(labels, labels, (wanted, some) => {
      expect(selects(selector(wanted), some)).toBe(Object.entries(wanted).every(([key, value]) => Object.hasOwn(some, key) && some[key] === value));
    }));
  });

  it('finds opposites opposite', () => {
    fc.assert(fc.property(labels, fc.array(fc.constantFrom('a', 'b', '')), (some, values) => {
      expect(selects(selector({}, expression('app', 'In', ...values)), some)).toBe(!selects(selector({}, expression('app', 'NotIn', ...values)), some));
    }));
  });

  it('does not take what every object inherits for a label', () => {
    expect(selects(selector({}, expression('constructor', 'Exists')), {})).toBe(false);
    expect(selects(selector({}, expression('toString', 'NotIn', 'x')), {})).toBe(true);
  });
});
