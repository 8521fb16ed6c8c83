import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, SplitError } from './json-splitter.js';

interface Split {
  readonly items: unknown[];
  readonly roots: unknown[];
  readonly offsets: number[];
  readonly heads: (string | undefined)[];
  readonly refused: string[];
}

function split(text: string | Buffer, cuts: readonly number[] = [], limits = { maxObjectBytes: 4 * 1024 * 1024, maxDepth: 64 }): Split {
  const bytes = Buffer.from(text);
  const result: Split = { items: [], roots: [], offsets: [], heads: [], refused: [] };
  const splitter = new JsonSplitter(
    {
      item: (item, offset, list) => {
        result.items.push(JSON.parse(item.toString()));
        result.offsets.push(offset);
        result.heads.push(list.kind);
      },
      root: (root) => void result.roots.push(JSON.parse(root.toString())),
      refused: (reason, offset) => void result.refused.push(`${reason}@${offset}`),
    },
    limits,
  );
  const edges = [0, ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < edges.length; i++) {
    // Chunks come from memory that is used again.
    const chunk = Buffer.from(bytes.subarray(edges[i - 1], edges[i]));
    splitter.push(chunk);
    chunk.fill(0);
  }
  splitter.end();
  return result;
}

const object = fc.dictionary(fc.oneof(fc.constantFrom('items', 'kind', 'a"b', 'x\\'), fc.string()), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 });
const plain = object.map((value) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'items')));

describe('JsonSplitter', () => {
  it('finds every item of a list, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), plain, fc.array(fc.nat(), { maxLength: 12 }), fc.constantFrom(undefined, 1), (items, rest, cuts, indent) => {
        const list = { ...rest, items, kind: 'List' };
        const result = split(JSON.stringify(list, null, indent), cuts);
        expect(result.items).toEqual(JSON.parse(JSON.stringify(items)));
        expect(result.roots).toEqual([JSON.parse(JSON.stringify({ ...list, items: [] }))]);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds every one of several objects, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), fc.constantFrom('', '\n', '\r\n', '\n---\n', '\n---\r\n'), (objects, cuts, between) => {
        expect(split(objects.map((value) => JSON.stringify(value)).join(between), cuts).roots).toEqual(JSON.parse(JSON.stringify(objects)));
      }),
      { numRuns: 1000 },
    );
  });

  it('says where an item starts and what its list is, where that is known before', () => {
    const text = '{"kind":"PodList","apiVersion":"v1","items":[ {"a":1},\n{"b":2}]}';
    const { offsets, heads } = split(text);
    expect(offsets.map((offset) => text.slice(offset, offset + 4))).toEqual(['{"a"', '{"b"']);
    expect(heads).toEqual(['PodList', 'PodList']);
    expect(split('{"items":[{}],"kind":"PodList"}').heads).toEqual([undefined]);
  });

  it.each([
    ['truncated', '{"items":[{"a":1}'],
    ['truncated', '{"a":"b'],
    ['truncated', '{"a":"\\'],
    ['syntax', '{"items":[{},]}'],
    ['syntax', '{"items":[{}{}]}'],
    ['syntax', '{"items":[,{}]}'],
    ['syntax', '{"items":[1]}'],
    ['syntax', '{"items":["a"]}'],
    ['syntax', '{"items":[[]]}'],
    ['syntax', '{"items":[{}}}'],
    ['syntax', '{}}'],
    ['syntax', '{} true'],
    ['syntax', '--\n{}'],
    ['syntax', '----\n{}'],
    ['syntax', '"a"'],
    ['array', ' [{}]'],
  ])('names a %s text: %s', (reason, text) => {
    const error = (() => {
      try {
        split(text, [3, 7]);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(SplitError);
    expect((error as SplitError).reason).toBe(reason);
  });

  it('skips objects over a limit and goes on', () => {
    const deep = `${'{"a":'.repeat(5)}1${'}'.repeat(5)}`;
    const result = split(`{"items":[{"a":"${'x'.repeat(200)}"},${deep},{"ok":1}],"kind":"List"}`, [40, 90, 230], { maxObjectBytes: 100, maxDepth: 4 });
    expect(result.items).toEqual([{ ok: 1 }]);
    expect(result.refused.map((text) => text.split('@')[0])).toEqual(['too-large', 'too-deep']);
    expect(result.roots).toEqual([{ items: [], kind: 'List' }]);
  });

  it('survives a hundred thousand levels', () => {
    expect(split(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`).refused).toEqual(['too-deep@0']);
  });
});
