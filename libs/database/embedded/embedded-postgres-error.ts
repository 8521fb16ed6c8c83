/** What went wrong with the embedded Postgres, for programs; message and hint are for people. */
export type EmbeddedPostgresErrorCode =
  'in-use' | 'binaries-missing' | 'init-failed' | 'start-failed' | 'unsupported-platform' | 'wrong-owner' | 'version-mismatch';

/** The embedded Postgres cannot be had; `hint` says what to do about it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
