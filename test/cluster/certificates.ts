import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key, both PEM. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** Who a certificate speaks for. Kubernetes reads the common name as the user and organizations as groups. */
export type CertificateRequest = {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names and IPv4 addresses that a server certificate is good for. */
  readonly hosts?: readonly string[];
};

/** A certificate authority that lives as long as the test. */
export type Authority = {
  /** PEM. */
  readonly cert: string;
  issue(request: CertificateRequest): KeyPair;
};

const oids = {
  commonName: '550403',
  organization: '55040a',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

const lifetimeMs = 2 * 24 * 60 * 60 * 1000;
const clockSkewMs = 60 * 60 * 1000;

/** Node can read X.509 but not write it, so this encodes the few fields that a Kubernetes control plane wants. */
export function createAuthority(commonName: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = distinguishedName({ commonName });
  const cert = certificate({
    issuer,
    subject: issuer,
    publicKey,
    signingKey: privateKey,
    extensions: [
      extension(oids.basicConstraints, sequence(der(0x01, Buffer.of(0xff)))),
      extension(oids.keyUsage, der(0x03, Buffer.of(1, 0b0000_0110))), // sign certificates and CRLs
    ],
  });
  return {
    cert,
    issue: (request) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const hosts = request.hosts ?? [];
      return {
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate({
          issuer,
          subject: distinguishedName(request),
          publicKey: pair.publicKey,
          signingKey: privateKey,
          extensions: [
            extension(oids.keyUsage, der(0x03, Buffer.of(7, 0b1000_0000))), // digital signature
            extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth), oid(oids.clientAuth))),
            ...(hosts.length > 0 ? [extension(oids.subjectAltName, sequence(...hosts.map(generalName)))] : []),
          ],
        }),
      };
    },
  };
}

/** A key pair for signing service account tokens, both PEM. */
export function createSigningKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function certificate(parts: {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly extensions: readonly Buffer[];
}): string {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0); // a positive number of full length
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, serial),
    algorithm,
    parts.issuer,
    sequence(utcTime(now - clockSkewMs), utcTime(now + lifetimeMs)),
    parts.subject,
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...parts.extensions)),
  );
  const signature = sign('sha256', toBeSigned, parts.signingKey);
  const whole = sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function distinguishedName({ commonName, organizations = [] }: CertificateRequest): Buffer {
  const attribute = (type: string, value: string) => der(0x31, sequence(oid(type), der(0x0c, Buffer.from(value))));
  return sequence(...organizations.map((name) => attribute(oids.organization, name)), attribute(oids.commonName, commonName));
}

function generalName(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

function extension(type: string, value: Buffer): Buffer {
  return sequence(oid(type), der(0x01, Buffer.of(0xff)), der(0x04, value));
}

function utcTime(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** One tag-length-value, which is all that DER is. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
