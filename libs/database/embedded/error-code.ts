/** The system error code (`ENOENT`, `EACCES`, …) of a thrown value, if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
