import { domainToASCII, domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, hostLooksLike, pathLooksLike, skeletonOf } from './look-alike.js';
import { decodeLabel } from './punycode.js';

describe('hostLooksLike', () => {
  it.each([
    ['ghcr.i0', 'ghcr.io'], ['gchr.io', 'ghcr.io'], ['qauy.io', 'quay.io'], ['quay.lo', 'quay.io'], ['rnirror.example', 'mirror.example'], ['registry.examp1e.com', 'registry.example.com'],
    ['registry-example.com', 'registry.example.com'], ['docker.io.attacker.test', 'docker.io'], ['acne.azurecr.io', 'acme.azurecr.io'], ['acmee.jfrog.io', 'acme.jfrog.io'],
    ['123456789021.dkr.ecr.eu-west-1.amazonaws.com', '123456789012.dkr.ecr.eu-west-1.amazonaws.com'], ['shopp.co.uk', 'shop.co.uk'], [domainToASCII('dоcker.io'), 'docker.io'],
  ])('takes %s for %s', (host, trusted) => {
    expect(hostLooksLike(host, trusted)).toBe(true);
  });

  it.each([
    ['gcr.io', 'ghcr.io'], ['ghcr.io', 'gcr.io'], ['docker.io', 'docker.io'], ['quay.io', 'docker.io'], ['registry2.example.com', 'registry1.example.com'],
    ['123456789012.dkr.ecr.eu-west-2.amazonaws.com', '123456789012.dkr.ecr.eu-west-1.amazonaws.com'], ['other.azurecr.io', 'acme.azurecr.io'], ['a.io', 'b.io'], ['localhost', 'registry.example'],
  ])('does not take %s for %s', (host, trusted) => {
    expect(hostLooksLike(host, trusted)).toBe(false);
  });
});

describe('pathLooksLike', () => {
  it('compares as many pieces as the trusted prefix has', () => {
    expect(pathLooksLike('acme-sh0p/web', 'acme-shop')).toBe(true);
    expect(pathLooksLike('acme-shop/wbe/app', 'acme-shop/web')).toBe(true);
    expect(pathLooksLike('acme/web', 'acme-shop')).toBe(false);
    expect(pathLooksLike('acne/web', 'acme')).toBe(false);
  });
});

describe('editDistance', () => {
  it('is 0 for equals, the same both ways, and capped', () => {
    const word = fc.stringMatching(/^[abc]{0,8}$/);
    fc.assert(fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, limit) => {
      const distance = editDistance(a, b, limit);
      expect(distance).toBe(editDistance(b, a, limit));
      expect(distance).toBeLessThanOrEqual(limit + 1);
      expect(distance === 0).toBe(a === b);
      expect(distance).toBe(Math.min(limit + 1, editDistance(a, b, 20)));
    }));
  });

  it('counts a swap of neighbours as one', () => {
    expect(editDistance('ghcr', 'gchr', 2)).toBe(1);
    expect(editDistance('ghcr', 'ghr', 2)).toBe(1);
    expect(editDistance('ghcr', 'quay', 2)).toBe(3);
  });
});

describe('skeletonOf', () => {
  it('is the same for what looks the same', () => {
    expect(skeletonOf('rеgistry.ехample')).toBe(skeletonOf('registry.example'));
    expect(skeletonOf('régistry')).toBe(skeletonOf('registry'));
    expect(skeletonOf(domainToASCII('rеgistry.example'))).toBe(skeletonOf('registry.example'));
  });
});

describe('decodeLabel', () => {
  it('agrees with the platform', () => {
    const label = fc.stringMatching(/^[a-zа-яαβγößü]{1,12}$/u);
    fc.assert(fc.property(label, (text) => {
      const ascii = domainToASCII(`${text}.example`);
      fc.pre(ascii !== '');
      expect(ascii.split('.').map(decodeLabel).join('.')).toBe(domainToUnicode(ascii));
    }));
  });

  it('leaves what cannot be decoded as it is', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(typeof decodeLabel(`xn--${text}`)).toBe('string');
    }));
    expect(decodeLabel('plain')).toBe('plain');
    expect(decodeLabel('xn--99999999')).toBe('xn--99999999');
  });
});
