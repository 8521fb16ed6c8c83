import { allV4, allV6, isV6, joinRanges, parseCidr, withoutRanges, type AddressRange } from '#inventory/reachability/address.js';

/**
 * Whom a rule lets through, as far as it matters how wide that is: everybody, with what says so; every pod of the cluster; or only some.
 */
export type RulePeers = { readonly are: 'everybody' | 'every-pod'; readonly by: string } | { readonly are: 'some' };

/** On which ports: `every` with the protocol where it is one of several; otherwise as a person would write the first few. */
export type RulePorts = { readonly are: 'every'; readonly of?: string } | { readonly are: 'some'; readonly text: string };

/** One allowing rule of any engine's policy. */
export interface OpenableRule {
  /** Its place in its list, for people: from 1. */
  readonly place: number;
  readonly peers: RulePeers;
  readonly ports: RulePorts;
}

export const someone: RulePeers = { are: 'some' };
export const everyPort: RulePorts = { are: 'every' };

/** Of more ports than this that a rule names, nobody meant each. */
const HARDLY_ANY_LEFT_OUT = 60_000;

export interface PortSpan {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** Custom resources may say anything of any length. */
export const short = (text: string): string => text.slice(0, 40);

/** Ports by their spans and names; a rule that names none at all is about every port. */
export function portsOf(spans: readonly PortSpan[], names: readonly string[]): RulePorts {
  const wide = spans.find(({ first, last }) => last - first >= HARDLY_ANY_LEFT_OUT);
  if (wide) return { are: 'every', of: short(wide.protocol) };
  const texts = [...spans.map(({ protocol, first, last }) => `${first === last ? first : `${first}-${last}`}/${short(protocol)}`), ...names.map(short)];
  return { are: 'some', text: texts.length > 3 ? `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more` : texts.join(', ') };
}

const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', '2000::/3'].map((text) => parseCidr(text)!);

const sizeOf = ({ first, last }: AddressRange): bigint => last - first + 1n;

/** The least that is a network that somebody took out on purpose, and not a few addresses: a /16 of IPv4, a /64 of IPv6. */
const leastNetwork = (range: AddressRange): bigint => (isV6(range.first) ? 1n << 64n : 1n << 16n);

const isPrivateNetwork = (range: AddressRange): boolean =>
  privateNetworks.some(({ first, last }) => {
    const within = { first: range.first > first ? range.first : first, last: range.last < last ? range.last : last };
    return sizeOf(within) >= leastNetwork(range);
  });

/**
 * Whether address blocks are everybody: all of a family, or all but a few addresses. Blocks that leave out a private network are what
 * is written to mean "the internet, and nothing in here": these are not everybody.
 */
export function isEverybody(blocks: readonly { readonly cidr: string; readonly except?: readonly string[] }[]): string | undefined {
  // Most rules name no wide block at all.
  const wide = blocks.find(({ cidr }) => /\/[01]$/.test(cidr));
  if (!wide) return undefined;
  const covered: AddressRange[] = [];
  for (const { cidr, except = [] } of blocks) {
    const range = parseCidr(cidr);
    if (range) for (const left of withoutRanges(range, except.map((text) => parseCidr(text)).filter((hole) => hole !== undefined))) covered.push(left);
  }
  const joined = joinRanges(covered);
  for (const family of [allV4, allV6]) {
    const leftOut = withoutRanges(family, joined);
    const size = leftOut.reduce((sum, range) => sum + sizeOf(range), 0n);
    if (size * 2n < sizeOf(family) && !leftOut.some(isPrivateNetwork)) return wide.cidr;
  }
  return undefined;
}
