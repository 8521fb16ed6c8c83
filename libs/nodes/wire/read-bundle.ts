import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { bundleLimits } from '../limits.js';
import type { NodeEvidence } from '../node-evidence.js';
import { BUNDLE_TYPE, BUNDLE_VERSION, type BundleEnvelope, type BundleHeader } from './bundle-header.js';
import { BundleError } from './bundle-error.js';
import { isSignatureOf, type EnrolmentKey } from './enrolment-key.js';
import { evidenceSchema } from './evidence-schema.js';
import { jsonFault } from './json-faults.js';
import { digestOf, envelopeText, signingInput } from './write-bundle.js';

/** The newest bundle of a node that was taken before. */
export interface LastSeen {
  /** As its header had it. */
  readonly collectedAt: string;
  readonly nonce: string;
}

export interface BundleExpectation {
  /** The cluster that the request names. */
  readonly clusterId: string;
  /** Keys of that cluster that are good now, or who finds the one of this id among them. What it throws is passed on as it is. */
  readonly keys: readonly EnrolmentKey[] | ((id: string) => Promise<EnrolmentKey | undefined>);
  readonly now: Date;
  /** Of this cluster's node of that name. What it throws is passed on as it is. */
  readonly lastSeen: (node: string) => LastSeen | undefined | Promise<LastSeen | undefined>;
  /** `accepted` where a person who has signed in answers for the file. Refused by default. */
  readonly unsigned?: 'refused' | 'accepted';
  /** Milliseconds; seven days where left out. */
  readonly oldest?: number;
}

/** A bundle that comes from where it says, in time and for the first time. What is in it nobody has looked at. */
export interface CheckedBundle {
  readonly header: BundleHeader;
  readonly isSigned: boolean;
  /** As in the envelope. */
  readonly payload: string;
}

export interface ReceivedBundle {
  readonly header: BundleHeader;
  readonly isSigned: boolean;
  readonly evidence: NodeEvidence;
}

const MINUTE = 60_000;
const CLOCK_SKEW = 5 * MINUTE;
/** Bundles that were collected longer ago are refused, in milliseconds. */
export const OLDEST = 7 * 24 * 60 * MINUTE;
const HEADER_BYTES = 4 * 1024;
const HEADER_DEPTH = 2;

const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/);
const envelopeSchema = z.strictObject({ protected: base64url, payload: base64url, signature: base64url });
const short = z.string().min(1).max(253).regex(/^[\x21-\x7e]+$/);
const headerSchema = z.strictObject({
  alg: z.enum(['HS256', 'none']),
  typ: z.literal(BUNDLE_TYPE),
  version: z.literal(BUNDLE_VERSION),
  kid: short.optional(),
  cluster: short.optional(),
  node: z.string().max(253).regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/),
  collectedAt: z.iso.datetime({ precision: 3 }),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  collector: short,
  digest: z.string().regex(/^sha-256=[A-Za-z0-9_-]{43}$/),
  size: z.number().int().min(2),
});

/**
 * Takes a bundle from anybody. Nothing but its header is looked at before its signature holds; unpacking and parsing are
 * bounded. Throws `BundleError` for whatever the bytes are.
 */
export async function readBundle(bytes: Uint8Array, expected: BundleExpectation): Promise<ReceivedBundle> {
  const checked = await checkBundle(bytes, expected);
  return { header: checked.header, isSigned: checked.isSigned, evidence: await evidenceIn(checked) };
}

/** The first half of it, which takes some milliseconds whatever the bytes are. */
export async function checkBundle(bytes: Uint8Array, expected: BundleExpectation): Promise<CheckedBundle> {
  if (bytes.byteLength > bundleLimits.bundle) throw new BundleError('too-large', `A bundle has at most ${bundleLimits.bundle} bytes. Collect it again with an unchanged collector.`);
  const envelope = envelopeOf(bytes);
  const header = headerOf(envelope);
  await checkSignature(header, envelope, expected);
  checkTime(header, expected);
  checkRepetition(header, await expected.lastSeen(header.node));
  return { header, isSigned: header.alg !== 'none', payload: envelope.payload };
}

/** The second half: evidence of 4 MiB that was made to be slow takes half a second. */
export const evidenceIn = async ({ header, payload }: CheckedBundle): Promise<NodeEvidence> => evidenceOf(await unpacked(header, payload));

function envelopeOf(bytes: Uint8Array): BundleEnvelope {
  const text = utf8(bytes);
  const envelope = envelopeSchema.safeParse(text === undefined ? undefined : parsed(text));
  // One way to write it: what was reformatted or cut and mended on its way is not what was sent.
  if (!envelope.success || envelopeText(envelope.data) !== text) throw new BundleError('not-a-bundle', 'This is no bundle as the node collector writes it, or it was cut off or changed on its way. Send the file again as it was written.');
  return envelope.data;
}

