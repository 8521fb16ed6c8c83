import { describe, expect, it } from 'vitest';
import { ReadLists } from './read-lists.js';

describe('lists that were read', () => {
  it('are one object where they came of the same steps, each list once and in its order', () => {
    const none = ReadLists.none();
    const some = none.and('pods').and('nodes');
    expect(some.keys).toEqual(['pods', 'nodes']);
    expect(none.and('pods').and('nodes').and('pods')).toBe(some);
    expect(none.and('nodes').and('pods').keys).toEqual(['nodes', 'pods']);
    expect(none.keys).toEqual([]);
  });

  it('are joined with others', () => {
    const none = ReadLists.none();
    const joined = none.and('pods').andAll(none.and('nodes').and('pods'));
    expect(joined).toBe(none.and('pods').and('nodes'));
    expect(joined.andAll(none)).toBe(joined);
    expect(none.andAll(joined)).toBe(joined);
    expect(ReadLists.none().andAll(joined).keys).toEqual(['pods', 'nodes']);
  });
});
