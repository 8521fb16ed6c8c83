import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import type { Control } from './control.js';
import { evaluate } from './evaluate.js';
import { hasKey, KeyPiece, KeySetBuilder, type KeySet } from './key-set.js';
import { changeOf, equalValues, joinedValues, SeenValuesBuilder, valueOf, valuesAt } from './values.js';
import { passPart, provenFail, unknown, type Verdict } from './verdict.js';

const keysOf = (...keys: readonly string[]): KeySet => {
  const builder = new KeySetBuilder();
  for (const key of keys) builder.add(key);
  return builder.build();
};
const seen = (pairs: readonly (readonly [key: string, value: string])[]) => {
  const builder = new SeenValuesBuilder();
  for (const [key, flag] of pairs) builder.addPieces({ flag }, KeyPiece.of(key), KeyPiece.empty, KeyPiece.empty);
  return builder.build();
};

describe('values that were seen', () => {
  it('are held once each, and found by key', () => {
    const all = seen([['a', 'x'], ['b', 'y'], ['c', 'y']]);
    expect(all.map(({ values }) => values)).toEqual([{ flag: 'y' }, { flag: 'x' }]);
    expect(['a', 'b', 'c', 'd'].map((key) => valuesAt(all, key)?.['flag'])).toEqual(['x', 'y', 'y', undefined]);
  });

  it('are the same in whatever order subjects came', () => {
    expect(equalValues(seen([['a', 'x'], ['b', 'y']]), seen([['b', 'y'], ['a', 'x']]))).toBe(true);
    expect(equalValues(seen([['a', 'x']]), seen([['a', 'y']]))).toBe(false);
    expect(equalValues(seen([['a', 'x']]), seen([['b', 'x']]))).toBe(false);
  });

  it('are bounded however many differ and however long they are, the most common of them kept', () => {
    const many = seen(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, `${i}${'z'.repeat(900)}`] as const));
    const joined = joinedValues([...many, { values: { flag: 'common' }, keys: keysOf('a', 'b', 'c') }]);
    for (const all of [many, joined]) {
      expect(JSON.stringify(all.map(({ values }) => values)).length).toBeLessThan(210_000);
      expect(all.length).toBeGreaterThan(100);
    }
    expect(valuesAt(joined, 'b')).toEqual({ flag: 'common' });
    expect(valueOf('z'.repeat(1e6)).length).toBeLessThan(1_100);
  });

  it('are found for as many as may regress together', () => {
    const keys = Array.from({ length: 6_000 }, (_, i) => `control-plane/certificate-expiry|Node//ip-10-0-${i}.eu-central-1.compute.internal|node-certificates`);
    const all = seen(keys.map((key, i) => [key, `${i}`]));
    expect(all).toHaveLength(keys.length);
    const begun = performance.now();
    for (const key of keys) valuesAt(all, key);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  it('say that nothing is set, and show nothing unprintable', () => {
    expect([undefined, '', [], false, 0, ['a', 'b'], 'a\u0000\u001b[2J'].map(valueOf)).toEqual(['not set', 'not set', 'not set', 'false', '0', 'a,b', 'a??[2J']);
  });

  it('show no password of an address', () => {
    expect(valueOf('https://issuer:CANARY@login.example/realm')).toBe('https://…@login.example/realm');
  });
});

describe('a change of values', () => {
  it.each([
    [{ a: '1', b: '2' }, { a: '1', b: '3' }, { names: ['b'], before: '2', after: '3' }],
    [{ a: '1', b: '2' }, { a: '2', b: '3' }, { names: ['a', 'b'], before: 'a=1, b=2', after: 'a=2, b=3' }],
    [{ a: '1' }, { a: '1' }, { names: ['a'], before: '1', after: '1' }],
    [{ a: '1' }, { a: '1', b: '2' }, { names: ['b'], before: null, after: '2' }],
    [{ a: '1', b: '2' }, { a: '2', c: '3' }, { names: ['a'], before: '1', after: '2' }],
    [undefined, { a: '1' }, { names: ['a'], before: null, after: '1' }],
    [{ a: '1' }, undefined, { names: ['a'], before: '1', after: null }],
    [undefined, undefined, { names: [], before: null, after: null }],
  ])('from %o to %o is %o', (before, after, change) => expect(changeOf(before, after)).toEqual(change));
});

describe('a control that tells what it rests on', () => {
  const control = (verdicts: readonly Verdict[], values: Control['values']): Control => ({
    id: 'governance/probe', title: 'A probe', severity: 'low', why: 'Why.', remediation: 'How.', frameworks: {}, evidence: ['api'], scope: wholeCluster(), check: () => verdicts, ...(values && { values }), examples: { passes: [], fails: [] },
  });
  const judge = (verdicts: readonly Verdict[], values: Control['values']) => evaluate([control(verdicts, values)], inventoryOf(objectsOf('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')))[0]!;
  const missing = unknown({ fact: 'nodes', reason: 'forbidden', detail: '' }, 'c');

  it('tells it of what passes and of what fails, part by part, and of nothing unknown', () => {
    const { seen: told, failures } = judge([passPart('a'), provenFail('it fails', { part: 'b' }), missing], (_subject, _world, part) => ({ part }));
    expect(told?.map(({ values }) => values)).toEqual([{ part: 'a' }]);
    expect(hasKey(told![0]!.keys, 'governance/probe|Cluster//cluster|a')).toBe(true);
    expect(failures.map(({ values }) => values)).toEqual([{ part: 'b' }]);
  });

  it('may have nothing to tell', () => {
    expect(judge([passPart('a')], undefined)).not.toHaveProperty('seen');
    expect(judge([passPart('a')], () => ({})).seen).toEqual([]);
  });

  it('rests on nothing that it reads to tell it', () => {
    const pods = { outcomes: { pods: { state: 'partial', reason: 'forbidden', detail: 'pods are forbidden', count: 0 } } } as const;
    const [evaluation] = evaluate([control([passPart('a'), passPart('b')], (_subject, world) => ({ components: String(world.components.length) }))], inventoryOf([], pods));
    expect(evaluation).toMatchObject({ outcome: 'pass', passed: 2, complete: true });
  });

  it('is broken where it throws', () => {
    expect(judge([passPart('a')], () => { throw new RangeError('no'); })).toMatchObject({ outcome: 'error', error: 'RangeError: no' });
  });
});
