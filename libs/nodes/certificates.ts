import { createHash, X509Certificate } from 'node:crypto';
import { certificateFacts } from './certificate-facts.js';
import type { CertificateFact } from './certificate-fact.js';
import { bundleLimits } from './limits.js';
import type { Listed } from './reading.js';

const longestName = 200;
// Private keys may stand between certificates; what is not one is never looked at.
const blocks = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file in order, or the one of DER; those that cannot be read set `truncated`. Undefined for a file without any. */
export function certificatesOf(bytes: Buffer): Listed<CertificateFact> | undefined {
  const found: readonly (Buffer | string)[] = bytes[0] === 0x30 ? [bytes] : Array.from(bytes.toString('latin1').matchAll(blocks), ([block]) => block);
  if (found.length === 0) return undefined;
  const items = found.slice(0, bundleLimits.certificatesInFile).flatMap((block) => certificateOf(block) ?? []);
  return { items, truncated: items.length < found.length };
}

/** The public part of the first certificate in PEM or DER; undefined where there is none that can be read. */
export function certificateOf(bytes: Buffer | string): CertificateFact | undefined {
  const facts = certificateFacts(bytes, 'server');
  if (!facts) return undefined;
  const { role: _, ...rest } = facts;
  const certificate = new X509Certificate(bytes);
  return {
    ...rest,
    fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
    organizations: attributesOf(certificate.subject, 'O').slice(0, 50),
    issuer: attributesOf(certificate.issuer, 'CN')[0] ?? printable(certificate.issuer ?? ''),
    isAuthority: certificate.ca,
  };
}

/** One line an attribute, each as somebody wrote it. */
const attributesOf = (name: string | undefined, attribute: string): readonly string[] =>
  (name ?? '').split('\n').filter((line) => line.startsWith(`${attribute}=`)).map((line) => printable(line.slice(attribute.length + 1)));

const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestName);
