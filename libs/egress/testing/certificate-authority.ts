import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** A certificate and its key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateAuthority extends Issued {
  /** `names` become subject alternative names: DNS names and addresses. `validTo` may lie in the past. */
  issue(commonName: string, options?: { readonly names?: readonly string[]; readonly validTo?: Date }): Issued;
}

/** A throw-away P-256 authority made with node:crypto alone, so that TLS tests run where no openssl is installed. */
export function createAuthority(commonName = 'test authority'): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = certificate({
    subject: commonName,
    issuer: commonName,
    publicKey: keys.publicKey,
    signer: keys.privateKey,
    isAuthority: true,
  });
  return {
    certificate: root,
    key: pemOf(keys.privateKey),
    issue: (subject, { names = [], validTo } = {}) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: certificate({
          subject,
          issuer: commonName,
          publicKey: own.publicKey,
          signer: keys.privateKey,
          isAuthority: false,
          names,
          validTo,
        }),
        key: pemOf(own.privateKey),
      };
    },
  };
}

interface Template {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly isAuthority: boolean;
  readonly names?: readonly string[];
  readonly validTo?: Date;
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

function certificate(template: Template): string {
  const validTo = template.validTo ?? new Date(Date.UTC(2090, 0, 1));
  const extensions = [
    sequence(
      oid('551d13'),
      der(0x01, Buffer.from([0xff])),
      der(0x04, sequence(...(template.isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))),
    ),
    ...(template.names === undefined || template.names.length === 0
      ? []
      : [sequence(oid('551d11'), der(0x04, sequence(...template.names.map(generalName))))]),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name(template.issuer),
    sequence(time(new Date(Date.UTC(2020, 0, 1))), time(validTo)),
    name(template.subject),
    template.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, template.signer)]));
  const lines = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function generalName(text: string): Buffer {
  if (isIPv4(text)) return der(0x87, Buffer.from(text.split('.').map(Number)));
  if (isIPv6(text)) {
    if (text !== '::1') throw new Error('only ::1 is needed here');
    return der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  }
  return der(0x82, Buffer.from(text, 'ascii'));
}

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
}

function time(date: Date): Buffer {
  return der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
