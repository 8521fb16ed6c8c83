export type CloudDescriptionFault = 'not-json' | 'too-large' | 'other-description' | 'other-shape';

/** A description of a cluster that cannot be taken. The message says what to send instead, and repeats nothing of it. */
export class CloudDescriptionError extends Error {
  constructor(
    readonly code: CloudDescriptionFault,
    message: string,
  ) {
    super(message);
    this.name = 'CloudDescriptionError';
  }
}
