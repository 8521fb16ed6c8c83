import { assertAddressPolicy, type AddressPolicy } from './address-policy.js';
import { EgressConnection } from './egress-connection.js';
import { systemResolver, type Resolver, type TlsSettings } from './guarded-connector.js';
import { parseTargetUrl } from './target-url.js';

export interface EgressSettings {
  readonly policy: AddressPolicy;
  /** Default: the system's resolver, hosts file included. */
  readonly resolve?: Resolver;
}

export interface EgressTarget extends TlsSettings {
  readonly url: string;
  /** Sockets at most; default 4. */
  readonly connections?: number;
}

/** The one door out. Every outbound request of the product goes through a connection opened here. */
export class EgressClient {
  readonly policy: AddressPolicy;
  readonly #resolve: Resolver;
  readonly #open = new Set<EgressConnection>();

  /** Throws a `RangeError` on a policy that cannot be read. */
  constructor({ policy, resolve = systemResolver }: EgressSettings) {
    assertAddressPolicy(policy);
    this.policy = policy;
    this.#resolve = resolve;
  }

  /**
   * Prepares a pool to one target; sockets open with the first request. Keep it and use it again.
   * Throws `EgressError`: `invalid-url`, `scheme-not-allowed`, `address-denied`, or `tls-failed` for unusable PEM.
   */
  connection({ url, connections = 4, ...tls }: EgressTarget): EgressConnection {
    const target = parseTargetUrl(url, this.policy);
    const connection = new EgressConnection(target, tls, connections, this.policy, this.#resolve, () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  /** Closes every connection that is still open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.close()));
  }
}
