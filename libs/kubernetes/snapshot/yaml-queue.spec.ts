import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacedParser, type Pace } from '#test/support/paced-parser.js';
import { SnapshotError } from './snapshot-error.js';
import { YamlQueue, type QueueSizes } from './yaml-queue.js';

const documents = ['a: 1', 'b: [x, yes, 0644, .inf]', '# nothing', 'c: &c {d: e}\nf: *c', `g: ${'long '.repeat(40)}`, 'i: !!binary aGVsbG8=', 'j: !!set {k, l}', '__proto__: {m: 1}', 'n: "&"', 'h: |\n  --\n  text', '- 1\n- 2', 'a: -0.0'];
const bad = ['<<: 5', 'a: "', 'a: 1\na: 2', `x: ${'['.repeat(20)}${']'.repeat(20)}`, 'b: *nowhere', 'c: "\\0"'];
const refusedInUse = 'refused: yes';

const sizes: fc.Arbitrary<QueueSizes> = fc.record({ startAfter: fc.nat(60), largest: fc.integer({ min: 1, max: 250 }), batch: fc.integer({ min: 1, max: 900 }), ahead: fc.integer({ min: 1, max: 2_500 }), mostWaiting: fc.nat(4_000) });
const pace: fc.Arbitrary<Pace> = fc.record({ startsIn: fc.nat(2), answersIn: fc.array(fc.nat(4), { maxLength: 4 }), breaksAfter: fc.oneof(fc.nat(5), fc.constant(Infinity), fc.constant(Infinity)) });

/** What was taken, and what it ended with. */
async function run(texts: readonly string[], breathes: readonly boolean[], parser?: PacedParser, given?: QueueSizes): Promise<{ readonly taken: unknown[]; readonly error?: string }> {
  const taken: unknown[] = [];
  const queue = new YamlQueue(parser && (() => parser), given);
  try {
    for (const [index, text] of texts.entries()) {
      queue.add(Buffer.from(text), {
        place: { line: index, text: () => `document ${index}, after ${taken.length}` },
        maxDepth: 10,
        take: (value) => {
          if (typeof value === 'object' && value !== null && 'refused' in value) throw new SnapshotError('snapshot-not-kubernetes', `document ${index} is refused after ${taken.length}`);
          taken.push(value);
        },
      });
      if (breathes[index % Math.max(1, breathes.length)]) await queue.breathe();
    }
    await queue.finish();
    return { taken };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    return { taken, error: `${error.reason}: ${error.message}` };
  } finally {
    await queue.close();
  }
}

describe('documents on their way', () => {
  it('come to what they come to without a second parser, whatever is bad, however slow it is and whenever it breaks', async () => {
    const text = fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...documents) }, { weight: 1, arbitrary: fc.constantFrom(...bad, refusedInUse) });
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 5, maxLength: 60 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), pace, sizes, async (texts, breathes, ownPace, ownSizes) => {
        const parser = new PacedParser(ownPace);
        expect(await run(texts, breathes, parser, ownSizes)).toEqual(await run(texts, []));
        shared += parser.batches;
      }),
      { numRuns: 1_000 },
    );
    expect(shared).toBeGreaterThan(1_000);
  });

  it('are parsed here as long as the other one is not ready', async () => {
    const parser = new PacedParser({ startsIn: Infinity, answersIn: [], breaksAfter: Infinity });
    expect(await run(documents, [true], parser, { startAfter: 0, largest: 1_000, batch: 1, ahead: 100, mostWaiting: 0 })).toEqual(await run(documents, []));
    expect(parser).toMatchObject({ batches: 0, isClosed: true });
  });

  it('are shared: while the other one has enough to do, they are parsed here', async () => {
    const parser = new PacedParser({ startsIn: 0, answersIn: [3], breaksAfter: Infinity });
    const many = Array.from({ length: 200 }, (_, i) => `name: document-${100 + i}`);
    expect((await run(many, [true, ...Array.from({ length: 49 }, () => false)], parser, { startAfter: 0, largest: 1_000, batch: 600, ahead: 1_200, mostWaiting: 100_000 })).taken).toHaveLength(200);
    expect(parser.batches).toBeGreaterThan(10);
    expect(parser.batches).toBeLessThan(60);
  });

  it('are parsed in their turn where they name what they may repeat', async () => {
    const parser = new PacedParser({ startsIn: 0, answersIn: [], breaksAfter: Infinity });
    const unfolding = Array.from({ length: 20 }, (_, i) => `a: &x {k${i}: v}\nb: [*x, *x]`);
    const open = { startAfter: 0, largest: 1_000, batch: 1, ahead: 100_000, mostWaiting: 100_000 };
    expect(await run(unfolding, [true], parser, open)).toEqual(await run(unfolding, []));
    expect(parser.batches).toBe(0);
    expect((await run(['a: 1', 'b: 1', 'c: 1'], [true], parser, open)).taken).toHaveLength(3);
    expect(parser.batches).toBeGreaterThan(0);
  });

  it('are parsed here where no second parser can be started, which is tried once', async () => {
    let tries = 0;
    const taken: unknown[] = [];
    const queue = new YamlQueue(() => {
      tries++;
      throw new Error('no thread is to be had');
    }, { startAfter: 0, largest: 1_000, batch: 1, ahead: 1_000, mostWaiting: 0 });
    for (const text of documents) queue.add(Buffer.from(text), { place: { line: 1, text: () => '' }, maxDepth: 10, take: (value) => taken.push(value) });
    await queue.finish();
    await queue.close();
    expect([tries, taken.length]).toEqual([1, documents.length]);
  });

  it('start no second parser where they are few', async () => {
    let started = 0;
    const queue = new YamlQueue(() => (started++, new PacedParser({ startsIn: 0, answersIn: [], breaksAfter: Infinity })));
    queue.add(Buffer.from('a: 1'), { place: { line: 1, text: () => '' }, maxDepth: 10, take: () => undefined });
    await queue.finish();
    await queue.close();
    expect(started).toBe(0);
  });
});
