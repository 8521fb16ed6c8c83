import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cursors } from './cursor.js';
import { byTime, Lists } from './lists.js';

const key = randomBytes(32);
const cursors = new Cursors(key);
const parts = [4, 1_700_000_000_000, 'f7e9'] as const;
const bad = { kind: 'invalid', reason: 'bad-cursor' };

describe('cursors', () => {
  it('come back as they were written', () => {
    const cursor = cursors.write('findings', 't', parts);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(cursors.read('findings', 't', cursor)).toEqual(parts);
  });

  it('are of no use in another list, organisation or installation', () => {
    const cursor = cursors.write('findings', 't', parts);
    const throwing = [
      () => cursors.read('scans', 't', cursor),
      () => cursors.read('findings', 'u', cursor),
      () => cursors.read('findings\0t', '', cursor),
      () => new Cursors(randomBytes(32)).read('findings', 't', cursor),
    ];
    for (const read of throwing) expect(read).toThrow(expect.objectContaining(bad));
  });

  it('refuse any text that was not written here', () => {
    const cursor = cursors.write('findings', 't', parts);
    const other = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.tuple(fc.nat(cursor.length - 1), fc.constantFrom('A', 'B', '_', '')).map(([at, text]) => cursor.slice(0, at) + text + cursor.slice(at + 1)),
    );
    fc.assert(
      fc.property(other, (text) => {
        // The last character has bits to spare: what decodes to the same bytes is the same cursor.
        fc.pre(!Buffer.from(text, 'base64url').equals(Buffer.from(cursor, 'base64url')));
        expect(() => cursors.read('findings', 't', text)).toThrow(expect.objectContaining(bad));
      }),
    );
  });
});

describe('lists', () => {
  const lists = new Lists(key);
  const kind = byTime('things');
  const rows = [{ at: new Date(3), id: 'c' }, { at: new Date(2), id: 'b' }];

  it('go on after the last row of a page', () => {
    const page = lists.page(kind, 't', { first: 2 }, { items: rows, hasMore: true }, (row) => row);
    expect(page).toMatchObject({ hasNextPage: true, endCursor: page.edges[1]!.cursor });
    expect(lists.slice(kind, 't', { first: 2, after: page.endCursor! })).toEqual({ first: 2, after: rows[1] });
  });

  it('keep the place asked with where nothing follows', () => {
    expect(lists.page(kind, 't', { after: 'here' }, { items: [], hasMore: false }, (row: (typeof rows)[0]) => row)).toEqual({ edges: [], hasNextPage: false, endCursor: 'here' });
  });

  it.each([0, -1, 101, 1.5, Number.NaN])('refuse a page of %d', (first) => {
    expect(() => lists.slice(kind, 't', { first })).toThrow(expect.objectContaining({ reason: 'bad-page-size' }));
  });
});
