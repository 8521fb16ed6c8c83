import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKey, KeySetBuilder, type KeySet } from '#controls/engine/key-set.js';
import { joinedValues } from '#controls/engine/values.js';
import { foundFailure, type FoundEvaluation } from './found-failure.js';
import type { KnownFinding } from './known-finding.js';
import { doPassesCount, noPasses, type PassMemory } from './pass-memory.js';
import { firstTransition, reconcile, type Reconciliation } from './reconcile.js';

const CONTROL = 'workloads/privileged';

type Status = 'pass' | 'fail' | 'unknown' | 'absent';
interface Seen {
  readonly complete: boolean;
  readonly passesStand?: true | undefined;
  readonly isError: boolean;
  readonly subjects: Readonly<Record<string, Status>>;
}

const keyOf = (name: string) => `${CONTROL}|Deployment/shop/${name}|app`;
const setOf = (keys: readonly string[]): KeySet => {
  const builder = new KeySetBuilder();
  for (const key of keys) builder.add(key);
  return builder.build();
};

/** `value`: what all that pass are seen with; not told where it is left out. */
function evaluation({ complete, isError, subjects, passesStand }: Seen, value?: string): FoundEvaluation {
  const names = (status: Status) => Object.entries(subjects).filter(([, s]) => s === status).map(([name]) => name);
  const failures = names('fail').map((name) => foundFailure({
    key: keyOf(name), resource: { group: 'apps', kind: 'Deployment', namespace: 'shop', name }, part: 'app', severity: 'critical', message: `${name} runs privileged`, basis: 'cluster', risk: 50, surroundings: '||',
  }));
  return {
    controlId: CONTROL, layer: 'workloads', outcome: isError ? 'error' : failures.length > 0 ? 'fail' : 'pass', complete, ...(passesStand && { passesStand }),
    passed: names('pass').length, failed: failures.length, unknown: names('unknown').length, notApplicable: 0, failures, unknowns: [], notApplicables: [],
    passedKeys: setOf(names('pass').map(keyOf)), ...(value !== undefined && { seen: joinedValues([{ values: { flag: value }, keys: setOf(names('pass').map(keyOf)) }]) }), heldKeys: setOf(names('unknown').map(keyOf)),
  };
}

/** Memory as Postgres keeps it. */
class Memory {
  findings = new Map<string, KnownFinding>();
  passed = new Map<string, PassMemory>();
  log: string[] = [];
  private scans = 0;

  scan(seen: Seen, value?: string): Reconciliation {
    const scanId = `scan-${++this.scans}`;
    const judged = evaluation(seen, value);
    const result = reconcile(this.findings.values(), [judged], this.passed, scanId);
    for (const change of result.transitions) {
      this.log.push(`${change.transition} ${change.key} ${change.sequence}`);
      this.findings.set(change.key, { key: change.key, controlId: change.controlId, state: change.transition === 'resolved' ? 'resolved' : 'open', sequence: change.sequence, severity: change.severity, digest: change.digest });
    }
    for (const rewrite of result.rewrites) this.findings.set(rewrite.key, { ...this.findings.get(rewrite.key)!, digest: rewrite.digest });
    for (const { controlId, ...memory } of result.memories) this.passed.set(controlId, memory);
    if (doPassesCount(judged)) this.passed.set(CONTROL, { ...(this.passed.get(CONTROL) ?? noPasses), scanId });
    return result;
  }
}

const scan = (subjects: Record<string, Status>, options: { complete?: boolean; isError?: boolean; passesStand?: true } = {}): Seen => ({ complete: true, isError: false, ...options, subjects });
const transitions = (result: Reconciliation) => [...result.transitions].map((change) => change.transition);

