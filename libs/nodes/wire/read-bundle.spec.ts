import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FileFact } from '../file-fact.js';
import { bundleLimits } from '../limits.js';
import type { NodeEvidence } from '../node-evidence.js';
import { evidenceOf } from '../testing/evidence.js';
import { BundleError, bundleErrorCodes, type BundleErrorCode } from './bundle-error.js';
import type { BundleEnvelope } from './bundle-header.js';
import { deriveEnrolmentKey, formatEnrolmentKey, parseEnrolmentKey, signatureOf } from './enrolment-key.js';
import { readBundle, type BundleExpectation } from './read-bundle.js';
import { writeBundle } from './write-bundle.js';

const master = Buffer.alloc(32, 7);
const key = deriveEnrolmentKey(master, 'c1', 'k1');
const now = new Date('2026-01-01T00:10:00.000Z');
const sender = { node: 'worker-1', cluster: 'c1', key, collector: '0.1.0', collectedAt: new Date('2026-01-01T00:00:00.000Z') };
const expected: BundleExpectation = { clusterId: 'c1', keys: [key], now, lastSeen: () => undefined };
const files = (count: number): readonly FileFact[] => Array.from({ length: count }, (_, i) => ({ path: `/etc/kubernetes/pki/${i}.crt`, state: 'present', kind: 'file', mode: 0o644, uid: 0, gid: 0, owner: 'root', group: 'root', size: i }));
const evidence = evidenceOf({ files: { items: files(20), truncated: false } });
const { bytes } = writeBundle(evidence, sender);

const bundleErrorCodesOrTaken = [...bundleErrorCodes, 'taken'];

const refusal = async (given: Uint8Array, how: Partial<BundleExpectation> = {}): Promise<BundleErrorCode | 'taken'> => {
  try {
    await readBundle(given, { ...expected, ...how });
    return 'taken';
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError);
    expect((error as BundleError).message).toMatch(/^[A-Z].*\.$/s);
    return (error as BundleError).code;
  }
};

/** Signed by whoever has the key, whatever it holds. */
function signed(payload: Buffer | string, header: Readonly<Record<string, unknown>> = {}): Buffer {
  const plain = Buffer.from(payload);
  const head = { alg: 'HS256', typ: 'bulwark-node-bundle', version: 1, kid: 'k1', cluster: 'c1', node: 'worker-1', collectedAt: '2026-01-01T00:00:00.000Z', nonce: 'A'.repeat(22), collector: '0.1.0', digest: `sha-256=${createHash('sha256').update(plain).digest('base64url')}`, size: plain.length, ...header };
  const [first, second] = [Buffer.from(JSON.stringify(head)).toString('base64url'), gzipSync(plain).toString('base64url')];
  return Buffer.from(JSON.stringify({ protected: first, payload: second, signature: signatureOf(key, `${first}.${second}`).toString('base64url') } satisfies BundleEnvelope));
}

