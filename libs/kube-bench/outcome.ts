/** As items are reported: what kube-bench says is never taken for more than it looked at. */
export type Outcome = 'pass' | 'fail' | 'unknown' | 'manual' | 'not-applicable';

/** Worst first: what one node says of an item stands for all where they are shown as one. */
export const worstFirst: readonly Outcome[] = ['fail', 'unknown', 'manual', 'pass', 'not-applicable'];

export const isWorse = (a: Outcome, b: Outcome): boolean => worstFirst.indexOf(a) < worstFirst.indexOf(b);

/** Why an outcome is not what the status seems to say. */
export type OutcomeKind =
  | 'audit-failed'
  | 'error-in-evidence'
  | 'no-output'
  | 'nothing-compared'
  | 'contradictory'
  | 'unknown-status'
  | 'no-test'
  | 'manual'
  | 'unscored-failure'
  | 'skipped'
  | 'not-on-platform';

export interface OutcomeReason {
  readonly kind: OutcomeKind;
  /** One sentence for people; holds nothing of the report. */
  readonly text: string;
}

export interface RawCheck {
  readonly status: string;
  readonly type: string;
  readonly reason: string;
  /** Absent in the oldest releases. */
  readonly actual: string | undefined;
  readonly expected: string | undefined;
}

const reasons: Readonly<Record<OutcomeKind, string>> = {
  'audit-failed': 'kube-bench could not run the command that looks: it says nothing of the setting',
  'error-in-evidence': 'what kube-bench looked at holds the message of an error, not the setting',
  'no-output': 'the command of kube-bench printed nothing: the file or process that it reads is not there, or could not be read',
  'nothing-compared': 'kube-bench found a value that it could not compare with anything',
  contradictory: 'the report contradicts itself: a check that was not run has a result',
  'unknown-status': 'the status is none that kube-bench writes',
  'no-test': 'kube-bench carries no test for this item',
  manual: 'kube-bench leaves this item to people',
  'unscored-failure': 'the test of kube-bench did not hold, and it does not count that as a failure',
  skipped: 'kube-bench skipped this item, by its profile or because whoever ran it said so: nobody looked',
  'not-on-platform': 'the platform has no such file or process',
};

const because = (outcome: Outcome, kind: OutcomeKind): { readonly outcome: Outcome; readonly reason: OutcomeReason } => ({ outcome, reason: { kind, text: reasons[kind] } });

/** Messages of shells, kubectl and jq that end up in the evidence, because kube-bench joins standard error to it. */
const errorText =
  /forbidden|unauthorized|unable to connect|connection refused|i\/o timeout|no such file or directory|(?:command|file) not found|: not found|permission denied|error from server|cannot (?:access|open|stat|get)|you must be logged in|failed to load yaml or json|parse error|\berror: /i;

/** What shows that a value was found and yet not compared. */
const uncomparable = /^(?:Invalid Number\(s\) used for comparison|Not numeric value)/;

/** What kube-bench's status means. A PASS alone can be a pass, and one that rests on an error's text or on no text is unknown. */
export function outcomeOf(check: RawCheck): { readonly outcome: Outcome; readonly reason?: OutcomeReason } {
  const couldNotRun = /failed to run/i.test(check.reason);
  switch (check.status) {
    case 'PASS':
      if (check.type === 'manual' || check.type === 'skip') return because('unknown', 'contradictory');
      if (couldNotRun) return because('unknown', 'audit-failed');
      if (check.reason !== '') return because('unknown', 'contradictory');
      if (check.actual !== undefined && errorText.test(check.actual)) return because('unknown', 'error-in-evidence');
      return check.actual?.trim() === '' ? because('unknown', 'no-output') : { outcome: 'pass' };
    case 'FAIL':
      if (couldNotRun) return because('unknown', 'audit-failed');
      if (check.reason !== '') return because('unknown', 'no-test');
      return notCompared(check) ?? { outcome: 'fail' };
    case 'WARN':
      if (couldNotRun) return because('unknown', 'audit-failed');
      if (check.type === 'manual') return because('manual', 'manual');
      if (check.reason !== '') return because('manual', 'no-test');
      return notCompared(check) ?? (isSaid(check.expected) ? because('manual', 'unscored-failure') : because('manual', 'no-test'));
    case 'INFO':
      return because('manual', 'skipped');
    default:
      return because('unknown', 'unknown-status');
  }
}

const isSaid = (text: string | undefined): boolean => text !== undefined && text !== '';

/** Releases before 2021 tell neither what they expected nor what they saw of a check that did not hold, so that silence alone proves nothing. */
function notCompared({ actual, expected }: RawCheck): ReturnType<typeof because> | undefined {
  if (actual !== undefined && errorText.test(actual)) return because('unknown', 'error-in-evidence');
  if (isSaid(expected) && uncomparable.test(expected!)) return because('unknown', 'nothing-compared');
  if (isSaid(expected) && actual?.trim() === '') return because('unknown', 'no-output');
  return expected === '' && isSaid(actual) ? because('unknown', 'nothing-compared') : undefined;
}

export const notOnPlatform: OutcomeReason = { kind: 'not-on-platform', text: reasons['not-on-platform'] };