describe('reconcile', () => {
  it('opens, keeps, resolves and reopens', () => {
    const memory = new Memory();
    expect(transitions(memory.scan(scan({ web: 'fail' })))).toEqual(['opened']);
    expect(memory.scan(scan({ web: 'fail' }))).toMatchObject({ transitions: [], rewrites: [], memories: [], counts: { stillOpen: 1 } });
    expect(transitions(memory.scan(scan({ web: 'pass' })))).toEqual(['resolved']);
    expect(transitions(memory.scan(scan({ web: 'fail' })))).toEqual(['reopened']);
    expect(memory.findings.get(keyOf('web'))).toMatchObject({ state: 'open', sequence: 3 });
  });

  it('calls the first failure of what once passed a regression', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass' }));
    memory.scan(scan({ web: 'absent' }));
    expect(transitions(memory.scan(scan({ web: 'fail', api: 'fail' }))).sort()).toEqual(['opened', 'regressed']);
  });

  it('remembers no pass of an incomplete scan', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass' }, { complete: false }));
    expect(transitions(memory.scan(scan({ web: 'fail' })))).toEqual(['opened']);
  });

  it('resolves what is gone', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'fail' }));
    expect(transitions(memory.scan(scan({ web: 'absent' })))).toEqual(['resolved']);
  });

  it.each<[string, Seen]>([
    ['a partial scan', scan({ web: 'pass' }, { complete: false })],
    ['a subject that could not be judged', scan({ web: 'unknown' })],
    ['a control that broke', scan({}, { isError: true })],
  ])('resolves nothing by %s', (_, seen) => {
    const memory = new Memory();
    memory.scan(scan({ web: 'fail' }));
    expect(memory.scan(seen)).toMatchObject({ transitions: [], counts: { stillOpen: 1 } });
  });

  it('rewrites a finding that reads differently, without an event', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'fail' }));
    const changed = evaluation(scan({ web: 'fail' }));
    const result = reconcile(memory.findings.values(), [{ ...changed, failures: [foundFailure({ key: keyOf('web'), resource: [...changed.failures][0]!.resource, part: 'app', severity: 'low', message: 'other words', basis: 'cluster', risk: 50, surroundings: '||' })] }], memory.passed, 'scan');
    expect(transitions(result)).toEqual([]);
    expect([...result.rewrites]).toMatchObject([{ key: keyOf('web') }]);
    expect([...result.severityChanges]).toMatchObject([{ before: 'critical', failure: { severity: 'low' } }]);
  });
});

const seen: fc.Arbitrary<Seen> = fc.record({
  complete: fc.boolean(),
  isError: fc.constant(false),
  passesStand: fc.constantFrom<true | undefined>(true, undefined),
  subjects: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom<Status>('pass', 'fail', 'unknown', 'absent')),
});

