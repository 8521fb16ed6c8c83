import { setTimeout as sleep } from 'node:timers/promises';

export type UntilOptions = { readonly timeoutMs?: number; readonly everyMs?: number; readonly signal?: AbortSignal };

/**
 * Asks `probe` until it gives something other than undefined or false, and returns that. What it throws is
 * taken as "not yet", and is the cause of the error if the time runs out.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  { timeoutMs = 30_000, everyMs = 100, signal }: UntilOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`, { cause });
    await sleep(everyMs);
  }
}
