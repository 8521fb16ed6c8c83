import { setImmediate } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { BATCH } from './binary-arrays.js';

/** Rows a statement gave back, and how many it touched. */
export interface SqlResult<R> {
  readonly rows: readonly R[];
  readonly affected: number;
}

/** One hand-written statement inside the runner's transaction. */
export async function sql<R = Record<string, never>>(runner: QueryRunner, statement: string, parameters: readonly unknown[] = []): Promise<SqlResult<R>> {
  const result = await runner.query(statement, [...parameters], true);
  return { rows: result.records as readonly R[], affected: result.affected ?? 0 };
}

/** The items in groups of up to `size`, in order. */
export function* batches<T>(items: Iterable<T>, size: number = BATCH): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * One statement after another. The values of the next are made while the database is still at work on the one before:
 * `values` is to make them as they are asked for.
 */
export async function inTurn<V>(values: Iterable<V>, run: (values: V) => Promise<unknown>): Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  try {
    for (const next of values) {
      await running;
      running = run(next);
      // Where it fails before anybody waits for it, it is still waited for below.
      running.catch(() => undefined);
      // So that it is on its way before the next values are made.
      await setImmediate();
    }
  } finally {
    await running;
  }
}

/** A value for a jsonb parameter; an absent one is SQL's null, not JSON's. */
export const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));