describe('a bundle', () => {
  it('arrives as it was sent', async () => {
    const received = await readBundle(bytes, expected);
    expect(received).toMatchObject({ isSigned: true, header: { node: 'worker-1', cluster: 'c1', kid: 'k1', collectedAt: '2026-01-01T00:00:00.000Z' } });
    expect(received.evidence).toEqual(evidence);
  });

  it('is taken without a signature only where a person answers for it', async () => {
    const unsigned = writeBundle(evidence, { node: 'worker-1', collector: '0.1.0', collectedAt: sender.collectedAt }).bytes;
    expect(await refusal(unsigned)).toBe('unsigned');
    expect(await readBundle(unsigned, { ...expected, unsigned: 'accepted' })).toMatchObject({ isSigned: false, evidence });
    const elsewhere = writeBundle(evidence, { node: 'worker-1', cluster: 'c2', collector: '0.1.0', collectedAt: sender.collectedAt }).bytes;
    expect(await refusal(elsewhere, { unsigned: 'accepted' })).toBe('wrong-cluster');
  });

  it('cannot lose its signature on the way', async () => {
    const envelope = JSON.parse(bytes.toString()) as BundleEnvelope;
    const header = { ...(JSON.parse(Buffer.from(envelope.protected, 'base64url').toString()) as object), alg: 'none', kid: undefined };
    const stripped = Buffer.from(JSON.stringify({ ...envelope, protected: Buffer.from(JSON.stringify(header)).toString('base64url'), signature: '' }));
    expect(await refusal(stripped)).toBe('unsigned');
  });

  it.each<[string, BundleErrorCode, Uint8Array, Partial<BundleExpectation>?]>([
    ['of another cluster', 'wrong-cluster', bytes, { clusterId: 'c2' }],
    ['of another cluster\'s key, which cannot sign for this one', 'forged', writeBundle(evidence, { ...sender, key: deriveEnrolmentKey(master, 'c2', 'k1') }).bytes],
    ['of a key that is no more', 'unknown-key', bytes, { keys: [] }],
    ['cut off', 'not-a-bundle', bytes.subarray(0, bytes.length - 30)],
    ['formatted anew', 'not-a-bundle', Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), undefined, 2))],
    ['empty', 'not-a-bundle', new Uint8Array()],
    ['that is no text', 'not-a-bundle', Buffer.from([0xff, 0xfe])],
    ['that is a deep JSON', 'not-a-bundle', Buffer.from('['.repeat(1_000_000))],
    ['too large', 'too-large', Buffer.alloc(bundleLimits.bundle + 1)],
    ['of a version to come', 'unknown-version', signed('{}', { version: 2 })],
    ['of a node with no name', 'not-a-bundle', signed('{}', { node: '../x' })],
    ['from the future', 'clock-ahead', bytes, { now: new Date('2025-12-31T23:00:00.000Z') }],
    ['of a day that does not exist', 'not-a-bundle', signed('{}', { collectedAt: '2026-02-31T00:00:00.000Z' })],
    ['too old', 'too-old', bytes, { now: new Date('2026-01-09T00:00:00.000Z') }],
    ['whose digest is of something else', 'damaged', signed('{}', { digest: `sha-256=${'A'.repeat(43)}` })],
    ['that unpacks to more than it says', 'damaged', signed(' '.repeat(3_000_000), { size: 100 })],
    ['that unpacks to more than is taken', 'too-large', signed(' '.repeat(10_000_000))],
    ['with no JSON inside', 'malformed', signed('no JSON')],
    ['that nests', 'malformed', signed(`${'['.repeat(100)}${']'.repeat(100)}`)],
    ['with a key twice', 'malformed', signed(JSON.stringify(evidence).replace('"platforms":[]', '"platforms":[],"platforms":[]'))],
    ['with a NUL in a text', 'malformed', signed(JSON.stringify(evidenceOf({ kernel: { state: 'read', value: 'a\0b' } })))],
    ['with half a character', 'malformed', signed(JSON.stringify(evidenceOf({ kernel: { state: 'read', value: '\ud800' } })))],
    ['with bytes that are no text', 'malformed', signed(Buffer.from([0x22, 0xff, 0x22]))],
    ['with a mode that is none', 'malformed', signed(JSON.stringify(evidenceOf({ files: { items: [{ ...files(1)[0]!, mode: 0o10000 } as FileFact], truncated: false } })))],
    ['with a million processes', 'malformed', signed(JSON.stringify(evidenceOf({ processes: { items: Array.from({ length: 100_000 }, () => 1), truncated: false } as unknown as NodeEvidence['processes'] })))],
  ])('%s is refused: %s', async (_: string, code: BundleErrorCode, given: Uint8Array, how?: Partial<BundleExpectation>) => {
    expect(await refusal(given, how)).toBe(code);
  });

  it('is taken once, and never after a newer one', async () => {
    const { header } = await readBundle(bytes, expected);
    expect(await refusal(bytes, { lastSeen: () => header })).toBe('already-received');
    expect(await refusal(bytes, { lastSeen: () => ({ nonce: 'B'.repeat(22), collectedAt: '2026-01-01T00:00:00.000Z' }) })).toBe('superseded');
    expect(await refusal(bytes, { lastSeen: async () => ({ nonce: 'B'.repeat(22), collectedAt: '2025-12-31T23:59:59.999Z' }) })).toBe('taken');
  });

  it('passes on what goes wrong in asking for the last one', async () => {
    const error = new Error('no database');
    await expect(readBundle(bytes, { ...expected, lastSeen: () => Promise.reject(error) })).rejects.toBe(error);
  });

  it('leaves out what this version does not know', async () => {
    const more = signed(JSON.stringify({ ...evidence, tomorrow: 1, __proto__x: 2 }));
    expect((await readBundle(more, expected)).evidence).toEqual(evidence);
  });

  it('is never taken changed, and refused by no other error', async () => {
    await fc.assert(fc.asyncProperty(
      fc.oneof(
        fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) }).map(({ at, byte }) => Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)])),
        fc.record({ at: fc.nat(bytes.length), length: fc.nat(200) }).map(({ at, length }) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])),
        fc.record({ at: fc.nat(bytes.length), more: fc.uint8Array({ minLength: 1, maxLength: 20 }) }).map(({ at, more }) => Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)])),
      ),
      async (changed) => {
        fc.pre(!changed.equals(bytes));
        expect(await refusal(changed)).not.toBe('taken');
        expect(await refusal(changed, { unsigned: 'accepted' })).not.toBe('taken');
      },
    ), { numRuns: 1_000 });
  });

  it('of any JSON that somebody signed is refused by its own error or taken', async () => {
    const anything = fc.oneof(fc.json({ maxDepth: 6 }), fc.tuple(fc.constantFrom(...Object.keys(evidence)), fc.jsonValue({ maxDepth: 5 })).map(([name, value]) => JSON.stringify({ ...evidence, [name]: value })));
    await fc.assert(fc.asyncProperty(anything, async (json) => void expect(bundleErrorCodesOrTaken).toContain(await refusal(signed(json)))), { numRuns: 500 });
  });

  it('of any header that somebody signed is refused by its own error or taken', async () => {
    const names = ['alg', 'typ', 'version', 'kid', 'cluster', 'node', 'collectedAt', 'nonce', 'collector', 'digest', 'size'];
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue({ maxDepth: 3 })), async (header) => void expect(bundleErrorCodesOrTaken).toContain(await refusal(signed('{}', header)))), { numRuns: 500 });
  });

  it('fits, by cutting its longest lists and saying so', async () => {
    const many = evidenceOf({ files: { items: files(bundleLimits.files).map((file) => ({ ...file, path: `${file.path}/${'x'.repeat(1_000)}` })), truncated: false } });
    const written = writeBundle(many, sender);
    expect(written.bytes.length).toBeLessThanOrEqual(bundleLimits.bundle);
    const { evidence: received } = await readBundle(written.bytes, expected);
    expect(received.files).toMatchObject({ truncated: true });
    expect(received.files.items.length).toBeLessThan(bundleLimits.files);
    expect(received).toEqual(written.evidence);
  });
});

describe('an enrolment key', () => {
  it('is read as it was shown, and nothing else is', () => {
    const text = formatEnrolmentKey(key);
    expect(text).toMatch(/^bwe_k1_[\w-]{43}$/);
    expect(parseEnrolmentKey(`${text}\n`)).toEqual({ id: 'k1', secret: Buffer.from(key.secret) });
    for (const wrong of [text.slice(0, -1), `${text}x`, text.replace('bwe', 'bwk'), '', `${text.slice(0, -1)}!`]) expect(parseEnrolmentKey(wrong)).toBeUndefined();
  });

  it('is another for each cluster and each id', () => {
    const secrets = [['c1', 'k1'], ['c1', 'k2'], ['c2', 'k1']].map(([cluster, id]) => Buffer.from(deriveEnrolmentKey(master, cluster!, id!).secret).toString('hex'));
    expect(new Set(secrets).size).toBe(3);
    expect(() => deriveEnrolmentKey(Buffer.alloc(16), 'c1', 'k1')).toThrow(RangeError);
  });
});
