import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { freshDatabase, testPostgres, type FreshDatabase, type TestPostgres } from './embedded/test-postgres.js';
import { BulkColumns, byteaArray, type Cell } from './binary-arrays.js';

let postgres: TestPostgres;
let database: FreshDatabase;
let client: Client;

beforeAll(async () => {
  postgres = await testPostgres();
  database = await freshDatabase(postgres.adminUrl);
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
  await postgres.stop();
});

const read = async (columns: readonly Buffer[]): Promise<readonly (readonly (string | null)[])[]> => {
  const names = columns.map((_, i) => `c${i}`).join();
  const { rows } = await client.query({ text: `select ${names} from unnest(${columns.map((_, i) => `$${i + 1}::text[]`).join()}) as c (${names})`, values: [...columns], rowMode: 'array' });
  return rows as (string | null)[][];
};

describe('text columns', () => {
  it('are to Postgres what the cells are, whatever is in them', async () => {
    const rows: readonly (readonly Cell[])[] = [['a', ''], ['say "x\\y"', '{,}'], ['NULL', null], ['größe 😀', undefined], ['x'.repeat(9_000), '\u{10ffff}'.repeat(5_000)], ['\n\t', "'"]];
    const [batch, ...others] = [...new BulkColumns().batches(rows, (row) => row)];
    expect(others).toEqual([]);
    expect(batch!.count).toBe(rows.length);
    expect(await read(batch!.columns)).toEqual(rows.map((row) => row.map((cell) => cell ?? null)));
  });

  it('come in batches, made as they are asked for', async () => {
    let asked = 0;
    const items = (function* () {
      for (; asked < 7; asked++) yield asked;
    })();
    const columns = new BulkColumns();
    const batches = columns.batches(items, (item) => [`${item}`, item === 0 ? null : 'x'], 3);
    const first = batches.next().value!;
    expect(asked).toBe(2);
    const second = batches.next().value!;
    expect([await read(first.columns), await read(second.columns)]).toEqual([[['0', null], ['1', 'x'], ['2', 'x']], [['3', 'x'], ['4', 'x'], ['5', 'x']]]);
    const third = batches.next().value!;
    // In the first one's memory.
    expect(third.columns[0]!.buffer).toBe(first.columns[0]!.buffer);
    expect([first, second, third].map(({ count }) => count)).toEqual([3, 3, 1]);
    expect([await read(second.columns), await read(third.columns)]).toEqual([[['3', 'x'], ['4', 'x'], ['5', 'x']], [['6', 'x']]]);
    expect(batches.next().done).toBe(true);
    const [later] = [...columns.batches(['y'.repeat(9_000)], (item) => [item, null])];
    expect([await read(third.columns), await read(later!.columns)]).toEqual([[['6', 'x']], [['y'.repeat(9_000), null]]]);
    expect([...columns.batches([], () => ['x'])]).toEqual([]);
    const open = columns.batches(['a', 'b'], (item) => [item], 1);
    open.next();
    expect(() => columns.batches(['c'], (item) => [item]).next()).toThrow('still being made');
    open.return(undefined);
    expect([...columns.batches(['c'], (item) => [item])]).toHaveLength(1);
  });
});

describe('an array of bytes', () => {
  it('is to Postgres what the values are', async () => {
    const values = [Buffer.alloc(0), Buffer.from([0, 255, 92, 34]), new Uint8Array(300_000).fill(7).subarray(1)];
    const { rows } = await client.query<{ bytes: Buffer }>('select bytes from unnest($1::bytea[]) as b (bytes)', [byteaArray(values)]);
    expect(rows.map(({ bytes }, i) => bytes.equals(values[i]!))).toEqual([true, true, true]);
    expect((await client.query('select cardinality($1::bytea[]) as count', [byteaArray([])])).rows).toEqual([{ count: 0 }]);
  });
});
