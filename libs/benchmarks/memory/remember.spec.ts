import { describe, expect, it } from 'vitest';
import type { BenchmarkId } from '../benchmark.js';
import type { JudgedItem, SubjectResult } from '../judge/judgement.js';
import { combined } from '../rules/combine.js';
import { readMemory, type ClusterMemory } from './cluster-memory.js';
import { remember, type Regression } from './remember.js';
import { isMended } from './seen-subjects.js';

type Says = Readonly<Record<string, SubjectResult['status'] | readonly [SubjectResult['status'], string]>>;

/** An item as it is judged on these subjects; of more than `listed` none is listed, as of a large cluster. */
function judged(id: string, says: Says, listed = 100): JudgedItem {
  const all = Object.entries(says).map(([subject, said]): SubjectResult => {
    const [status, found] = typeof said === 'string' ? [said, undefined] : said;
    return { subject, status, text: status === 'pass' ? '' : `${status} of it`, ...(found !== undefined && { found }) };
  });
  const count = (status: SubjectResult['status']): number => all.filter((subject) => subject.status === status).length;
  const outcome = combined('all', all.map(({ status }) => status));
  return {
    id, outcome, decidedByMachine: false, gathered: [], sentence: outcome,
    nodes: { pass: count('pass'), fail: count('fail'), unknown: count('unknown'), notApplicable: count('not-applicable'), manual: count('manual'), total: all.length },
    causes: outcome === 'pass' ? [] : [{ text: `${outcome} of it`, subjects: all.filter(({ status }) => status === outcome).map(({ subject }) => subject), count: all.filter(({ status }) => status === outcome).length }],
    subjects: all.toSorted((a, b) => Number(b.status === 'fail') - Number(a.status === 'fail')).slice(0, listed),
  };
}

/** Runs one after the other, named 1, 2, 3 …; the regressions of each. */
function regressionsOf(runs: readonly (readonly JudgedItem[])[], benchmarks: readonly BenchmarkId[] = []): readonly (readonly Regression[])[] {
  let memory: ClusterMemory | undefined;
  return runs.map((items, at) => {
    const nodes = [...new Set(items.flatMap(({ subjects, causes }) => [...subjects.map(({ subject }) => subject), ...causes.flatMap((cause) => cause.subjects)]))];
    const remembered = remember(memory, { runId: String(at + 1), benchmark: benchmarks[at] ?? 'cis-1.12', items, nodes, areNodesListed: true });
    memory = readMemory(JSON.stringify(remembered.memory));
    return remembered.regressions;
  });
}

const last = (runs: readonly Says[]): readonly Regression[] => regressionsOf(runs.map((says) => [judged('4.1.1', says)])).at(-1)!;

describe('a regression', () => {
  it('is pass, then fail: with both runs, the subject and both values', () => {
    expect(last([{ a: ['pass', '600'], b: ['pass', '600'] }, { a: ['pass', '600'], b: ['fail', '666'] }])).toEqual([
      { itemId: '4.1.1', meaning: '4.1.1', beforeRunId: '1', subjects: [{ subject: 'b', text: 'fail of it', before: '600', after: '666' }], subjectCount: 1 },
    ]);
  });

  it('is one of a node while another fails all the time', () => {
    expect(last([{ a: 'fail', b: 'pass' }, { a: 'fail', b: 'fail' }])).toMatchObject([{ beforeRunId: '1', subjects: [{ subject: 'b' }] }]);
  });

  it('is told once: what goes on failing is none', () => {
    expect(last([{ a: 'pass' }, { a: 'fail' }, { a: 'fail' }])).toEqual([]);
  });

  it('is told again where it was mended in between', () => {
    expect(last([{ a: 'pass' }, { a: 'fail' }, { a: 'pass' }, { a: 'fail' }])).toMatchObject([{ beforeRunId: '3' }]);
  });

  it('is of what was last decided, however long nobody could tell', () => {
    expect(last([{ a: 'pass' }, { a: 'unknown' }, { a: 'unknown' }, { a: 'fail' }])).toMatchObject([{ beforeRunId: '1' }]);
    expect(last([{ a: 'pass', b: 'pass' }, { a: 'pass', b: 'unknown' }, { a: 'unknown', b: 'fail' }])).toMatchObject([{ beforeRunId: '1', subjects: [{ subject: 'b' }] }]);
  });

  it.each(['unknown', 'manual', 'not-applicable', 'pass'] as const)('is never pass, then %s', (status) => {
    expect(last([{ a: 'pass' }, { a: status }])).toEqual([]);
  });

  it.each(['unknown', 'manual', 'not-applicable', 'fail'] as const)('is never %s, then fail', (status) => {
    expect(last([{ a: status }, { a: 'fail' }])).toEqual([]);
  });

  it('is a new node that fails where all passed, and none where not all were known', () => {
    expect(last([{ a: 'pass' }, { a: 'pass', b: 'fail' }])).toMatchObject([{ beforeRunId: '1', subjects: [{ subject: 'b' }] }]);
    expect(last([{ a: 'pass', b: 'unknown' }, { a: 'pass', b: 'fail' }])).toEqual([]);
  });

  it('begins anew after an item did not apply', () => {
    expect(last([{ a: 'pass' }, { a: 'not-applicable' }, { a: 'fail' }])).toEqual([]);
  });

  it('is found among thousands of nodes of which only some are listed', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `node-${i}`);
    const says = (failing: readonly string[]): Says => Object.fromEntries(names.map((name) => [name, failing.includes(name) ? 'fail' : 'pass']));
    const runs = [['node-7'], ['node-7', 'node-4321']].map((failing) => says(failing));
    const [, second] = regressionsOf(runs.map((all) => {
      const item = judged('4.1.1', all, 10);
      return [item];
    }));
    // Nobody told which nodes had evidence beyond those that are listed.
    expect(second).toEqual([]);
    let memory: ClusterMemory | undefined;
    const found = runs.map((all, at) => {
      const remembered = remember(memory, { runId: String(at), benchmark: 'cis-1.12', items: [judged('4.1.1', all, 10)], nodes: names, areNodesListed: true });
      memory = remembered.memory;
      return remembered.regressions;
    });
    expect(found[1]).toMatchObject([{ beforeRunId: '0', subjects: [{ subject: 'node-4321' }] }]);
    expect(JSON.stringify(memory).length).toBeLessThan(200_000);
  });

  it('is none of nodes that failed without a name among very many', () => {
    const all = (status: 'pass' | 'fail'): Says => Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`node-${i}`, status] as const));
    const named = (item: JudgedItem, most: number): JudgedItem => ({ ...item, causes: item.causes.map((cause) => ({ ...cause, subjects: cause.subjects.slice(0, most) })) });
    const [, second, third] = regressionsOf([[judged('4.1.1', all('pass'))], [named(judged('4.1.1', all('fail'), 5), 10)], [judged('4.1.1', all('fail'))]]);
    expect(second).toMatchObject([{ subjectCount: 30 }]);
    expect(second?.[0]?.subjects).toHaveLength(10);
    expect(third).toEqual([]);
  });

  it('goes by what an item means: another edition\'s number carries history over', () => {
    const [, second] = regressionsOf([[judged('4.1.1', { a: 'pass' })], [judged('4.1.1', { a: 'fail' })]], ['cis-1.12', 'cis-2.0']);
    expect(second).toMatchObject([{ itemId: '4.1.1', beforeRunId: '1' }]);
  });

  it('is none where the other benchmark decides by something else', () => {
    const [, second] = regressionsOf([[judged('1.1.20', { a: 'pass' })], [judged('1.1.20', { a: 'fail' })]], ['cis-1.12', 'k3s-cis-1.9']);
    expect(second).toEqual([]);
  });

  it('survives hostile names', () => {
    const hostile = (status: 'pass' | 'fail'): Says => JSON.parse(`{"__proto__":"${status}","constructor":"${status}","toString":"${status}"}`) as Says;
    expect(last([hostile('pass'), hostile('fail')])[0]?.subjects.map(({ subject }) => subject)).toEqual(['__proto__', 'constructor', 'toString']);
  });
});

