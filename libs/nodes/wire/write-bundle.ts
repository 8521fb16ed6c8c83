import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { bundleLimits } from '../limits.js';
import type { NodeEvidence } from '../node-evidence.js';
import { BUNDLE_TYPE, BUNDLE_VERSION, type BundleEnvelope, type BundleHeader } from './bundle-header.js';
import { BundleError } from './bundle-error.js';
import { fitted } from './fitted.js';
import { signatureOf, type EnrolmentKey } from './enrolment-key.js';

export interface Sender {
  readonly node: string;
  /** Left out for a bundle that is not signed. */
  readonly cluster?: string;
  readonly key?: EnrolmentKey;
  /** Version of the collector. */
  readonly collector: string;
  readonly collectedAt: Date;
}

/** The bundle's bytes, and the evidence as it is in it: cut where it did not fit. Throws `BundleError` `too-large` where even that is not enough. */
export function writeBundle(evidence: NodeEvidence, sender: Sender): { readonly bytes: Buffer; readonly evidence: NodeEvidence } {
  for (let most: number = bundleLimits.bundle; ; most = Math.floor(most / 2)) {
    const cut = fitted(evidence, most);
    const bytes = envelopeOf(Buffer.from(JSON.stringify(cut)), sender);
    if (bytes.length <= bundleLimits.bundle) return { bytes, evidence: cut };
    if (most < 64 * 1024) throw new BundleError('too-large', 'The evidence of this node does not fit into a bundle, even when its lists are cut. Please report this.');
  }
}

function envelopeOf(plain: Buffer, { node, cluster, key, collector, collectedAt }: Sender): Buffer {
  const header: BundleHeader = {
    alg: key ? 'HS256' : 'none',
    typ: BUNDLE_TYPE,
    version: BUNDLE_VERSION,
    ...(key && { kid: key.id }),
    ...(cluster !== undefined && { cluster }),
    node,
    collectedAt: collectedAt.toISOString(),
    nonce: randomBytes(16).toString('base64url'),
    collector,
    digest: digestOf(plain),
    size: plain.length,
  };
  const signed = { protected: Buffer.from(JSON.stringify(header)).toString('base64url'), payload: gzipSync(plain).toString('base64url') };
  const envelope: BundleEnvelope = { ...signed, signature: key ? signatureOf(key, signingInput(signed)).toString('base64url') : '' };
  return Buffer.from(envelopeText(envelope));
}

export const digestOf = (bytes: Uint8Array): string => `sha-256=${createHash('sha256').update(bytes).digest('base64url')}`;

/** RFC 7515, 5.1. */
export const signingInput = ({ protected: header, payload }: Pick<BundleEnvelope, 'protected' | 'payload'>): string => `${header}.${payload}`;

/** The one way to write an envelope. */
export const envelopeText = ({ protected: header, payload, signature }: BundleEnvelope): string => JSON.stringify({ protected: header, payload, signature });
