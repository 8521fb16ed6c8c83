import { EgressError, type EgressErrorCode } from './egress-error.js';

const codes: Readonly<Record<string, EgressErrorCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'response-too-large',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
  ETIMEDOUT: 'timeout',
  ECONNREFUSED: 'connect-failed',
  EHOSTUNREACH: 'connect-failed',
  ENETUNREACH: 'connect-failed',
  EADDRNOTAVAIL: 'connect-failed',
  EACCES: 'connect-failed',
  EMFILE: 'connect-failed',
  EPROTO: 'tls-failed',
  Z_DATA_ERROR: 'encoding-not-allowed',
};

// OpenSSL's verification results, as node names them.
const certificateFault =
  /^(?:CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERR_SSL_|ERR_TLS_|ERR_OSSL_)/;

const advice: Readonly<Record<EgressErrorCode, string>> = {
  'invalid-url': 'correct the address',
  'scheme-not-allowed': 'use https',
  'address-denied': 'use a public address',
  'dns-failed': 'the name could not be resolved; check it for typing errors and that it is published',
  'connect-failed': 'no connection could be made; check host, port and firewall',
  'tls-failed': 'the TLS connection was refused; check the CA, the server name and the client certificate',
  timeout: 'it did not answer in time; check its load, or allow more time',
  'redirect-refused': 'redirects are not followed; give the final address',
  'response-too-large': 'its answer is larger than the limit; ask for less at a time',
  aborted: 'the request was given up before it ended',
  'encoding-not-allowed': 'its answer is not in a readable encoding; it must be plain or gzip',
  reset: 'it closed the connection before the answer was complete; try again',
};

/** Names a failure of DNS, socket, TLS, HTTP or zlib. What is already an `EgressError` passes unchanged. */
export function egressErrorFrom(error: unknown, host: string): EgressError {
  if (error instanceof EgressError) return error;
  const reason = systemCode(error);
  return egressFailure(codeFor(reason), host, reason);
}

/** True for a wrong argument: our own bug, which must not look like the other side's failure. */
export function isProgrammingError(error: unknown): boolean {
  return error instanceof TypeError || systemCode(error) === 'UND_ERR_INVALID_ARG';
}

export function egressFailure(code: EgressErrorCode, host: string, reason?: string): EgressError {
  return new EgressError(code, `${host}: ${advice[code]}${reason === undefined ? '' : ` (${reason})`}.`, reason);
}

function codeFor(reason: string | undefined): EgressErrorCode {
  if (reason === undefined) return 'reset';
  return codes[reason] ?? (certificateFault.test(reason) ? 'tls-failed' : 'reset');
}

function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
