/** Fields of one log entry: ids and numbers, `err` for an error. Known secret keys are redacted. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured log: one entry a call, fields first, one short sentence second. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** The same log with these fields on every entry. */
  child(bindings: LogFields): Log;
}
