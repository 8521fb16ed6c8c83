import { isIP } from 'node:net';
import { isLoopback, judgeAddress, type AddressPolicy } from './address-policy.js';
import { EgressError } from './egress-error.js';

const longestUrl = 2048;

/**
 * Reads the address of a cluster or a webhook endpoint: `https` (plain `http` only to loopback, and only
 * where the policy allows it), no user info, no fragment. The host comes back lower-case, as punycode and
 * without a trailing dot; an address in it is judged at once, a name when it is connected to.
 * Throws `EgressError`: `invalid-url`, `scheme-not-allowed` or `address-denied`.
 */
export function parseTargetUrl(text: string, policy: AddressPolicy): URL {
  const url = parseStrictUrl(text);
  const host = hostOf(url);

  if (url.protocol === 'http:' && !(policy.allowLoopbackHttp && isLoopbackHost(host))) {
    throw new EgressError(
      'scheme-not-allowed',
      'Use an https address; plain http is accepted only to loopback, and only where the operator allows it.',
    );
  }
  if (isIP(host) !== 0) refuseDenied(host, host, policy);
  return url;
}

/** The form alone, whatever the policy: an absolute http(s) URL with an ordinary host, nothing hidden in it. */
export function parseStrictUrl(text: string): URL {
  if (text.length > longestUrl) throw invalid(`it is longer than ${longestUrl} characters`);
  // The URL parser drops tabs and line ends, and reads a backslash as a slash: what people see would not be what is called.
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text)) throw invalid('it contains a space, a backslash or an invisible character');
  if (text.includes('#')) throw invalid('it has a fragment; leave out # and what follows');

  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?]+)/i.exec(text)?.[1];
  if (authority === undefined) throw invalid('write it in full, like https://host.example:6443');
  if (authority.includes('@')) throw invalid('it has a user name or password in it; give credentials in their own field');
  if (authority.includes('%')) throw invalid('its host has a percent sign, so it is encoded or has a zone id');

  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid('it cannot be read; check host and port');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EgressError('scheme-not-allowed', 'Use an https address; other schemes are not called.');
  }
  if (url.port === '0') throw invalid('port 0 cannot be called');

  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  if (isIP(hostOf(url)) === 0 && !isOrdinaryName(url.hostname)) throw invalid('its host is neither a DNS name nor an address');
  return url;
}

/** The host as sockets want it: a name, or an address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

/** Throws `address-denied` unless the policy lets `address` be reached. `host` is what the caller asked for. */
export function refuseDenied(address: string, host: string, policy: AddressPolicy): void {
  const verdict = judgeAddress(address, policy);
  if (verdict.allowed) return;
  const lies = address === host ? `${host} lies` : `${host} resolves to an address`;
  throw new EgressError(
    'address-denied',
    `${lies} in the range "${verdict.range}", which is not called from here; use a public address, or have the operator allow the range.`,
    verdict.range,
  );
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
}

function isOrdinaryName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
}

function invalid(why: string): EgressError {
  return new EgressError('invalid-url', `This address cannot be called: ${why}.`);
}
