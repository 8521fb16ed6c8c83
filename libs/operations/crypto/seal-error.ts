export type SealErrorCode =
  /** The setting with the key-encryption keys cannot be used. */
  | 'bad-key-ring'
  /** Sealed under a key that is not here (any more). */
  | 'unknown-key'
  /** Not of a format that this version reads. */
  | 'not-sealed'
  /** Tampered with, moved from another row, or sealed under another key of the same id. */
  | 'not-authentic';

/** Messages name key ids at most, never key material, plaintext or ciphertext. */
export class SealError extends Error {
  constructor(
    readonly code: SealErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'SealError';
  }
}
