import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Which addresses may be reached. Everything that is not public is denied unless named here. */
export interface AddressPolicy {
  /** CIDRs of private, shared (100.64/10), unique-local or loopback space that the operator opens; other special ranges stay shut. */
  readonly allowedPrivateRanges: readonly string[];
  /** Opens loopback, and lets plain `http` be used to it. */
  readonly allowLoopbackHttp: boolean;
  /** CIDRs that stay denied although public or opened above, such as the installation's own networks. */
  readonly deniedRanges?: readonly string[];
}

/** What tenants get: public addresses only. */
export const publicOnly: AddressPolicy = { allowedPrivateRanges: [], allowLoopbackHttp: false };

export type AddressVerdict = { readonly allowed: true } | { readonly allowed: false; readonly range: string };

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Cidr = readonly [Address, number];

const table = (rows: Readonly<Record<string, readonly string[]>>): readonly (readonly [string, Cidr])[] =>
  Object.entries(rows).flatMap(([range, cidrs]) => cidrs.map((cidr) => [range, parseCidr(cidr)] as const));

/** Endpoints that hand out machine credentials. No setting opens them. */
const metadata = table({
  'cloud-metadata': [
    '169.254.169.254/32',
    '169.254.170.0/24', // container and pod credentials
    '100.100.100.200/32',
    '168.63.129.16/32',
    '192.0.0.192/32',
    'fd00:ec2::/32',
    'fd20:ce::254/128',
    'fd00:42::42/128',
  ],
});

/** The IANA special-purpose registries (RFC 6890 and later additions), narrow ranges before the wide ones around them. */
const special = table({
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  'carrier-grade-nat': ['100.64.0.0/10'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  benchmarking: ['198.18.0.0/15', '2001:2::/48'],
  '6to4': ['192.88.99.0/24', '2002::/16'],
  as112: ['192.31.196.0/24', '192.175.48.0/24', '2001:4:112::/48', '2620:4f:8000::/48'],
  amt: ['192.52.193.0/24', '2001:3::/32'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  broadcast: ['255.255.255.255/32'],
  nat64: ['64:ff9b::/96', '64:ff9b:1::/48'],
  teredo: ['2001::/32'],
  orchid: ['2001:10::/28', '2001:20::/28', '2001:30::/28'],
  discard: ['100::/64'],
  'unique-local': ['fc00::/7'],
  'site-local': ['fec0::/10'],
  reserved: ['192.0.0.0/24', '240.0.0.0/4', '2001::/23'],
});

const openable: ReadonlySet<string> = new Set(['loopback', 'private', 'carrier-grade-nat', 'unique-local']);

const globalUnicast: Cidr = parseCidr('2000::/3');

/**
 * Judges one address. An IPv4-mapped address is judged by the IPv4 address in it; every other way of
 * carrying IPv4 inside IPv6 is denied, for nothing says where the tunnel ends.
 * Text that is not a plain address (short or octal forms, zone ids) is denied as `not-an-address`.
 */
export function judgeAddress(ip: string, policy: AddressPolicy): AddressVerdict {
  const address = parseAddress(ip);
  if (address === undefined) return { allowed: false, range: 'not-an-address' };

  const shut = rangeIn(metadata, address);
  if (shut !== undefined) return { allowed: false, range: shut };
  if (contains(policy.deniedRanges ?? [], address)) return { allowed: false, range: 'denied-by-operator' };

  const range = specialRangeOf(address);
  if (range === undefined) return { allowed: true };
  if (range === 'loopback' && policy.allowLoopbackHttp) return { allowed: true };
  if (openable.has(range) && contains(policy.allowedPrivateRanges, address)) return { allowed: true };
  return { allowed: false, range };
}

/** True for 127/8, ::1 and their IPv4-mapped forms. */
export function isLoopback(ip: string): boolean {
  const address = parseAddress(ip);
  return address !== undefined && specialRangeOf(address) === 'loopback';
}

/** True for an address of the public internet, whatever the policy says of it. */
export function isPublic(ip: string): boolean {
  const address = parseAddress(ip);
  return address !== undefined && rangeIn(metadata, address) === undefined && specialRangeOf(address) === undefined;
}

/** Throws a `RangeError` that names the first CIDR which cannot be read. For the start of the program. */
export function assertAddressPolicy(policy: AddressPolicy): void {
  for (const cidr of [...policy.allowedPrivateRanges, ...(policy.deniedRanges ?? [])]) parseCidr(cidr);
}

function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // Through URL, because ipaddr.js reads the dotted ::127.0.0.1 as if it were ::ffff:127.0.0.1.
  const address = ipaddr.IPv6.parse(new URL(`http://[${text}]`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function parseCidr(text: string): Cidr {
  const slash = text.indexOf('/');
  const address = parseAddress(text.slice(0, slash));
  if (slash < 0 || address === undefined || !ipaddr.isValidCIDR(text)) {
    throw new RangeError(`"${text}" is not an address range; write it like 10.0.0.0/8 or fd12:3456::/32`);
  }
  if (address.kind() === 'ipv4' && text.includes(':')) {
    throw new RangeError(`"${text}" is an IPv4-mapped range; write the IPv4 range itself`);
  }
  return [address, Number(text.slice(slash + 1))];
}

function specialRangeOf(address: Address): string | undefined {
  const known = rangeIn(special, address);
  if (known !== undefined) return known;
  // IPv6 outside 2000::/3 is not assigned; among it lie ::a.b.c.d and ::ffff:0:a.b.c.d, which carry IPv4.
  return address.kind() === 'ipv6' && !within(address, globalUnicast) ? 'reserved' : undefined;
}

function rangeIn(rows: readonly (readonly [string, Cidr])[], address: Address): string | undefined {
  return rows.find(([, cidr]) => within(address, cidr))?.[0];
}

function contains(cidrs: readonly string[], address: Address): boolean {
  return cidrs.some((cidr) => within(address, parseCidr(cidr)));
}

function within(address: Address, [network, bits]: Cidr): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