describe('a regression', () => {
  const valueIn = (scanned: number): string | undefined => (scanned % 4 === 3 ? undefined : `value ${scanned % 2}`);
  const passedIn = (result: Reconciliation) => [...result.transitions].map(({ passedIn }) => passedIn);

  it('names the last scan that saw the subject pass', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass', api: 'pass' }));
    memory.scan(scan({ web: 'pass', api: 'pass' }));
    expect(passedIn(memory.scan(scan({ web: 'fail', api: 'pass' })))).toEqual(['scan-2']);
    expect(passedIn(memory.scan(scan({ web: 'fail', api: 'fail' })))).toEqual(['scan-3']);
  });

  it('names it over scans that could not tell, and over those in which it was not there', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass', api: 'pass' }));
    memory.scan(scan({ web: 'unknown', api: 'pass' }));
    memory.scan(scan({ api: 'pass' }, { complete: false }));
    memory.scan(scan({ api: 'pass' }));
    expect(passedIn(memory.scan(scan({ web: 'fail', api: 'fail' })))).toEqual(['scan-1', 'scan-4']);
  });

  it('has none where that was not kept', () => {
    const memory = new Memory();
    memory.passed.set(CONTROL, { ...noPasses, passed: setOf([keyOf('web')]) });
    const result = memory.scan(scan({ web: 'fail' }));
    expect(transitions(result)).toEqual(['regressed']);
    expect(passedIn(result)).toEqual([null]);
  });

  it('tells sixteen scans apart, and of what lapsed before them none', () => {
    const memory = new Memory();
    const names = Array.from({ length: 20 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    names.forEach((_, i) => memory.scan(scan(Object.fromEntries(names.slice(i).map((name) => [name, 'pass'])))));
    const result = memory.scan(scan(Object.fromEntries(names.map((name) => [name, 'fail']))));
    expect(passedIn(result)).toEqual([...Array.from({ length: 4 }, () => null), ...names.slice(4).map((_, i) => `scan-${i + 5}`)]);
  });

  it('has what the subject was seen with when it passed last, over scans that could not tell', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass', api: 'pass' }), 'a');
    memory.scan(scan({ web: 'unknown', api: 'pass' }), 'b');
    memory.scan(scan({ api: 'pass' }, { complete: false }), 'c');
    const [first, second] = [...memory.scan(scan({ web: 'fail', api: 'fail' }), 'd').transitions];
    expect([first?.passedWith, second?.passedWith]).toEqual([{ flag: 'a' }, { flag: 'b' }]);
  });

  it('has none where its last pass was seen without', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass' }), 'a');
    memory.scan(scan({ web: 'pass' }));
    expect([...memory.scan(scan({ web: 'fail' })).transitions][0]).not.toHaveProperty('passedWith');
  });

  it('rewrites memory where a value changed and nothing else, and not where none did', () => {
    const memory = new Memory();
    memory.scan(scan({ web: 'pass' }), 'a');
    expect(memory.scan(scan({ web: 'pass' }), 'a').memories).toEqual([]);
    expect(memory.scan(scan({ web: 'pass' }), 'b').memories).toHaveLength(1);
  });

  it('names, for any history, a scan that saw it pass, after which none did', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 10 }), (history) => {
      const memory = new Memory();
      history.forEach((step, i) => {
        // Values come back, and some scans tell none.
        for (const change of memory.scan(step, valueIn(i)).transitions) {
          if (change.transition !== 'regressed') continue;
          const name = change.key.split('|')[1]!.split('/')[2]!;
          const last = history.slice(0, i).findLastIndex(({ complete, passesStand, subjects }) => (complete || passesStand) && subjects[name] === 'pass');
          expect(change.passedIn).toBe(`scan-${last + 1}`);
          expect(change.passedWith?.['flag']).toBe(valueIn(last));
        }
      });
    }));
  });
});

describe('passes that stand by themselves', () => {
  it('resolve their findings and are remembered where others were not seen; what is gone or not applicable resolves nothing', () => {
    const memory = new Memory();
    memory.scan(scan({ a: 'fail', b: 'fail', c: 'fail' }, { complete: false, passesStand: true }));
    expect([...memory.scan(scan({ a: 'pass', b: 'unknown', d: 'pass' }, { complete: false, passesStand: true })).transitions]).toMatchObject([{ transition: 'resolved', key: keyOf('a') }]);
    expect(transitions(memory.scan(scan({ d: 'fail' }, { complete: false, passesStand: true })))).toEqual(['regressed']);
  });

  it('do not stand in a control that broke and has said nothing of them', () => {
    const memory = new Memory();
    memory.scan(scan({ a: 'fail' }));
    expect(memory.scan(scan({}, { isError: true })).transitions).toEqual([]);
  });
});

