export const bundleErrorCodes = [
  'too-large',
  'not-a-bundle',
  'unknown-version',
  'unsigned',
  'unknown-key',
  'forged',
  'wrong-cluster',
  'clock-ahead',
  'too-old',
  'already-received',
  'superseded',
  'damaged',
  'malformed',
] as const;
export type BundleErrorCode = (typeof bundleErrorCodes)[number];

/** Why a bundle was refused: a code for programs, a sentence that says what to do for people. Holds nothing of its content. */
export class BundleError extends Error {
  constructor(
    readonly code: BundleErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'BundleError';
  }
}
