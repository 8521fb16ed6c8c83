import type { MissingReason, Observed } from '#inventory/observed.js';
import { ReadFailure } from './read-failure.js';

export const missing = (reason: MissingReason, detail: string): Observed<never> => ({ state: 'missing', reason, detail });

/** What was asked for, or why it could not be had, for what fails no scan. `who`: whoever answers, in messages. */
export async function asked<T>(who: string, ask: () => Promise<Observed<T>>): Promise<Observed<T>> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ReadFailure) return missing(error.reason, error.message);
    if (error instanceof SyntaxError) return missing('invalid', `${who} answered with something that is no JSON`);
    throw error;
  }
}