describe('reconcile, for any history', () => {
  it('is idempotent', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 8 }), seen, (history, last) => {
      const memory = new Memory();
      for (const step of history) memory.scan(step);
      memory.scan(last);
      const again = memory.scan(last);
      expect(again).toMatchObject({ transitions: [], rewrites: [], memories: [] });
    }));
  });

  it('does not depend on the order of known findings and failures', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 6 }), seen, (history, last) => {
      const memory = new Memory();
      for (const step of history) memory.scan(step);
      const known = [...memory.findings.values()];
      const one = evaluation(last);
      const shuffled = { ...one, failures: [...one.failures].reverse() };
      const sorted = (result: Reconciliation) => [...result.transitions].map((change) => `${change.transition} ${change.key}`).sort();
      expect(sorted(reconcile(known.reverse(), [shuffled], memory.passed, 'scan'))).toEqual(sorted(reconcile(known, [one], memory.passed, 'scan')));
    }));
  });

  it('tells the same in the same order, whatever order memory comes in', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 6 }), seen, (history, last) => {
      const memory = new Memory();
      for (const step of history) memory.scan(step);
      const known = [...memory.findings.values()];
      expect([...reconcile(known.toReversed(), [evaluation(last)], memory.passed, 'scan').transitions]).toEqual([...reconcile(known, [evaluation(last)], memory.passed, 'scan').transitions]);
    }));
  });

  it('never resolves in a scan that is not complete, but by a pass that stands, nor what is unknown or failing', () => {
    fc.assert(fc.property(fc.array(seen, { minLength: 1, maxLength: 10 }), (history) => {
      const memory = new Memory();
      for (const step of history) {
        for (const change of memory.scan(step).transitions) {
          if (change.transition !== 'resolved') continue;
          const name = change.key.split('|')[1]!.split('/')[2]!;
          if (!step.complete) expect([step.passesStand, step.subjects[name]]).toEqual([true, 'pass']);
          expect(['pass', 'absent', undefined]).toContain(step.subjects[name]);
        }
      }
    }));
  });

  it('numbers the transitions of a key 1, 2, 3 … and alternates open and resolved', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 12 }), (history) => {
      const memory = new Memory();
      for (const step of history) memory.scan(step);
      const byKey = new Map<string, string[]>();
      for (const line of memory.log) {
        const [transition, key, sequence] = line.split(' ') as [string, string, string];
        const list = byKey.get(key) ?? [];
        list.push(transition);
        byKey.set(key, list);
        expect(Number(sequence)).toBe(list.length);
      }
      for (const list of byKey.values()) list.forEach((transition, i) => expect(transition === 'resolved').toBe(i % 2 === 1));
    }));
  });

  it('comes to the same where so many first failures are written already', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 12 });
    const memory = new Memory();
    memory.scan(scan({ a: 'pass', c: 'pass' }), 'on');
    fc.assert(fc.property(names, fc.nat(14), (failing, count) => {
      // One key may come twice.
      const failures = failing.flatMap((name) => [...evaluation({ complete: true, isError: false, subjects: { [name]: 'fail' } }).failures]);
      const judged = { ...evaluation({ complete: true, isError: false, subjects: { d: 'pass' } }), failures };
      const first = failures.slice(0, count);
      const early = first.filter(({ key }, i) => first.findIndex((one) => one.key === key) === i).map((failure) => firstTransition(CONTROL, failure, memory.passed.get(CONTROL)!));
      const regressed = early.filter(({ transition }) => transition === 'regressed').length;
      const whole = reconcile([], [judged], memory.passed, 'scan');
      const rest = reconcile([], [judged], memory.passed, 'scan', { failures: new Map([[CONTROL, count]]), counts: { regressed, opened: early.length - regressed } });
      expect([...early, ...rest.transitions]).toEqual([...whole.transitions]);
      expect({ counts: rest.counts, memories: rest.memories }).toEqual({ counts: whole.counts, memories: whole.memories });
    }));
  });

  it('never forgets a finding', () => {
    fc.assert(fc.property(fc.array(seen, { maxLength: 10 }), (history) => {
      const memory = new Memory();
      let count = 0;
      for (const step of history) {
        memory.scan(step);
        expect(memory.findings.size).toBeGreaterThanOrEqual(count);
        count = memory.findings.size;
      }
    }));
  });
});

describe('key sets', () => {
  it('hold what was added and nothing else', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), fc.string(), (keys, other) => {
      const set = setOf(keys);
      for (const key of keys) expect(hasKey(set, key)).toBe(true);
      if (!keys.includes(other)) expect(hasKey(set, other)).toBe(false);
    }));
  });
});
