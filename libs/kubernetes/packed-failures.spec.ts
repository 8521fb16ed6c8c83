import { describe, expect, it } from 'vitest';
import type { Failure } from '#controls/engine/evaluation.js';
import { foundFailure, type FoundFailure } from '#findings/found-failure.js';
import { FailurePacker, PackedFailures } from './packed-failures.js';

const failure = (name: string, more: Partial<Failure> = {}): FoundFailure => foundFailure({
  key: `workloads/privileged|Pod/shop/${name}|app`, resource: { group: '', kind: 'Pod', namespace: 'shop', name }, part: 'app', severity: 'high', message: `${name} is privileged`, basis: 'cluster', risk: 50, surroundings: 'internet||', ...more,
});

function packed(...packs: readonly (readonly FoundFailure[])[]): PackedFailures {
  const failures = new PackedFailures();
  for (const some of packs) {
    const packer = new FailurePacker();
    for (const one of some) packer.add(one);
    // As it comes from another thread.
    failures.add(structuredClone(packer.pack()));
  }
  return failures;
}

describe('failures that stay packed', () => {
  it('are the same ones in the same order, however often they are gone through', () => {
    const first = [failure('web'), failure('größe 😀', { detail: { a: [1, null] }, patch: [{ op: 'remove', path: '/x' }] }), failure('', { part: '', basis: 'objects-given', risk: 0, surroundings: '' })];
    const second = [failure('api', { resource: { group: 'apps', kind: 'Deployment', namespace: '', name: 'api' }, severity: 'info', detail: {}, values: { '--flag': 'on' }, risk: 100 })];
    const failures = packed(first, second);
    expect(failures.length).toBe(4);
    expect(failures.severities).toEqual(new Map([['high', 3], ['info', 1]]));
    expect([...failures]).toStrictEqual([...first, ...second]);
    expect([...failures]).toStrictEqual([...first, ...second]);
    expect([...packed()]).toEqual([]);
  });

  it('are the same ones where there are so many that they are deflated, also where one pack is as large as several', () => {
    const many = (from: number, count: number): FoundFailure[] => Array.from({ length: count }, (_, i) => failure(`web-${from + i}`, { detail: { a: from + i } }));
    const packs = [many(0, 3), many(3, 900), many(903, 1), ...Array.from({ length: 40 }, (_, i) => many(904 + i * 50, 50))];
    const failures = packed(...packs);
    expect(failures.length).toBe(2_904);
    expect([...failures]).toStrictEqual(packs.flat());
    expect([...failures]).toStrictEqual(packs.flat());
  });

  it('say what they share once', () => {
    const patch = { spec: { template: { spec: { securityContext: { note: 'x'.repeat(1_000) } } } } };
    const packer = new FailurePacker();
    for (let i = 0; i < 100; i++) packer.add(failure(`web-${i}`, { patch }));
    expect(packer.pack().pack.byteLength).toBeLessThan(100 * 300);
  });

  it('may be left halfway', () => {
    const failures = packed([failure('a'), failure('b')]);
    for (const { resource } of failures) {
      expect(resource.name).toBe('a');
      break;
    }
    expect([...failures].map(({ resource }) => resource.name)).toEqual(['a', 'b']);
  });
});
