import ipaddr from 'ipaddr.js';

/** IPv4 and IPv6 in one order: an IPv4 address is its number, an IPv6 address its number after all of IPv4. */
export type Address = bigint;

/** Below it lie the addresses of IPv4. */
export const firstV6: Address = 1n << 40n;
const V4_LAST = (1n << 32n) - 1n;
const V6_LAST = firstV6 + (1n << 128n) - 1n;

export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

export const allV4: AddressRange = { first: 0n, last: V4_LAST };
export const allV6: AddressRange = { first: firstV6, last: V6_LAST };

export const isV6 = (address: Address): boolean => address >= firstV6;

/** An address as it is written; undefined for what is none. IPv4 in IPv6 is IPv4. */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return numberOf(ipaddr.IPv4.parse(text).toByteArray());
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  return parsed.isIPv4MappedAddress() ? numberOf(parsed.toIPv4Address().toByteArray()) : firstV6 + numberOf(parsed.toByteArray());
}

const numberOf = (bytes: readonly number[]): bigint => BigInt(`0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);

/** What a CIDR covers, host bits ignored; undefined for what is none. */
export function parseCidr(text: string): AddressRange | undefined {
  const slash = text.indexOf('/');
  const bits = text.slice(slash + 1);
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  if (address === undefined || !/^\d{1,3}$/.test(bits)) return undefined;
  const [base, width] = isV6(address) ? [firstV6, 128] : [0n, 32];
  const length = Number(bits);
  if (length > width) return undefined;
  const size = 1n << BigInt(width - length);
  const first = base + ((address - base) / size) * size;
  return { first, last: first + size - 1n };
}

/** Ranges in order, none touching another. */
export type Ranges = readonly AddressRange[];

export function joinRanges(ranges: readonly AddressRange[]): Ranges {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: { first: Address; last: Address }[] = [];
  for (const { first, last } of sorted) {
    const before = joined.at(-1);
    if (before && first <= before.last + 1n) {
      if (last > before.last) before.last = last;
    } else joined.push({ first, last });
  }
  return joined;
}

/** What is left of a range without others. */
export function withoutRanges(range: AddressRange, except: readonly AddressRange[]): Ranges {
  const left: AddressRange[] = [];
  let first = range.first;
  for (const hole of joinRanges(except)) {
    if (hole.last < first) continue;
    if (hole.first > range.last) break;
    if (hole.first > first) left.push({ first, last: hole.first - 1n });
    first = hole.last + 1n;
  }
  if (first <= range.last) left.push({ first, last: range.last });
  return left;
}

export function rangesHold(ranges: Ranges, address: Address): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { first, last } = ranges[middle]!;
    if (address < first) high = middle - 1;
    else if (address > last) low = middle + 1;
    else return true;
  }
  return false;
}

export const rangesCover = (ranges: Ranges, whole: AddressRange): boolean => ranges.some(({ first, last }) => first <= whole.first && last >= whole.last);

const cidrs = (...texts: readonly string[]): Ranges => joinRanges(texts.map((text) => parseCidr(text)).filter((range) => range !== undefined));

/** Addresses that are never routed on the internet. */
export const notPublic: Ranges = cidrs(
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15',
  '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3', '::/3', '4000::/2', '8000::/1', '2001:db8::/32',
);

/** Addresses that are no pod's whatever a cluster's ranges are. */
export const neverPods: Ranges = cidrs('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/127', 'fe80::/10', 'ff00::/8');
