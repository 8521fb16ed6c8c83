export type EgressErrorCode =
  | 'invalid-url'
  | 'scheme-not-allowed'
  | 'address-denied'
  | 'dns-failed'
  | 'connect-failed'
  | 'tls-failed'
  | 'timeout'
  | 'redirect-refused'
  | 'response-too-large'
  | 'aborted'
  | 'encoding-not-allowed'
  | 'reset';

/**
 * Why a request did not get its answer. The message says what to do and names at most host and port:
 * paths, queries, headers and keys may be secret and never enter it, and no `cause` carries them along.
 */
export class EgressError extends Error {
  constructor(
    readonly code: EgressErrorCode,
    message: string,
    /** The system's or library's own short code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
    readonly reason?: string,
  ) {
    super(message);
    this.name = 'EgressError';
  }
}
