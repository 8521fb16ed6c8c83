import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AppError, type ErrorKind, type InputProblem } from '#application/app-error.js';
import { ProtocolError } from './protocol-error.js';

/** An error that the caller may see, whatever threw it and whichever door it leaves through. */
export interface Failure {
  readonly kind: ErrorKind | 'protocol';
  readonly status: number;
  /** Stable slug: the end of the problem type. */
  readonly reason: string;
  readonly detail: string;
  readonly errors: readonly InputProblem[];
  readonly headers: Readonly<Record<string, string>>;
}

const statusOfKind = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  invalid: 422,
  limited: 429,
  unavailable: 503,
} satisfies Record<ErrorKind, number>;

/** Input that cannot be read at all, rather than read and refused. */
const statusOfReason: Readonly<Record<string, number>> = { 'bad-cursor': 400, 'snapshot-too-slow': 408, 'snapshot-too-large': 413, 'not-a-bundle': 400, 'bundle-too-large': 413, 'kube-bench-too-large': 413, 'cloud-description-too-large': 413 };

const reasonOfStatus: Readonly<Record<number, string>> = {
  400: 'bad-request',
  404: 'route-not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'address-too-long',
  415: 'unsupported-media-type',
  431: 'headers-too-large',
  503: 'shutting-down',
};

/** Undefined for what nobody foresaw: the caller learns of it that it happened, and nothing more. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof AppError) {
    return {
      kind: error.kind,
      status: statusOfReason[error.reason] ?? statusOfKind[error.kind],
      reason: error.reason,
      detail: error.message,
      errors: error.errors,
      headers: {
        ...(error.kind === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
        ...(error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) }),
      },
    };
  }
  if (error instanceof ProtocolError) {
    return { kind: 'protocol', status: error.status, reason: error.reason, detail: error.message, errors: [], headers: error.headers };
  }
  const status = frameworkStatus(error);
  // The framework's own wording may quote the request; the status says enough.
  return status === undefined
    ? undefined
    : { kind: 'protocol', status, reason: reasonOfStatus[status] ?? 'bad-request', detail: `${STATUS_CODES[status] ?? 'Refused'}.`, errors: [], headers: {} };
}

function frameworkStatus(error: unknown): number | undefined {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : error instanceof Error && error.name === 'FastifyError' && 'statusCode' in error
        ? Number(error.statusCode)
        : undefined;
  return status !== undefined && status >= 400 && status < 500 ? status : undefined;
}
