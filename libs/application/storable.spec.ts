import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storable } from './storable.js';

describe('storable', () => {
  it('replaces what Postgres cannot keep, in keys and values at any depth', () => {
    expect(storable({ 'a\0': ['\ud800x', { b: 'ok' }] })).toEqual({ 'a\uFFFD': ['\uFFFDx', { b: 'ok' }] });
    expect(storable('😀')).toBe('😀');
  });

  it('returns the very value where nothing is to be replaced', () => {
    const value = { list: [{ text: 'fine', none: null, number: 1, missing: undefined }], set: new Uint32Array([1]) };
    expect(storable(value)).toBe(value);
  });

  it('always gives text that survives UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Buffer.from(storable(text)).toString()).toBe(storable(text));
        expect(storable(text)).not.toContain('\0');
      }),
    );
  });
});
