import type { ItemOutcome, ItemResult } from './item-outcome.js';

/** What a person says of an item that a person must look at. */
export interface Attestation {
  readonly by: string;
  readonly at: Date;
  readonly verdict: 'pass' | 'fail';
  readonly statement: string;
  readonly attachment?: { readonly name: string; readonly sha256: string };
  /** From then on it counts for nothing. */
  readonly expiresAt: Date;
}

/** `unused`: evidence decided, or nothing is to be decided. */
export type AttestationState = 'in-force' | 'expired' | 'unused';

export interface AttestedResult extends ItemResult {
  readonly attestation?: Attestation & { readonly state: AttestationState };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Why an attestation cannot be taken, and what to do. */
export interface AttestationProblem {
  readonly about: Exclude<keyof Attestation, 'verdict'>;
  readonly text: string;
}

/** Undefined where it can be taken. */
export function attestationProblem({ by, at, statement, expiresAt, attachment }: Attestation, now: Date): AttestationProblem | undefined {
  if (by.trim() === '') return { about: 'by', text: 'an attestation needs a person: name who says so' };
  if (statement.trim() === '') return { about: 'statement', text: 'an attestation needs a statement: say what was looked at and what was found' };
  if (Number.isNaN(at.getTime()) || Number.isNaN(expiresAt.getTime())) return { about: 'expiresAt', text: 'an attestation needs two dates: when it was made and when it ends' };
  if (at > now) return { about: 'at', text: `an attestation cannot be made on a day to come (${day(at)})` };
  if (expiresAt <= at) return { about: 'expiresAt', text: `an attestation must end after it was made (${day(at)}), not on ${day(expiresAt)}` };
  if (attachment && !/^[0-9a-f]{64}$/.test(attachment.sha256)) return { about: 'attachment', text: 'an attachment needs its SHA-256, as 64 hexadecimal digits' };
  return undefined;
}

/** A manual item as a person attested it. What evidence decided stays as it is, and so does what it could not tell. */
export function attested(result: ItemResult, attestation: Attestation | undefined, now: Date): AttestedResult {
  if (!attestation) return result;
  if (result.outcome !== 'manual') return { ...result, attestation: { ...attestation, state: 'unused' } };
  const who = `${attestation.by} on ${day(attestation.at)}`;
  if (attestation.expiresAt <= now) {
    return { ...result, attestation: { ...attestation, state: 'expired' }, sentence: `${result.sentence} What ${who} attested ended on ${day(attestation.expiresAt)}.` };
  }
  const passes = attestation.verdict === 'pass' ? 'Passes' : 'Fails';
  return {
    ...result, outcome: attestation.verdict, causes: [], attestation: { ...attestation, state: 'in-force' },
    sentence: `${passes} as ${who} attested, until ${day(attestation.expiresAt)}: ${attestation.statement}`,
  };
}

const isAttested = ({ attestation }: AttestedResult): boolean => attestation?.state === 'in-force';

export const outcomeWords: Readonly<Record<ItemOutcome, string>> = { pass: 'pass', fail: 'fail', unknown: 'unknown', 'not-applicable': 'not applicable', manual: 'manual' };

/** How an outcome is shown; what a person said is never shown as what evidence says. */
export function shownAs(result: AttestedResult): string {
  if (isAttested(result)) return `${outcomeWords[result.outcome]} (attested)`;
  if (result.attestation?.state === 'expired') return 'manual (attestation expired)';
  return result.decidedByMachine ? `${outcomeWords[result.outcome]} (decided by machine)` : outcomeWords[result.outcome];
}

export interface OutcomeCounts {
  /** By evidence alone. */
  readonly pass: number;
  readonly fail: number;
  readonly passAttested: number;
  readonly failAttested: number;
  readonly unknown: number;
  readonly notApplicable: number;
  readonly manual: number;
}

export function countOutcomes(results: readonly AttestedResult[]): OutcomeCounts {
  const count = (outcome: ItemOutcome, byPerson: boolean): number => results.filter((result) => result.outcome === outcome && isAttested(result) === byPerson).length;
  return {
    pass: count('pass', false), fail: count('fail', false), passAttested: count('pass', true), failAttested: count('fail', true),
    unknown: count('unknown', false), notApplicable: count('not-applicable', false), manual: count('manual', false),
  };
}
