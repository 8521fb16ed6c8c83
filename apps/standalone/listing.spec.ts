import { describe, expect, it } from 'vitest';
import { atMost, clipped, counted, firstSentence, wrapped } from './listing.js';

describe('listing', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrapped('one two  three\nfour', 'why  ', 13)).toEqual(['why  one two', '     three', '     four']);
    expect(wrapped('immeasurable word', '- ', 5)).toEqual(['- immeasurable', '  word']);
    expect(wrapped('', '- ', 5)).toEqual(['- ']);
  });

  it('cuts what is too long', () => {
    expect(clipped('abcdef', 6)).toBe('abcdef');
    expect(clipped('abc def', 5)).toBe('abc…');
    expect(atMost(2, ['a', 'b'], 9)).toEqual(['a', 'b']);
    expect(atMost(2, ['a', 'b c,', 'd'], 9)).toEqual(['a', 'b c …']);
    expect(atMost(1, ['123456789', 'd'], 9)).toEqual(['1234567 …']);
  });

  it.each([
    ['One. Two.', 'One.'],
    ['Set `a.b: true` in 1.2 of it. Then go on.', 'Set `a.b: true` in 1.2 of it.'],
    ['Only one, e.g. this.', 'Only one, e.g. this.'],
  ])('takes the first sentence of %j', (text, first) => {
    expect(firstSentence(text)).toBe(first);
  });

  it('counts in words', () => {
    expect([counted(1, 'pod'), counted(0, 'pod')]).toEqual(['1 pod', '0 pods']);
  });
});
