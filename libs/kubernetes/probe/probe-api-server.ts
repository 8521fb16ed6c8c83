import type { ClusterConnection } from '#application/ports/cluster-collector.js';
import { isLoopback, isPublic, type AddressPolicy } from '#egress/address-policy.js';
import { EgressClient } from '#egress/egress-client.js';
import type { EgressConnection } from '#egress/egress-connection.js';
import { EgressError } from '#egress/egress-error.js';
import type { Handshake } from '#egress/tls-handshake.js';
import type { ProbeFacts } from '#inventory/facts.js';
import type { MissingReason, Observed } from '#inventory/observed.js';
import { isDeeperThan, MAX_DEPTH } from '../json-depth.js';
import { addressesOf, certificateFacts } from '#nodes/certificate-facts.js';

/** For each question; they are asked side by side. */
const PROBE_MS = 5_000;
const MOST_BYTES = 1024 * 1024;
const publicAddressesKept = 5;

/**
 * Looks at the API server as somebody would who has no credential: two handshakes and three requests that read nothing, to the
 * address of the scan's own connection and no other. Never fails a scan: what got no answer is missing.
 */
export async function probeApiServer({ server, ca, serverName, credential }: ClusterConnection, policy: AddressPolicy, signal: AbortSignal, timeoutMs = PROBE_MS): Promise<Observed<ProbeFacts>> {
  const client = new EgressClient({ policy });
  try {
    const connection = client.connection({ url: server, connections: 1, ...(ca !== undefined && { ca }), ...(serverName !== undefined && { serverName }) });
    if (connection.url.protocol !== 'https:') return missing('not-requested', 'the API server is reached over plain http, so that there is no TLS to look at');
    // What answers there is the proxy, with its own certificate and its own sign-in.
    if (connection.url.pathname !== '/') return missing('not-requested', 'the API server is reached through a proxy, below a path of it, so that nobody sees what the server itself shows');
    const [tls, acceptsOutdatedTls, anonymous] = await Promise.all([tlsOf(connection, timeoutMs, signal), acceptsOutdated(connection, timeoutMs, signal), anonymousOf(connection, timeoutMs, signal)]);
    if (tls instanceof EgressError && anonymous === undefined) return missing(tls.code === 'timeout' ? 'timed-out' : 'unreachable', `what the API server shows to whoever reaches it could not be looked at: ${tls.message}`);
    const clientCertificate = credential.kind === 'client-certificate' ? certificateFacts(credential.certificate, 'client') : undefined;
    return {
      state: 'observed',
      value: {
        ...(!(tls instanceof EgressError) && { tls }),
        ...(acceptsOutdatedTls !== undefined && { acceptsOutdatedTls }),
        ...(anonymous && { anonymous }),
        ...(clientCertificate && { clientCertificate }),
      },
    };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return missing('unreachable', error.message);
  } finally {
    await client.close();
  }
}

const missing = (reason: MissingReason, detail: string): Observed<ProbeFacts> => ({ state: 'missing', reason, detail });

async function tlsOf(connection: EgressConnection, timeoutMs: number, signal: AbortSignal): Promise<NonNullable<ProbeFacts['tls']> | EgressError> {
  try {
    return tlsFacts(await connection.handshake({ versions: 'current', timeoutMs, signal }));
  } catch (error) {
    if (error instanceof EgressError) return error;
    throw error;
  }
}

function tlsFacts({ address, version, chain }: Handshake): NonNullable<ProbeFacts['tls']> {
  const own = chain[0];
  return {
    address: isLoopback(address) ? 'loopback' : isPublic(address) ? 'public' : 'private',
    version,
    publicAddresses: own ? addressesOf(own).filter(isPublic).slice(0, publicAddressesKept) : [],
    certificates: chain.flatMap((der, at) => certificateFacts(der, at === 0 ? 'server' : 'authority') ?? []),
  };
}

/** An alert is a refusal; any other failure may be that of the network. */
async function acceptsOutdated(connection: EgressConnection, timeoutMs: number, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    await connection.handshake({ versions: 'outdated', timeoutMs, signal });
    return true;
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return error.reason !== undefined && /_ALERT_/.test(error.reason) ? false : undefined;
  }
}

/** Statuses of what an API server answers; undefined where somebody else answers, or nobody. */
async function anonymousOf(connection: EgressConnection, timeoutMs: number, signal: AbortSignal): Promise<ProbeFacts['anonymous']> {
  const [version, health, namespaces] = await Promise.all([
    statusOf('/version', (body) => typeof body === 'object' && 'gitVersion' in body),
    statusOf('/healthz', (body) => body === 'ok'),
    statusOf('/api/v1/namespaces?limit=1', (body) => typeof body === 'object' && body['kind'] === 'NamespaceList'),
  ]);
  const answered = { ...(version !== undefined && { version }), ...(health !== undefined && { health }), ...(namespaces !== undefined && { namespaces }) };
  return Object.keys(answered).length > 0 ? answered : undefined;

  async function statusOf(path: string, isAnswer: (body: Body) => boolean): Promise<number | undefined> {
    try {
      const response = await connection.request({ method: 'GET', path, headers: { accept: 'application/json', 'user-agent': 'bulwark' }, timeoutMs, idleTimeoutMs: timeoutMs, maxBytes: MOST_BYTES, signal });
      const body = readBody(await response.bytes());
      const isRefusal = typeof body === 'object' && body['kind'] === 'Status';
      return isRefusal || (response.status === 200 && isAnswer(body)) ? response.status : undefined;
    } catch (error) {
      if (error instanceof EgressError) return undefined;
      throw error;
    }
  }
}

type Body = string | Readonly<Record<string, unknown>>;

/** A JSON object, or text that is none. */
function readBody(bytes: Uint8Array): Body {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith('{') || isDeeperThan(bytes, MAX_DEPTH)) return text;
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return text;
  }
}
