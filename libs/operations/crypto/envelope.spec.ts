import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDataKey,
  credentialAad,
  needsRewrap,
  open,
  rewrapDataKey,
  seal,
  unwrapDataKey,
  wrapDataKey,
  type CredentialPlace,
} from './envelope.js';
import { parseKeyRing } from './key-ring.js';
import { SealError } from './seal-error.js';

const newKey = (): string => randomBytes(32).toString('base64');
const place: CredentialPlace = { tenantId: 'tenant-a', table: 'cluster', rowId: 'row-1', field: 'token', version: 1 };
const aad = credentialAad(place);
const dataKey = createDataKey();

function codeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'nothing thrown';
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
}

describe('seal and open', () => {
  it('give back what was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (plaintext) => {
        expect(open(dataKey, seal(dataKey, plaintext, aad), aad).equals(plaintext)).toBe(true);
      }),
    );
    expect(open(dataKey, seal(dataKey, 'tökén', aad), aad).toString()).toBe('tökén');
  });

  it('lay the bytes out as written down', () => {
    const sealed = seal(dataKey, 'abc', aad);
    expect(sealed[0]).toBe(1);
    expect(sealed[1]).toBe(36);
    expect(sealed.toString('latin1', 2, 38)).toBe(dataKey.id);
    expect(sealed.length).toBe(2 + 36 + 12 + 3 + 16);
    expect(sealed.includes('abc')).toBe(false);
  });

  it('never seal the same text to the same bytes', () => {
    expect(new Set(Array.from({ length: 200 }, () => seal(dataKey, 'same', aad).toString('hex'))).size).toBe(200);
  });

  it('detect every single changed bit', () => {
    const sealed = seal(dataKey, 'a secret token', aad);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(['not-authentic', 'unknown-key', 'not-sealed'], `bit ${bit}`).toContain(codeOf(() => open(dataKey, changed, aad)));
    }
  });

  it('detect cut, longer and foreign bytes', () => {
    const sealed = seal(dataKey, 'a secret token', aad);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(['not-authentic', 'not-sealed']).toContain(codeOf(() => open(dataKey, sealed.subarray(0, length), aad)));
    }
    expect(codeOf(() => open(dataKey, Buffer.concat([sealed, Buffer.from([0])]), aad))).toBe('not-authentic');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(codeOf(() => open(dataKey, bytes, aad))).not.toBe('nothing thrown');
      }),
    );
  });

  it('detect a value that was moved', () => {
    const sealed = seal(dataKey, 'token of row 1', aad);
    const elsewhere: readonly Partial<CredentialPlace>[] = [
      { tenantId: 'tenant-b' },
      { table: 'webhook' },
      { rowId: 'row-2' },
      { field: 'key' },
      { version: 2 },
    ];
    for (const change of elsewhere) {
      expect(codeOf(() => open(dataKey, sealed, credentialAad({ ...place, ...change })))).toBe('not-authentic');
    }
  });

  it('detect two rows that were swapped', () => {
    const [one, two] = [1, 2].map((row) => {
      const at = credentialAad({ ...place, rowId: `row-${row}` });
      return { at, sealed: seal(dataKey, `token ${row}`, at) };
    });
    expect(codeOf(() => open(dataKey, two!.sealed, one!.at))).toBe('not-authentic');
    expect(codeOf(() => open(dataKey, one!.sealed, two!.at))).toBe('not-authentic');
  });

  it('refuse another data key, also one of the same id', () => {
    const sealed = seal(dataKey, 'x', aad);
    expect(codeOf(() => open(createDataKey(), sealed, aad))).toBe('unknown-key');
    expect(codeOf(() => open({ id: dataKey.id, key: createSecretKey(randomBytes(32)) }, sealed, aad))).toBe('not-authentic');
  });
});