describe('a memory', () => {
  it('keeps what a benchmark does not ask for, for the next that does', () => {
    const [, , third] = regressionsOf(
      [[judged('4.2.14', { a: 'pass' })], [judged('1.1.1', { a: 'pass' })], [judged('4.2.14', { a: 'fail' })]], ['cis-1.12', 'cis-2.0', 'cis-2.0'],
    );
    expect(third).toMatchObject([{ beforeRunId: '1' }]);
  });

  it('of another release counts for nothing', () => {
    expect(readMemory('{"version":2}')).toBeUndefined();
    expect(readMemory(undefined)).toBeUndefined();
  });
});

describe('without a list of the nodes', () => {
  const judgeOf = (known: ClusterMemory | undefined, runId: string, says: Says) => remember(known, { runId, benchmark: 'cis-1.12', items: [judged('4.1.1', says)], nodes: Object.keys(says), areNodesListed: false });

  it('another node that fails is no regression, and one that is gone is remembered', () => {
    const first = judgeOf(undefined, '1', { a: 'pass', b: 'pass' });
    const second = judgeOf(first.memory, '2', { a: 'pass', c: 'fail' });
    expect(second.regressions).toEqual([]);
    expect(judgeOf(second.memory, '3', { b: 'fail' }).regressions).toMatchObject([{ beforeRunId: '1', subjects: [{ subject: 'b' }] }]);
  });

  it('only what is seen to pass is mended', () => {
    expect(isMended(judged('4.1.1', { a: 'pass' }), ['b'], false)).toBe(false);
    expect(isMended(judged('4.1.1', { a: 'pass', b: 'pass' }), ['b'], false)).toBe(true);
  });
});

describe('mended', () => {
  it.each([
    [{ a: 'pass', b: 'pass' }, true], [{ a: 'not-applicable', b: 'not-applicable' }, true], [{ a: 'fail', b: 'pass' }, true], [{ a: 'pass', b: 'unknown' }, false],
    [{ a: 'pass', b: 'fail' }, false], [{ a: 'pass', b: 'manual' }, false], [{ a: 'unknown' }, false], [{ a: 'fail' }, false],
  ] as const)('where b regressed and now it is %j: %s', (says, expected) => {
    expect(isMended(judged('4.1.1', says), ['b'], true)).toBe(expected);
  });
});

describe('a subject of which several controls say something', () => {
  /** Both say it of `a`. */
  const twice = (one: SubjectResult['status'], other: SubjectResult['status']): JudgedItem => {
    const { causes, subjects, ...item } = judged('5.1.8', { a: one, b: other });
    return { ...item, subjects: subjects.map((subject) => ({ ...subject, subject: 'a' })), causes: causes.map(({ text }) => ({ text, subjects: ['a'], count: 1 })) };
  };

  it('regresses by what one of them says', () => {
    expect(regressionsOf([[twice('pass', 'pass')], [twice('pass', 'fail')]])[1]).toMatchObject([{ itemId: '5.1.8', subjects: [{ subject: 'a', text: 'fail of it' }] }]);
  });

  it('is mended by what all of them say', () => {
    expect(isMended(twice('pass', 'fail'), ['a'], true)).toBe(false);
    expect(isMended(twice('pass', 'pass'), ['a'], true)).toBe(true);
  });
});
