import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTurn, mapped } from './sql.js';

describe('statements in turn', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => void process.off('unhandledRejection', note));

  it('make the values of the next while one runs, and never run two', async () => {
    const seen: string[] = [];
    await inTurn(mapped([1, 2, 3], (n) => (seen.push(`made ${n}`), n)), async (n) => {
      seen.push(`begun ${n}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen.push(`done ${n}`);
    });
    expect(seen).toEqual(['made 1', 'begun 1', 'made 2', 'done 1', 'begun 2', 'made 3', 'done 2', 'begun 3', 'done 3']);
  });

  it('that fail at once fail their caller, and nothing else', async () => {
    const begun: number[] = [];
    const fail = (n: number): Promise<unknown> => {
      begun.push(n);
      return Promise.reject(new Error('the connection is gone'));
    };
    await expect(inTurn([1, 2], fail)).rejects.toThrow('the connection is gone');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(begun).toEqual([1]);
    expect(unhandled).toEqual([]);
  });
});
