import { unknown, type Verdict } from './verdict.js';
import { MissingEvidenceError } from './world.js';

/** What a check says of one part: the evidence that this part misses leaves the others judged. */
export function orUnknown<T>(part: string, judge: () => T): T | Verdict {
  try {
    return judge();
  } catch (error) {
    if (error instanceof MissingEvidenceError) return unknown(error.missing, part);
    throw error;
  }
}
