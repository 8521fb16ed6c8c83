const refusals = new Set(['SchemaMigrationRequiredError', 'SchemaVersionMismatchError', 'UnsupportedPostgresVersionError']);
/** SQLSTATE classes: authorisation, unknown database, unknown schema, access rule (missing grant). */
const refusedClasses = ['28', '3D', '3F', '42'];

/** Whether waiting cannot help, a person must: no schema, no grant, wrong password. Everything else may pass. */
export function isMisconfiguration(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (refusals.has(error.name)) return true;
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && refusedClasses.some((prefix) => code.startsWith(prefix));
}
