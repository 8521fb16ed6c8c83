import { AppError, conflict, invalid } from '#application/app-error.js';

/**
 * A statement that failed for a reason nobody foresaw. Carries what says where, and never the statement, its
 * parameters or the row, which hold evidence and sealed credentials.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    /** SQLSTATE, or the driver's code. */
    readonly code: string,
    readonly constraint?: string,
    readonly table?: string,
    origin?: Error,
  ) {
    super(`The database refused a statement with ${code}${table ? ` on ${table}` : ''}${constraint ? ` (${constraint})` : ''}.`);
    // Where it happened, without the original's message, which may quote a value.
    const frames = origin?.stack?.split('\n').filter((line) => /^ {4}at /.test(line));
    if (frames?.length) this.stack = [`${this.name}: ${this.message}`, ...frames].join('\n');
  }
}

/** Constraints that a caller can run into, and what to tell them. */
const conflicts: Readonly<Record<string, () => AppError>> = {
  clusters_name: () => conflict('cluster-name-taken', 'Another cluster has this name. Choose a different one.'),
  scans_one_active: () => conflict('scan-active', 'A scan of this cluster is queued or running. Wait for it, or cancel it.'),
};

const lostConnection = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', '57P01', '57P02', '57P03', '53300', '25P03', '25P04']);
const contention = new Set(['40001', '40P01', '55P03', '57014']);

/** What callers may see of an error thrown inside a transaction. Errors that are none of the database's stay as they are. */
export function publicError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (isLost(error, code)) {
    return new AppError('unavailable', 'database-unavailable', 'The database does not answer right now. Try again in a few seconds.', { retryAfter: 5 });
  }
  if (code !== undefined && contention.has(code)) {
    return new AppError('unavailable', 'database-busy', 'The database could not do this in time. Try again in a few seconds.', { retryAfter: 5 });
  }
  // NUL and lone surrogates cannot be stored as text.
  if (code === '22021' || code === '22P05' || code === '22P02') return invalid('invalid-text', 'The input holds characters or a value that cannot be stored.');
  if (!isDriverError(error)) return error;

  const constraint = textOf(error, 'constraint');
  if (code === '23505' && constraint !== undefined && conflicts[constraint]) return conflicts[constraint]();
  return new DatabaseError(code ?? 'unknown', constraint, textOf(error, 'table'), error);
}

function isLost(error: Error, code: string | undefined): boolean {
  if (code !== undefined && (lostConnection.has(code) || code.startsWith('08'))) return true;
  // node-postgres gives these no code; TypeORM's means that the connection broke between two statements.
  return (
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/i.test(error.message) ||
    error.name === 'QueryRunnerAlreadyReleasedError'
  );
}

const isDriverError = (error: Error): boolean => error.name === 'QueryFailedError' || /^[0-9A-Z]{5}$/.test(codeOf(error) ?? '');

const codeOf = (error: Error): string | undefined => textOf(error, 'code');

/** TypeORM copies the driver error's fields onto its own, and keeps the original beside. */
function textOf(error: Error, field: 'code' | 'constraint' | 'table'): string | undefined {
  const value = (error as Partial<Record<typeof field, unknown>>)[field];
  if (typeof value === 'string') return value;
  return 'driverError' in error && error.driverError instanceof Error ? textOf(error.driverError, field) : undefined;
}