function headerOf(envelope: BundleEnvelope): BundleHeader {
  const bytes = decoded(envelope.protected);
  const text = bytes && bytes.length <= HEADER_BYTES ? utf8(bytes) : undefined;
  const value = text === undefined ? undefined : parsed(text);
  if (bytes === undefined || value === undefined || jsonFault(bytes, HEADER_DEPTH) !== undefined) throw new BundleError('not-a-bundle', 'The header of this bundle cannot be read. Collect it again.');
  const { typ, version } = (value ?? {}) as { readonly typ?: unknown; readonly version?: unknown };
  if (typ === BUNDLE_TYPE && version !== BUNDLE_VERSION) throw new BundleError('unknown-version', `This server reads bundles of version ${BUNDLE_VERSION}. Use the collector that came with it, or update the server.`);
  const header = headerSchema.safeParse(value);
  if (!header.success) throw new BundleError('not-a-bundle', `The header of this bundle is not as the node collector writes it, at ${place(header.error)}. Collect it again.`);
  return header.data;
}

async function checkSignature(header: BundleHeader, envelope: BundleEnvelope, { clusterId, keys, unsigned }: BundleExpectation): Promise<void> {
  if (header.alg === 'none') {
    if (unsigned !== 'accepted') throw new BundleError('unsigned', 'This bundle is not signed. Collect it with --key-file and the enrolment key of the cluster, or upload it as a person who may.');
    if (envelope.signature !== '' || header.kid !== undefined) throw new BundleError('forged', 'This bundle says that it is not signed and carries a signature. Collect it again.');
    if (header.cluster !== undefined && header.cluster !== clusterId) throw wrongCluster();
    return;
  }
  if (header.cluster !== clusterId) throw wrongCluster();
  const key = typeof keys === 'function' ? header.kid !== undefined && (await keys(header.kid)) : keys.find(({ id }) => id === header.kid);
  if (!key) throw new BundleError('unknown-key', 'The key that signed this bundle is not, or no longer, an enrolment key of this cluster. Give the collector the present one.');
  const signature = decoded(envelope.signature);
  if (!signature || !isSignatureOf(key, signingInput(envelope), signature)) throw new BundleError('forged', 'The signature of this bundle is wrong: it was changed on its way, or not signed with the enrolment key of this cluster. Give the collector the right key and collect again.');
}

const wrongCluster = (): BundleError => new BundleError('wrong-cluster', 'This bundle was collected for another cluster. Send it to that one, or collect again with the right --cluster.');

function checkTime({ collectedAt }: BundleHeader, { now, oldest = OLDEST }: BundleExpectation): void {
  const age = now.getTime() - Date.parse(collectedAt);
  // Not a number where the day does not exist.
  if (!(age >= -CLOCK_SKEW)) throw new BundleError('clock-ahead', `This bundle comes from the future: the node's clock is more than ${CLOCK_SKEW / MINUTE} minutes ahead. Set it and collect again.`);
  if (age > oldest) throw new BundleError('too-old', `This bundle is older than ${Math.floor(oldest / (60 * MINUTE))} hours. Collect it again; where it is new, set the node's clock.`);
}

function checkRepetition({ collectedAt, nonce }: BundleHeader, last: LastSeen | undefined): void {
  if (!last) return;
  if (nonce === last.nonce) throw new BundleError('already-received', 'This very bundle was received before. There is nothing to do.');
  if (Date.parse(collectedAt) <= Date.parse(last.collectedAt)) throw new BundleError('superseded', 'A newer bundle of this node was received before this one. Collect again, or set the node\'s clock where it went back.');
}

async function unpacked({ size, digest }: BundleHeader, payload: string): Promise<Buffer> {
  if (size > bundleLimits.bundle) throw new BundleError('too-large', `The evidence in a bundle has at most ${bundleLimits.bundle} bytes. Collect it again with an unchanged collector.`);
  const packed = decoded(payload);
  const plain = packed && (await promisify(gunzip)(packed, { maxOutputLength: size }).catch(() => undefined));
  if (!plain || plain.length !== size || digestOf(plain) !== digest) throw new BundleError('damaged', 'The evidence in this bundle is not what its header says. Send the file again as it was written, or collect again.');
  return plain;
}

function evidenceOf(bytes: Buffer): NodeEvidence {
  const text = utf8(bytes);
  const value = text === undefined ? undefined : parsed(text);
  if (value === undefined) throw malformed('it is no JSON');
  const fault = jsonFault(bytes, bundleLimits.depth);
  if (fault) throw malformed(fault.fault === 'too-deep' ? `it nests deeper than ${bundleLimits.depth}` : 'it has a key twice');
  const evidence = evidenceSchema.safeParse(value);
  if (!evidence.success) throw malformed(`what is at ${place(evidence.error)} is not what belongs there`);
  return evidence.data;
}

const malformed = (what: string): BundleError => new BundleError('malformed', `The evidence in this bundle cannot be read: ${what}. Collect it with the collector that came with this server.`);

/** Of our own names only: what the bundle calls things is not repeated. */
function place(error: z.ZodError): string {
  const path = error.issues[0]?.path ?? [];
  return `/${path.map((part) => (typeof part === 'number' || /^[A-Za-z]{1,30}$/.test(String(part)) ? String(part) : '?')).join('/')}`;
}

function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
