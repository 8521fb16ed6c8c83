import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import { isLoopback, type AddressPolicy } from './address-policy.js';
import { EgressError } from './egress-error.js';
import { hostOf, refuseDenied } from './target-url.js';
import { egressErrorFrom, egressFailure } from './transport-failure.js';

/** Every address of a name, in the order to try them. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

export interface TlsSettings {
  /** PEM bundle that replaces the system's trust roots. */
  readonly ca?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  /** Name for SNI and for the check of the certificate, where it differs from the URL's host. */
  readonly serverName?: string;
}

const connectTimeoutMs = 10_000;
const addressesTried = 4;

export const systemResolver: Resolver = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * Opens sockets to one target. Each new socket resolves the name once, refuses it if any address is denied,
 * and connects to an address that was checked: a second DNS answer is never asked for, so there is none to swap.
 * TLS still asks for, and verifies, the original name. Undici's `buildConnector` comes later, from whoever has loaded it.
 * Throws `EgressError` (`tls-failed`) for PEM that cannot be used.
 */
export function guardedConnector(url: URL, tls: TlsSettings, policy: AddressPolicy, resolve: Resolver): (build: typeof buildConnector) => buildConnector.connector {
  const identity = identityOf(url, tls);
  const options: buildConnector.BuildOptions = {
    timeout: connectTimeoutMs,
    ...(url.protocol === 'https:' && {
      secureContext: secureContextOf(tls, url.host),
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing here.
      rejectUnauthorized: true,
      checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
        checkServerIdentity(identity, certificate),
    }),
  };
  const port = portOf(url);
  const servername = sniOf(identity);

  const open = (dial: buildConnector.connector, address: string): Promise<Socket> =>
    new Promise((opened, failed) => {
      dial({ hostname: address, protocol: url.protocol, port, servername }, (error, socket) =>
        error === null ? opened(socket) : failed(egressErrorFrom(error, url.host)),
      );
    });

  const answer = async (dial: buildConnector.connector, callback: buildConnector.Callback): Promise<void> => {
    let socket: Socket;
    try {
      socket = await toCheckedAddress(url, policy, resolve, (address) => open(dial, address));
    } catch (error) {
      callback(egressErrorFrom(error, url.host), null);
      return;
    }
    callback(null, socket);
  };
  return (build) => {
    const dial = build(options);
    return (_options, callback) => void answer(dial, callback);
  };
}

/** The name that the certificate must bear. */
export const identityOf = (url: URL, { serverName }: TlsSettings): string => serverName ?? hostOf(url);

/** An address may not be sent as SNI (RFC 6066); the certificate is checked against it all the same. */
export const sniOf = (identity: string): string => (isIP(identity) === 0 ? identity : '');

export const portOf = (url: URL): string => (url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port);

/** Resolves the target once and opens a connection to one of its addresses, all of which the policy lets be reached. */
export async function toCheckedAddress<T>(url: URL, policy: AddressPolicy, resolve: Resolver, open: (address: string) => Promise<T>): Promise<T> {
  const addresses = await checkedAddresses(url, policy, resolve);
  let failure = egressFailure('dns-failed', url.host);
  for (const address of addresses.slice(0, addressesTried)) {
    try {
      return await open(address);
    } catch (error) {
      failure = egressErrorFrom(error, url.host);
      if (failure.code === 'tls-failed') break;
    }
  }
  throw failure;
}

async function checkedAddresses(url: URL, policy: AddressPolicy, resolve: Resolver): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await resolved(url, resolve) : [host];
  for (const address of addresses) {
    refuseDenied(address, host, policy);
    if (url.protocol === 'http:' && !isLoopback(address)) {
      throw new EgressError('scheme-not-allowed', `${url.host}: plain http is accepted to loopback only; use https.`);
    }
  }
  return addresses;
}

async function resolved(url: URL, resolve: Resolver): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(egressFailure('dns-failed', url.host, 'ETIMEOUT')), connectTimeoutMs);
  });
  try {
    const addresses = await Promise.race([resolve(hostOf(url)), tooLate]);
    if (addresses.length === 0) throw egressFailure('dns-failed', url.host);
    return addresses;
  } catch (error) {
    if (error instanceof EgressError) throw error;
    throw egressFailure('dns-failed', url.host, egressErrorFrom(error, url.host).reason);
  } finally {
    clearTimeout(timer);
  }
}

function secureContextOf({ ca, clientCert, clientKey }: TlsSettings, host: string): SecureContext {
  try {
    return createSecureContext({ ca, cert: clientCert, key: clientKey, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw egressFailure('tls-failed', host, egressErrorFrom(error, host).reason);
  }
}
