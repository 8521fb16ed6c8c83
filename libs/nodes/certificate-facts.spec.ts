import fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { addressesOf, certificateFacts } from './certificate-facts.js';

const authority = createAuthority('root');
const pem = authority.issue('server\u0000\n', { names: ['kubernetes', '198.51.100.7', '::1'], validTo: new Date('2027-01-02T03:04:05Z') }).certificate;
const der = new X509Certificate(pem).raw;

describe('what counts of a certificate', () => {
  it('is read of PEM and of DER', () => {
    const facts = certificateFacts(der, 'server');
    expect(facts).toEqual({ role: 'server', subject: expect.stringMatching(/^server/) as string, notBefore: '2020-01-01T00:00:00.000Z', notAfter: '2027-01-02T03:04:05.000Z', keyType: 'ec', keyBits: 256, signature: 'SHA256-ECDSA' });
    expect(certificateFacts(pem, 'server')).toEqual(facts);
    expect(facts!.subject).toMatch(/^[\x20-\x7e]+$/);
  });

  it('leaves out the signature of a root', () => {
    expect(certificateFacts(authority.certificate, 'authority')).not.toHaveProperty('signature');
  });

  it('names addresses alone', () => {
    expect(addressesOf(der)).toEqual(['198.51.100.7', '0:0:0:0:0:0:0:1']);
  });

  it('survives whatever bytes it is given', () => {
    fc.assert(fc.property(fc.nat(der.length - 1), fc.nat(255), fc.nat(der.length), (at, byte, length) => {
      const damaged = Buffer.from(der);
      damaged[at] = byte;
      const facts = certificateFacts(damaged.subarray(0, length || der.length), 'server');
      expect(facts === undefined || typeof facts.notAfter === 'string').toBe(true);
    }), { numRuns: 500 });
  });
});
