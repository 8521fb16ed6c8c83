import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '#inventory/facts.js';

/** Algorithms that sign certificates (RFC 3279, 4055, 5758, 8410), by object identifier. */
const signatures: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2-RSA',
  '1.2.840.113549.1.1.4': 'MD5-RSA',
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.3.14.3.2.29': 'SHA1-RSA',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.113549.1.1.11': 'SHA256-RSA',
  '1.2.840.113549.1.1.12': 'SHA384-RSA',
  '1.2.840.113549.1.1.13': 'SHA512-RSA',
  '1.2.840.113549.1.1.14': 'SHA224-RSA',
  '1.2.840.10040.4.3': 'SHA1-DSA',
  '2.16.840.1.101.3.4.3.2': 'SHA256-DSA',
  '1.2.840.10045.4.1': 'SHA1-ECDSA',
  '1.2.840.10045.4.3.1': 'SHA224-ECDSA',
  '1.2.840.10045.4.3.2': 'SHA256-ECDSA',
  '1.2.840.10045.4.3.3': 'SHA384-ECDSA',
  '1.2.840.10045.4.3.4': 'SHA512-ECDSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

const longestName = 100;

/** What counts of a certificate, of DER or PEM; undefined for something that is none. */
export function certificateFacts(bytes: Buffer | string, role: CertificateFacts['role']): CertificateFacts | undefined {
  const certificate = parsed(bytes);
  if (!certificate) return undefined;
  const [start, end] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (Number.isNaN(start) || Number.isNaN(end)) return undefined;
  const isRoot = certificate.subject === certificate.issuer;
  const signature = isRoot ? undefined : signatureOf(certificate.raw);
  return { role, subject: commonName(certificate.subject), notBefore: new Date(start).toISOString(), notAfter: new Date(end).toISOString(), ...keyOf(certificate), ...(signature !== undefined && { signature }) };
}

/** Addresses that a certificate is made for. */
export function addressesOf(der: Buffer): readonly string[] {
  const names = parsed(der)?.subjectAltName ?? '';
  return Array.from(names.matchAll(/(?:^|, )IP Address:([0-9A-Fa-f:.]+)/g), ([, address]) => address!);
}

function parsed(bytes: Buffer | string): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

/** One line an attribute, each as somebody wrote it. */
function commonName(subject: string): string {
  const lines = (subject ?? '').split('\n');
  const text = lines.find((line) => line.startsWith('CN='))?.slice(3) ?? lines[0] ?? '';
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestName);
}

function keyOf(certificate: X509Certificate): Pick<CertificateFacts, 'keyType' | 'keyBits'> {
  try {
    const { bits } = certificate.toLegacyObject() as { readonly bits?: unknown };
    return { keyType: certificate.publicKey.asymmetricKeyType ?? 'unknown', ...(typeof bits === 'number' && { keyBits: bits }) };
  } catch {
    return { keyType: 'unknown' };
  }
}

/** `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER … }, … }`; node does not tell it. */
function signatureOf(der: Buffer): string | undefined {
  const certificate = elementAt(der, 0, 0x30);
  const body = certificate && elementAt(der, certificate.start, 0x30);
  const algorithm = body && elementAt(der, body.end, 0x30);
  const identifier = algorithm && elementAt(der, algorithm.start, 0x06);
  if (!identifier) return undefined;
  const oid = oidOf(der.subarray(identifier.start, identifier.end));
  return signatures[oid] ?? oid.slice(0, longestName);
}

interface Element {
  readonly start: number;
  readonly end: number;
}

function elementAt(der: Buffer, at: number, tag: number): Element | undefined {
  const first = der[at + 1];
  if (der[at] !== tag || first === undefined) return undefined;
  const bytes = first < 0x80 ? 0 : first & 0x7f;
  if (bytes > 4 || at + 2 + bytes > der.length) return undefined;
  const length = bytes === 0 ? first : der.readUIntBE(at + 2, bytes);
  const start = at + 2 + bytes;
  return start + length > der.length ? undefined : { start, end: start + length };
}

function oidOf(bytes: Buffer): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    parts.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = parts;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}