describe('credentialAad', () => {
  it('tells places apart whose fields look alike when joined', () => {
    const places: readonly CredentialPlace[] = [
      place,
      { ...place, tenantId: 'tenant-ac', table: 'luster' },
      { ...place, table: 'clusterrow', rowId: '-1' },
      { ...place, rowId: 'row-1token', field: '' },
      { ...place, field: 'token1', version: 1 },
      { ...place, version: 11 },
      { ...place, rowId: '\ud800' },
      { ...place, rowId: '\ufffd' },
    ];
    expect(new Set(places.map((at) => credentialAad(at).toString('hex'))).size).toBe(places.length);
  });

  it('refuses a version that is not a whole number', () => {
    for (const version of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => credentialAad({ ...place, version })).toThrow(RangeError);
  });
});

describe('data keys', () => {
  const at = { tenantId: 'tenant-a', dataKeyId: dataKey.id };

  it('unwrap for their own tenant only', () => {
    const ring = parseKeyRing(`k1:${newKey()}`);
    const wrapped = wrapDataKey(ring, dataKey, 'tenant-a');
    expect(unwrapDataKey(ring, wrapped, at).key.equals(dataKey.key)).toBe(true);
    expect(codeOf(() => unwrapDataKey(ring, wrapped, { ...at, tenantId: 'tenant-b' }))).toBe('not-authentic');
    expect(codeOf(() => unwrapDataKey(ring, wrapped, { ...at, dataKeyId: 'other' }))).toBe('not-authentic');
    expect(codeOf(() => unwrapDataKey(ring, Buffer.from('x'), at))).toBe('not-sealed');
  });

  it('live through a rotation of the key-encryption key', () => {
    const [old, next] = [newKey(), newKey()];
    const before = parseKeyRing(`2026-01:${old}`);
    const during = parseKeyRing(`2026-11:${next}, 2026-01:${old}`);
    const after = parseKeyRing(`2026-11:${next}`);

    const sealed = seal(dataKey, 'token', aad);
    const wrapped = wrapDataKey(before, dataKey, 'tenant-a');
    expect(needsRewrap(before, wrapped)).toBe(false);
    expect(needsRewrap(during, wrapped)).toBe(true);
    expect(open(unwrapDataKey(during, wrapped, at), sealed, aad).toString()).toBe('token');

    const rewrapped = rewrapDataKey(during, wrapped, at);
    expect(needsRewrap(during, rewrapped)).toBe(false);
    expect(open(unwrapDataKey(after, rewrapped, at), sealed, aad).toString()).toBe('token');
    expect(codeOf(() => unwrapDataKey(after, wrapped, at))).toBe('unknown-key');
  });

  it('are not unwrapped by another key of the same id', () => {
    const wrapped = wrapDataKey(parseKeyRing(`k1:${newKey()}`), dataKey, 'tenant-a');
    expect(codeOf(() => unwrapDataKey(parseKeyRing(`k1:${newKey()}`), wrapped, at))).toBe('not-authentic');
  });

  it('show nothing of themselves when printed', () => {
    const bytes = dataKey.key.export();
    const shown = inspect(dataKey, { depth: 9, showHidden: true }) + JSON.stringify(dataKey);
    for (const form of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('latin1')]) expect(shown).not.toContain(form);
  });
});

describe('parseKeyRing', () => {
  const good = newKey();
  it.each([
    ['nothing', ''],
    ['a key without an id', good],
    ['an empty id', `:${good}`],
    ['an id with a space', `a b:${good}`],
    ['too many parts', `a:${good}:x`],
    ['a short key', `a:${randomBytes(31).toString('base64')}`],
    ['a long key', `a:${randomBytes(33).toString('base64')}`],
    ['hex', `a:${randomBytes(32).toString('hex')}`],
    ['text that is no base64', `a:${'!'.repeat(44)}`],
    ['zeros', `a:${Buffer.alloc(32).toString('base64')}`],
    ['one id twice', `a:${good},a:${newKey()}`],
    ['one key twice', `a:${good},b:${good}`],
    ['an empty entry', `a:${good},`],
  ])('refuses %s', (_what, setting) => {
    expect(codeOf(() => parseKeyRing(setting))).toBe('bad-key-ring');
    expect(() => parseKeyRing(setting)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(good) }));
  });

  it('takes the first as the active one', () => {
    const ring = parseKeyRing(` new:${newKey()} , old:${newKey()} `);
    expect([ring.active.id, ...ring.keys.keys()]).toEqual(['new', 'new', 'old']);
  });
});
