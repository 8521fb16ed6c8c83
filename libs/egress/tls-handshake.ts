import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { AddressPolicy } from './address-policy.js';
import { EgressError } from './egress-error.js';
import { identityOf, portOf, sniOf, toCheckedAddress, type Resolver, type TlsSettings } from './guarded-connector.js';
import { egressErrorFrom, egressFailure } from './transport-failure.js';

/** A handshake of today's versions, whose certificate is checked, or one of TLS 1.0 and 1.1 alone, of which only the ending counts. */
export type HandshakeVersions = 'current' | 'outdated';

export interface HandshakeOptions {
  readonly versions: HandshakeVersions;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Handshake {
  /** The address that answered. */
  readonly address: string;
  /** As node names it: `TLSv1.3`. */
  readonly version: string;
  /** DER, the server's own first, up to the root as far as it is known. */
  readonly chain: readonly Buffer[];
}

/** Certificates of a chain that are looked at. */
const longestChain = 8;

/** Opens TLS to a checked address of the target and closes it again. Nothing is sent, so an old version gives nothing away. */
export async function shakeHands(url: URL, tls: TlsSettings, policy: AddressPolicy, resolve: Resolver, { versions, timeoutMs, signal }: HandshakeOptions): Promise<Handshake> {
  if (url.protocol !== 'https:') throw new EgressError('scheme-not-allowed', `${url.host}: plain http has no handshake.`);
  const end = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const tooLate = new Promise<never>((_, failed) => {
    const fail = (): void => failed(egressFailure(signal?.aborted === true ? 'aborted' : 'timeout', url.host));
    end.addEventListener('abort', fail, { once: true });
    if (end.aborted) fail();
  });
  // The race, because nobody can take back a question to DNS.
  return Promise.race([tooLate, toCheckedAddress(url, policy, resolve, (address) => shake(address, url, tls, versions, end))]);
}

function shake(address: string, url: URL, tls: TlsSettings, versions: HandshakeVersions, end: AbortSignal): Promise<Handshake> {
  const identity = identityOf(url, tls);
  return new Promise((done, failed) => {
    const socket = connect({
      host: address,
      port: Number(portOf(url)),
      servername: sniOf(identity),
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(versions === 'current'
        ? { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true, checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) => checkServerIdentity(identity, certificate) }
        // OpenSSL knows these versions at level 0 alone. Who answers was checked by the other handshake, and is told nothing.
        : { minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const, ciphers: 'ALL:@SECLEVEL=0', rejectUnauthorized: false }),
    });
    const stop = (): void => {
      end.removeEventListener('abort', late);
      socket.destroy();
    };
    const late = (): void => {
      stop();
      failed(egressFailure('aborted', url.host));
    };
    socket.on('error', (error) => {
      stop();
      failed(egressErrorFrom(error, url.host));
    });
    // The other side closed the connection without a word.
    socket.once('close', () => failed(egressFailure('reset', url.host)));
    socket.once('secureConnect', () => {
      const handshake = { address, version: socket.getProtocol() ?? '', chain: chainOf(socket) };
      stop();
      done(handshake);
    });
    end.addEventListener('abort', late, { once: true });
    if (end.aborted) late();
  });
}

/** A root is its own issuer. */
function chainOf(socket: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw && chain.length < longestChain && !chain.some((known) => known.equals(certificate!.raw))) {
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
