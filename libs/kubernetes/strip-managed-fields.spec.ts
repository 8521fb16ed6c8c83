import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripManagedFields } from './strip-managed-fields.js';

const stripped = (json: string): unknown => JSON.parse(stripManagedFields(Buffer.from(json)).toString('utf8'));

/** The same value without any `managedFields` list, wherever it stood. */
function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, child]) => !(key === 'managedFields' && Array.isArray(child))).map(([key, child]) => [key, without(child)]));
}

const nasty = fc.constantFrom('"managedFields":[', ',"managedFields":[{}]},"spec":{', ']},"spec":', '\\"managedFields":[', 'a\\', '"}]', '\u2028', '🚢', '\\u0022managedFields', 'managedFields', ']', '[', '}]}');
const text = fc.oneof(nasty, fc.string({ unit: 'grapheme' }), fc.string());
const key = fc.oneof({ arbitrary: fc.constant('managedFields'), weight: 2 }, { arbitrary: text, weight: 2 }, { arbitrary: fc.constantFrom('metadata', 'spec', 'items', 'f:metadata', 'k:{"name":"x"}'), weight: 3 });
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 6, withCrossShrink: true }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(key, tie('value'), { maxKeys: 5 })),
})).value;

const fieldsOf = (inner: object): readonly object[] => [{ manager: 'kubelet', operation: 'Update', fieldsV1: { 'f:status': { [`k:${JSON.stringify({ type: 'Ready' })}`]: { '.': {}, ...inner } } } }];

describe('stripManagedFields', () => {
  it('takes the field managers out of every object of a page', () => {
    const page = { kind: 'PodList', items: ['a', 'b', 'c'].map((name) => ({ metadata: { name, managedFields: fieldsOf({ 'f:x': {} }) }, spec: { nodeName: 'n' } })), status: {} };
    const bytes = stripManagedFields(Buffer.from(JSON.stringify(page)));
    expect(bytes.includes('managedFields')).toBe(false);
    expect(JSON.parse(bytes.toString())).toEqual(without(page));
  });

  it('takes them out of metadata that nothing follows but the next object', () => {
    const page = { items: ['a', 'b'].map((name) => ({ metadata: { name, managedFields: fieldsOf({}) } })), kind: 'List' };
    const bytes = stripManagedFields(Buffer.from(JSON.stringify(page)));
    expect(bytes.includes('managedFields')).toBe(false);
    expect(JSON.parse(bytes.toString())).toEqual(without(page));
  });

  it.each([
    ['text that looks like the key', { a: 'x","managedFields":[{"b":"y"}]},"spec":{' }],
    ['a key that ends like it', { 'x"managedFields': [1, 2], b: 1 }],
    ['brackets in the text of a manager', { metadata: { managedFields: [{ manager: 'a]},"spec":1' }], x: 1 }, spec: 2 }],
    ['lists in the managers', { metadata: { managedFields: [{ a: [1] }] }, spec: [1] }],
    ['it being the only member', { metadata: { managedFields: [{}] }, spec: 1 }],
    ['it being the first member', { metadata: { managedFields: [{}], name: 'a' }, spec: 1 }],
    ['it being empty', { metadata: { name: 'a', managedFields: [] }, spec: 1 }],
    ['it being no list', { metadata: { managedFields: 'none' } }],
    ['an object without a spec before one with', [{ metadata: { managedFields: [{}] } }, { metadata: {}, spec: 1 }, { spec: 2 }]],
  ])('keeps the meaning with %s', (_, value) => {
    expect(without(stripped(JSON.stringify(value)))).toEqual(without(value));
  });

  it('leaves pretty-printed JSON as it is', () => {
    const pretty = JSON.stringify({ metadata: { managedFields: fieldsOf({}) }, spec: 1 }, null, 2);
    expect(stripManagedFields(Buffer.from(pretty)).toString()).toBe(pretty);
  });

  it('never changes what the rest of any JSON means', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(without(stripped(JSON.stringify(value)))).toEqual(without(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes time in proportion to the size, however often the key repeats', () => {
    const start = performance.now();
    stripManagedFields(Buffer.from('{"managedFields":[{"a":1,"managedFields":['.repeat(400_000)));
    stripManagedFields(Buffer.from(`{"items":[${'{"metadata":{"managedFields":[{}]},"spec":1},'.repeat(400_000)}{}]}`));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
