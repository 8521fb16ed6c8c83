import type { ResourceKey } from '../resources.js';

/**
 * A credential that everybody reads who may read its object. What is known of it is where it stands and what told:
 * the value itself never leaves the function that found it.
 */
export interface ExposedCredential {
  /** `data.DB_PASSWORD`, `containers[app].env.TOKEN`. */
  readonly path: string;
  /** A form that tells it (`github`, `privatekey` …), or `secret-name` where its name does. */
  readonly detector: string;
  /** Its length, and the public beginning that all of its form share. */
  readonly hint: string;
  /** The line, in a text of several. */
  readonly line?: number;
}

/** The credentials of one object. */
export interface ExposureFacts {
  readonly key: ResourceKey;
  /** Of the top owner, for what stands in a pod. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly found: readonly ExposedCredential[];
  /** Paths beyond those in `found`. */
  readonly more?: number;
  /** Its texts were too long to be looked through. */
  readonly isUnread?: true;
}
