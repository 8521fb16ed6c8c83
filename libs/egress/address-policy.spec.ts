import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertAddressPolicy, isLoopback, judgeAddress, publicOnly, type AddressPolicy } from './address-policy.js';

const denied: readonly (readonly [string, string])[] = [
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['10.0.0.1', 'private'],
  ['10.255.255.255', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'carrier-grade-nat'],
  ['100.127.255.255', 'carrier-grade-nat'],
  ['169.254.1.1', 'link-local'],
  ['192.0.2.1', 'documentation'],
  ['198.51.100.7', 'documentation'],
  ['203.0.113.9', 'documentation'],
  ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['192.88.99.1', '6to4'],
  ['192.31.196.1', 'as112'],
  ['192.175.48.1', 'as112'],
  ['192.52.193.1', 'amt'],
  ['192.0.0.1', 'reserved'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['0:0:0:0:0:ffff:10.0.0.1', 'private'],
  ['::FFFF:A9FE:A9FE', 'cloud-metadata'],
  ['::127.0.0.1', 'reserved'],
  ['::ffff:0:127.0.0.1', 'reserved'],
  ['64:ff9b::7f00:1', 'nat64'],
  ['64:ff9b::8.8.8.8', 'nat64'],
  ['64:ff9b:1::1', 'nat64'],
  ['2002:7f00:1::', '6to4'],
  ['2001::1', 'teredo'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'teredo'],
  ['2001:2::1', 'benchmarking'],
  ['2001:3::1', 'amt'],
  ['2001:4:112::1', 'as112'],
  ['2620:4f:8000::1', 'as112'],
  ['2001:10::1', 'orchid'],
  ['2001:20::1', 'orchid'],
  ['2001:30::1', 'orchid'],
  ['2001:100::1', 'reserved'],
  ['2001:db8::1', 'documentation'],
  ['3fff::1', 'documentation'],
  ['100::1', 'discard'],
  ['fc00::1', 'unique-local'],
  ['fd12:3456::1', 'unique-local'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['5f00::1', 'reserved'],
  ['4000::1', 'reserved'],
  ['169.254.169.254', 'cloud-metadata'],
  ['169.254.170.2', 'cloud-metadata'],
  ['100.100.100.200', 'cloud-metadata'],
  ['168.63.129.16', 'cloud-metadata'],
  ['192.0.0.192', 'cloud-metadata'],
  ['fd00:ec2::254', 'cloud-metadata'],
  ['fd20:ce::254', 'cloud-metadata'],
  ['2130706433', 'not-an-address'],
  ['0x7f.0.0.1', 'not-an-address'],
  ['0177.0.0.1', 'not-an-address'],
  ['127.1', 'not-an-address'],
  ['1.2.3.4.5', 'not-an-address'],
  ['256.1.1.1', 'not-an-address'],
  ['fe80::1%eth0', 'not-an-address'],
  ['[::1]', 'not-an-address'],
  ['8.8.8.8 ', 'not-an-address'],
  ['', 'not-an-address'],
  ['localhost', 'not-an-address'],
];

const everythingOpen: AddressPolicy = { allowedPrivateRanges: ['0.0.0.0/0', '::/0'], allowLoopbackHttp: true };

describe('judgeAddress', () => {
  it.each(denied)('denies %s as %s', (address, range) => {
    expect(judgeAddress(address, publicOnly)).toEqual({ allowed: false, range });
  });

  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ])('allows %s', (address) => {
    expect(judgeAddress(address, publicOnly)).toEqual({ allowed: true });
  });

  it('opens exactly the private range that the operator names', () => {
    const policy: AddressPolicy = { allowedPrivateRanges: ['10.20.0.0/16', 'fd12:3456::/32'], allowLoopbackHttp: false };
    expect(judgeAddress('10.20.1.1', policy)).toEqual({ allowed: true });
    expect(judgeAddress('::ffff:10.20.1.1', policy)).toEqual({ allowed: true });
    expect(judgeAddress('fd12:3456::1', policy)).toEqual({ allowed: true });
    expect(judgeAddress('10.21.1.1', policy)).toEqual({ allowed: false, range: 'private' });
    expect(judgeAddress('fd12:3457::1', policy)).toEqual({ allowed: false, range: 'unique-local' });
    expect(judgeAddress('127.0.0.1', policy)).toEqual({ allowed: false, range: 'loopback' });
  });

  it('keeps metadata, link-local, tunnels and reserved space shut whatever is opened', () => {
    const openable = new Set(['loopback', 'private', 'carrier-grade-nat', 'unique-local']);
    const opened = denied.filter(([address]) => judgeAddress(address, everythingOpen).allowed);
    expect(opened).toEqual(denied.filter(([, range]) => openable.has(range)));
  });

  it('opens loopback with the flag for plain http, and nothing else', () => {
    const policy: AddressPolicy = { allowedPrivateRanges: [], allowLoopbackHttp: true };
    expect(judgeAddress('127.0.0.1', policy)).toEqual({ allowed: true });
    expect(judgeAddress('::1', policy)).toEqual({ allowed: true });
    expect(judgeAddress('10.0.0.1', policy)).toEqual({ allowed: false, range: 'private' });
  });

  it('denies the ranges that the operator denies, public or opened', () => {
    const policy: AddressPolicy = {
      allowedPrivateRanges: ['10.0.0.0/8'],
      allowLoopbackHttp: false,
      deniedRanges: ['10.1.0.0/16', '93.184.0.0/16'],
    };
    expect(judgeAddress('10.1.2.3', policy)).toEqual({ allowed: false, range: 'denied-by-operator' });
    expect(judgeAddress('93.184.216.34', policy)).toEqual({ allowed: false, range: 'denied-by-operator' });
    expect(judgeAddress('10.2.2.3', policy)).toEqual({ allowed: true });
  });

  it('judges an IPv4 address and its mapped form alike', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(judgeAddress(`::ffff:${address}`, publicOnly)).toEqual(judgeAddress(address, publicOnly));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows IPv6 outside the assigned space', () => {
    const unassigned = fc.tuple(
      fc.integer({ min: 0, max: 0xffff }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 }),
    );
    fc.assert(
      fc.property(unassigned, ([first, rest]) => {
        const outside = (first & 0xe000) === 0x2000 ? first ^ 0x2000 : first;
        const address = [outside, ...rest].map((group) => group.toString(16)).join(':');
        expect(judgeAddress(address, publicOnly)).toMatchObject({ allowed: false });
      }),
      { numRuns: 500 },
    );
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('is true for %s', (ip) => expect(isLoopback(ip)).toBe(true));
  it.each(['128.0.0.1', '::2', 'localhost', ''])('is false for %s', (ip) => expect(isLoopback(ip)).toBe(false));
});

describe('assertAddressPolicy', () => {
  it.each(['10.0.0.0', '10.0.0.0/33', 'ten/8', '', '10.0.0.0/', '::ffff:10.0.0.0/104', 'fe80::%eth0/64'])(
    'refuses the range %j',
    (cidr) => {
      expect(() => assertAddressPolicy({ allowedPrivateRanges: [cidr], allowLoopbackHttp: false })).toThrow(RangeError);
      expect(() => assertAddressPolicy({ ...publicOnly, deniedRanges: [cidr] })).toThrow(RangeError);
    },
  );

  it('accepts ranges of both families', () => {
    expect(() => assertAddressPolicy({ allowedPrivateRanges: ['10.0.0.0/8', 'fd00::/8'], allowLoopbackHttp: false })).not.toThrow();
  });
});
