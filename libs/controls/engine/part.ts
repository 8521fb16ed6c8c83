import { unknown, type Verdict } from './verdict.js';
import { MissingEvidenceError } from './world.js';

/** Judges one part of several: where its evidence is missing, it alone is unknown. */
export function orUnknown<T>(part: string, judge: () => T): T | Verdict {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof MissingEvidenceError)) throw error;
    return unknown(error.missing, part);
  }
}
