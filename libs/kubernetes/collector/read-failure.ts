import type { MissingReason } from '#inventory/observed.js';

/** Why one read ended without its answer; becomes the outcome of a kind. The detail never repeats a body. */
export class ReadFailure extends Error {
  constructor(
    readonly reason: MissingReason,
    detail: string,
  ) {
    super(detail);
    this.name = 'ReadFailure';
  }
}

/** The list changed while it was read: its pages do not belong together. */
export class ListChanged extends ReadFailure {
  constructor(detail: string) {
    super('changed', detail);
    this.name = 'ListChanged';
  }
}

/** The server speaks, but not Kubernetes. */
export class NotKubernetes extends ReadFailure {
  constructor(detail: string) {
    super('invalid', detail);
    this.name = 'NotKubernetes';
  }
}
