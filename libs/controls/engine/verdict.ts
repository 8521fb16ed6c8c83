import type { MissingEvidence } from '#inventory/observed.js';
import type { Severity } from './control.js';

/**
 * What a check says of one subject.
 *
 * `proven` says: nothing that was not read could change this. Without it, a verdict counts as resting on
 * everything the check read, so that an incomplete list turns it into `unknown`.
 */
export type Verdict =
  | { readonly status: 'pass'; readonly proven: boolean; readonly part?: string }
  | {
      readonly status: 'fail';
      readonly message: string;
      readonly proven: boolean;
      readonly part?: string;
      readonly severity?: Severity;
      /** Small, structured facts behind the verdict; never a secret. */
      readonly detail?: Readonly<Record<string, unknown>>;
      /** Strategic merge patch for the named object, where one can be computed. */
      readonly patch?: unknown;
      /** Attackers are known to use what was found. */
      readonly isExploited?: boolean;
    }
  | { readonly status: 'not-applicable'; readonly reason: string; readonly part?: string }
  | { readonly status: 'unknown'; readonly missing: MissingEvidence; readonly part?: string }
  /** A wider part fails and says this one too: a finding of it is no news, and no improvement either. */
  | { readonly status: 'implied'; readonly part: string };

type Fail = Extract<Verdict, { status: 'fail' }>;
type FailOptions = Omit<Fail, 'status' | 'message' | 'proven'>;

export const pass: Verdict = { status: 'pass', proven: false };
/** A pass that rests on something seen, so lists that were not read to their end cannot change it. */
export const provenPass: Verdict = { status: 'pass', proven: true };
export const passPart = (part: string): Verdict => ({ status: 'pass', proven: false, part });
/** A part that passes by what was seen: lists that others of its subject rest on cannot change it. */
export const provenPassPart = (part: string): Verdict => ({ status: 'pass', proven: true, part });
/** The same verdict of one part. */
export const ofPart = (verdict: Verdict, part: string): Verdict => (verdict.status === 'pass' ? { status: 'pass', proven: verdict.proven, part } : { ...verdict, part });

export const fail = (message: string, options: FailOptions = {}): Verdict => failure(message, false, options);
/** A fail that rests on something seen. */
export const provenFail = (message: string, options: FailOptions = {}): Verdict => failure(message, true, options);

/** Without spreading, which gives each object a hidden class of its own: a first scan may hold a hundred thousand. */
function failure(message: string, proven: boolean, { part, severity, detail, patch, isExploited }: FailOptions): Verdict {
  const verdict: { -readonly [K in keyof Fail]: Fail[K] } = { status: 'fail', message, proven };
  if (part !== undefined) verdict.part = part;
  if (severity !== undefined) verdict.severity = severity;
  if (detail !== undefined) verdict.detail = detail;
  if (patch !== undefined) verdict.patch = patch;
  if (isExploited) verdict.isExploited = true;
  return verdict;
}

export const notApplicable = (reason: string, part?: string): Verdict => ({ status: 'not-applicable', reason, ...(part === undefined ? {} : { part }) });
export const unknown = (missing: MissingEvidence, part?: string): Verdict => ({ status: 'unknown', missing, ...(part === undefined ? {} : { part }) });
export const implied = (part: string): Verdict => ({ status: 'implied', part });
