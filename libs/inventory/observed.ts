import type { ResourceKey } from './resources.js';

/** Why something could not be read. One word a cause, so that a report can group and a person can act. */
export type MissingReason =
  | 'forbidden'
  | 'unauthorized'
  | 'timed-out'
  | 'too-large'
  | 'changed'
  | 'invalid'
  | 'unreachable'
  | 'server-error'
  | 'limit'
  | 'not-requested'
  | 'not-in-upload'
  | 'cancelled';

/**
 * How the reading of one resource ended.
 *
 * - `observed`: every object, at one resource version. Absence may be concluded from it.
 * - `not-served`: the server does not know the resource: observed, and empty.
 * - `given`: only the uploaded objects are known; nothing is known of others.
 * - `partial`: some objects were read and some were lost. Absence may never be concluded.
 * - `missing`: nothing was read.
 */
export type ReadOutcome =
  | { readonly state: 'observed'; readonly count: number; readonly resourceVersion?: string }
  | { readonly state: 'not-served' }
  | { readonly state: 'given'; readonly count: number }
  | { readonly state: 'partial'; readonly count: number; readonly reason: MissingReason; readonly detail: string }
  | { readonly state: 'missing'; readonly reason: MissingReason; readonly detail: string };

/** True where absence may be concluded. */
export const isComplete = (outcome: ReadOutcome): boolean =>
  outcome.state === 'observed' || outcome.state === 'not-served';

/** A fact that is there, or the reason why it is not. */
export type Observed<T> =
  | { readonly state: 'observed'; readonly value: T }
  | { readonly state: 'missing'; readonly reason: MissingReason; readonly detail: string };

/** One piece of evidence that a verdict lacked, and what would bring it. */
export interface MissingEvidence {
  /** A resource key, or a named fact such as `kubelet-config` or `component-flags`. */
  readonly fact: ResourceKey | FactName;
  readonly reason: MissingReason;
  readonly detail: string;
}

/** Evidence that is no list of objects. */
export type FactName = 'api-server-probe' | 'kubelet-config' | 'component-flags' | 'node-evidence' | 'server-version' | 'trusted-registries' | 'required-labels' | 'advisories' | 'cloud-rights' | 'exposures' | 'benchmark-history';
