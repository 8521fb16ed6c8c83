import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTurn } from './sql.js';

describe('statements in turn', () => {
  it('run one after another, the next values made while the one before runs', async () => {
    const told: string[] = [];
    function* values(): Generator<number> {
      for (const value of [1, 2, 3]) {
        told.push(`made ${value}`);
        yield value;
      }
    }
    await inTurn(values(), async (value) => {
      told.push(`sent ${value}`);
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      told.push(`done ${value}`);
    });
    expect(told).toEqual(['made 1', 'sent 1', 'made 2', 'done 1', 'sent 2', 'made 3', 'done 2', 'sent 3', 'done 3']);
  });

  it('end with the one that fails, at once or later, and nobody else hears of it', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', hear);
    try {
      for (const turns of [0, 1, 5]) {
        const sent: number[] = [];
        const failing = inTurn([1, 2, 3], async (value) => {
          sent.push(value);
          for (let turn = 0; turn < turns; turn++) await setImmediate();
          if (value === 2) throw new RangeError('gone');
        });
        await expect(failing).rejects.toThrow(new RangeError('gone'));
        expect(sent).toEqual([1, 2]);
      }
      await setImmediate();
      expect(unheard).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });

  it('waits for the one that runs where values break', async () => {
    let isDone = false;
    function* values(): Generator<number> {
      yield 1;
      throw new TypeError('broken');
    }
    await expect(inTurn(values(), async () => {
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      isDone = true;
    })).rejects.toThrow(new TypeError('broken'));
    expect(isDone).toBe(true);
  });
});
