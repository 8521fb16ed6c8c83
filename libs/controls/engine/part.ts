import { provenPass, unknown, type Verdict } from './verdict.js';
import { MissingEvidenceError } from './world.js';

/** A part that passes by what was seen: lists that others of its subject rest on cannot change it. */
export const provenPassPart = (part: string): Verdict => ({ ...provenPass, part });

/** Judges one part of several: where its evidence is missing, it alone is unknown. */
export function orUnknown<T>(part: string, judge: () => T): T | Verdict {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof MissingEvidenceError)) throw error;
    return unknown(error.missing, part);
  }
}
