import type { QueryRunner } from 'typeorm';

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

/** Rows a bulk statement; larger ones gain nothing and hold memory on both sides. */
export const BATCH = 5_000;

/** The items in groups of up to `size`, in order. */
export function* batches<T>(items: readonly T[], size: number = BATCH): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** A value for a jsonb parameter; an absent one is SQL's null, not JSON's. */
export const json = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));
