import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseItem, parsePage, type ListForm } from './list-page.js';
import { ReadFailure } from './read-failure.js';

const form: ListForm = { kind: 'PodList', apiVersion: 'v1', itemKind: 'Pod', itemVersion: 'v1' };
const limits = { maxObjectBytes: 4 * 1024 * 1024, maxDepth: 64 };
const pod = (name: string) => ({ metadata: { name, namespace: 'shop', labels: { app: 'web' }, managedFields: [{ manager: 'kubelet', fieldsV1: { 'f:status': { 'k:{"type":"Ready"}': {} } } }] }, spec: { containers: [{ name: 'app', image: 'a:1' }] }, status: { phase: 'Running' } });
const page = Buffer.from(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7', continue: 'next' }, items: ['a', 'b', 'c'].map(pod) }));

describe('parsePage', () => {
  it('gives the objects, the version and the token of the next page', () => {
    const { items, ...rest } = parsePage(Buffer.from(page), form, limits);
    expect(rest).toEqual({ resourceVersion: '7', next: 'next', mayBeUnstorable: false, tooLarge: 0, tooDeep: 0 });
    expect(items.map((bytes) => (parseItem(bytes, form)['metadata'] as { readonly name: string }).name)).toEqual(['a', 'b', 'c']);
    expect(items.some((bytes) => bytes.includes('managedFields'))).toBe(false);
  });

  it('meets any damage with an answer or a typed failure that repeats nothing', () => {
    const edit = fc.oneof(
      fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }).map(({ at, byte }) => (bytes: Buffer) => void (bytes[at % bytes.length] = byte)),
      fc.record({ at: fc.nat(), text: fc.constantFrom('{', '}', '[', ']', '"', ',', '\\', '"items":[', '"managedFields":[', '\u2028', '1e999') }).map(({ at, text }) => (bytes: Buffer) => void bytes.write(text, at % bytes.length)),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), fc.nat(), (edits, cut) => {
        const bytes = Buffer.from(page);
        for (const apply of edits) apply(bytes);
        try {
          const { items } = parsePage(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length), form, limits);
          for (const item of items) parseItem(item, form);
        } catch (error) {
          expect(error).toBeInstanceOf(ReadFailure);
          expect((error as Error).message).not.toMatch(/shop|kubelet|web/);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
