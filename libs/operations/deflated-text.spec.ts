import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deflate, deflateBytes, inflate, inflateBytes } from './deflated-text.js';

describe('deflated text', () => {
  it.each([
    ['none', ''],
    ['a letter', 'ß'],
    ['what deflates far better than facts do', 'a'.repeat(2_000_000)],
    ['what hardly deflates', randomBytes(400_000).toString('base64')],
    ['more than a piece of three bytes a letter', '€😀'.repeat(90_000)],
  ])('is the same text again: %s', (_, text) => {
    expect(inflate(deflate(text)) === text).toBe(true);
    const bytes = Buffer.from(text);
    expect(inflateBytes(deflateBytes(bytes)).equals(bytes)).toBe(true);
  });

  it('keeps no memory but its own', () => {
    const { buffer, byteLength } = deflate('x'.repeat(50_000));
    expect(buffer.byteLength).toBe(byteLength);
  });
});
