import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiKeyHash, matchesApiKey, mintApiKey, parseApiKey } from './api-key.js';

const pepper = randomBytes(32);

describe('API keys', () => {
  it('come back from their token, and match their own hash only', () => {
    const { token, lookupId, hash, shownPrefix } = mintApiKey(pepper);
    const parsed = parseApiKey(token);
    expect(token).toMatch(/^bwk_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(token).toHaveLength(77);
    expect(token.startsWith(shownPrefix)).toBe(true);
    expect(parsed?.lookupId).toBe(lookupId);

    const secret = parsed?.secret ?? '';
    expect(matchesApiKey(pepper, secret, hash)).toBe(true);
    expect(matchesApiKey(createSecretKey(pepper), secret, hash)).toBe(true);
    expect(matchesApiKey(randomBytes(32), secret, hash)).toBe(false);
    expect(matchesApiKey(pepper, `${secret}x`, hash)).toBe(false);
    expect(matchesApiKey(pepper, secret, hash.subarray(1))).toBe(false);
    expect(matchesApiKey(pepper, secret, mintApiKey(pepper).hash)).toBe(false);
    expect(matchesApiKey(pepper, secret, Buffer.alloc(0))).toBe(false);
  });

  it('have the checksum that the format promises to scanners', () => {
    const body = `bwk_${'0'.repeat(22)}_${'z'.repeat(43)}`;
    expect(parseApiKey(`${body}_000000`)).toBeUndefined();
    expect(parseApiKey(`${body}_13Adx6`)).toEqual({ lookupId: '0'.repeat(22), secret: 'z'.repeat(43) });
  });

  it('are never the same twice', () => {
    const minted = Array.from({ length: 500 }, () => mintApiKey(pepper));
    expect(new Set(minted.map(({ lookupId }) => lookupId)).size).toBe(500);
    expect(new Set(minted.map(({ hash }) => hash.toString('hex'))).size).toBe(500);
  });

  it('do not survive a change of any character', () => {
    const { token } = mintApiKey(pepper);
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([at, text]) => token.slice(0, at) + text + token.slice(at + 1))
      .filter((text) => text !== token);
    expect(() =>
      fc.assert(
        fc.property(changed, (text) => parseApiKey(text) === undefined),
        { numRuns: 1_000 },
      ),
    ).not.toThrow();
  });

  it.each(['', 'bwk_', ' ', 'x'.repeat(1_000_000)])('are not found in other text', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
    expect(parseApiKey(`${mintApiKey(pepper).token}${text || '\n'}`)).toBeUndefined();
  });

  it('need a pepper worth the name', () => {
    for (const weak of [Buffer.alloc(0), randomBytes(31), createSecretKey(randomBytes(16))]) {
      expect(() => apiKeyHash(weak, 'secret')).toThrow(RangeError);
      expect(() => mintApiKey(weak)).toThrow(RangeError);
    }
  });
});
