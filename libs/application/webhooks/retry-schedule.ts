import { createHash } from 'node:crypto';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after the first attempt, the second …; after the last there is no other attempt. About 75 hours in all. */
export const retryDelays: readonly number[] = [
  5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, 24 * HOUR, 24 * HOUR,
];

/** Longest pause that a receiver can ask for. */
const LONGEST_ASKED = 24 * HOUR;

const SPREAD = 0.2;

/**
 * Milliseconds from the end of attempt `attempt` (1, 2, 3 …) to the next one, +-20 %; undefined where it was the last.
 * A receiver may ask for more time than the schedule gives, up to a day, and never for less.
 */
export function retryDelay(deliveryId: string, attempt: number, askedMs: number = 0): number | undefined {
  const delay = retryDelays[attempt - 1];
  if (delay === undefined) return undefined;
  return Math.max(Math.round(delay * (1 - SPREAD + 2 * SPREAD * fraction(deliveryId, attempt))), Math.min(askedMs, LONGEST_ASKED));
}

/** 0 up to 1, the same for the same delivery and attempt: a second worker comes to the same time. */
export function fraction(deliveryId: string, attempt: number): number {
  return createHash('sha256').update(`${deliveryId} ${attempt}`).digest().readUInt32BE() / 2 ** 32;
}
