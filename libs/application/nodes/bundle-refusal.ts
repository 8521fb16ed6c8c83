import { BundleError, type BundleErrorCode } from '#nodes/wire/bundle-error.js';
import { AppError, type ErrorKind } from '../app-error.js';

/** What each refusal is to whoever sent the bundle. Of a bundle that is refused nothing is kept. */
const refusals = {
  'too-large': ['invalid', 'bundle-too-large'],
  'not-a-bundle': ['invalid', 'not-a-bundle'],
  'unknown-version': ['invalid', 'bundle-version-unknown'],
  unsigned: ['unauthenticated', 'bundle-unsigned'],
  'unknown-key': ['unauthenticated', 'enrolment-key-unknown'],
  forged: ['unauthenticated', 'bundle-forged'],
  'wrong-cluster': ['invalid', 'bundle-of-another-cluster'],
  'clock-ahead': ['invalid', 'bundle-from-the-future'],
  'too-old': ['invalid', 'bundle-too-old'],
  // Collectors know this one: the answer to their first try was lost.
  'already-received': ['conflict', 'already-received'],
  superseded: ['conflict', 'bundle-superseded'],
  damaged: ['invalid', 'bundle-damaged'],
  malformed: ['invalid', 'bundle-malformed'],
} as const satisfies Record<BundleErrorCode, readonly [ErrorKind, string]>;

/** Undefined for what is no refusal of a bundle. */
export function bundleRefusal(error: unknown): AppError | undefined {
  if (!(error instanceof BundleError)) return undefined;
  const [kind, reason] = refusals[error.code];
  return new AppError(kind, reason, error.message, { cause: error });
}
