import { GraphQLError, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { ErrorKind } from '#application/app-error.js';
import type { Log } from '#operations/log.js';
import { failureOf, type Failure } from '../problems/failure.js';

const codes = {
  unauthenticated: 'UNAUTHENTICATED',
  forbidden: 'FORBIDDEN',
  'not-found': 'NOT_FOUND',
  conflict: 'CONFLICT',
  invalid: 'BAD_USER_INPUT',
  limited: 'RATE_LIMITED',
  unavailable: 'UNAVAILABLE',
  protocol: 'BAD_REQUEST',
} satisfies Record<Failure['kind'], string> & Record<ErrorKind, string>;

/** An error as GraphQL shows it: `extensions.code` to branch on, `reason` the problem type of REST. Logs what nobody foresaw. */
export function formatGraphqlError(error: unknown, requestId: string, log: Log): GraphQLFormattedError {
  const { locations, path } = error instanceof GraphQLError ? error : {};
  const place = { ...(locations ? { locations: locations.map(({ line, column }) => ({ line, column })) } : {}), ...(path ? { path } : {}) };
  const cause = causeOf(error);
  if (cause instanceof GraphQLError) {
    // GraphQL's own words about the document or its variables.
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', reason: 'graphql-validation', ...cause.extensions };
    return { message: cause.message, ...place, extensions: { ...extensions, requestId } };
  }
  const failure = failureOf(cause);
  if (!failure) {
    log.error({ err: cause, requestId, path }, 'graphql field failed');
    return { message: 'Something went wrong here. Quote the requestId when you report it.', ...place, extensions: { code: 'INTERNAL', requestId } };
  }
  const { kind, reason, detail, errors, headers } = failure;
  const retryAfter = headers['retry-after'];
  return {
    message: detail,
    ...place,
    extensions: { code: codes[kind], reason, requestId, ...(errors.length > 0 ? { errors } : {}), ...(retryAfter === undefined ? {} : { retryAfter: Number(retryAfter) }) },
  };
}

/** What was thrown, below what GraphQL wrapped around it. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

export function formatResult({ data, errors, extensions }: ExecutionResult, requestId: string, log: Log): FormattedExecutionResult {
  return {
    ...(errors && errors.length > 0 ? { errors: errors.map((error) => formatGraphqlError(error, requestId, log)) } : {}),
    ...(data === undefined ? {} : { data }),
    ...(extensions ? { extensions } : {}),
  };
}
