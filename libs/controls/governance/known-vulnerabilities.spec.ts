import { describe, expect, it } from 'vitest';
import { inventoryOf } from '#test/support/example-inventory.js';
import { evaluate } from '../engine/evaluate.js';
import { advisories, ADVISORIES_AS_OF, unfixedAdvisories } from './advisories.js';
import { knownVulnerabilities } from './known-vulnerabilities.js';

const DAY = 24 * 60 * 60 * 1000;
const asOf = Date.parse(ADVISORIES_AS_OF);

const node = (name: string, kubeletVersion: string, operatingSystem = 'linux') => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { nodeInfo: { kubeletVersion, operatingSystem } } });
const judge = (version: string, nodes: readonly unknown[], now = asOf) => evaluate([knownVulnerabilities], inventoryOf(nodes, { version }), {}, now)[0]!;
const found = (version: string, kubelet: string, os?: string) => judge(version, [node('a', kubelet, os)]).failures.map(({ part }) => part);

describe('known-vulnerabilities', () => {
  it.each([
    ['v1.34.11', 'CVE-2026-2270', true],
    ['v1.34.12', 'CVE-2026-2270', false],
    ['v1.33.12', 'CVE-2026-2270', true],
    ['v1.38.0', 'CVE-2026-2270', false],
    ['v1.32.9', 'CVE-2025-13281', true],
    ['v1.32.10', 'CVE-2025-13281', false],
    ['v1.29.1', 'CVE-2025-13281', false],
    ['v1.31.5', 'CVE-2025-4563', false],
    ['v1.33.0-alpha.1', 'CVE-2025-4563', true],
  ])('says of a server %s by %s: %s', (version, id, expected) => {
    expect(found(version, 'v1.37.1').includes(id)).toBe(expected);
  });

  it('asks of Windows advisories only Windows nodes', () => {
    expect(found('v1.37.1', 'v1.27.3')).not.toContain('CVE-2023-3676');
    expect(found('v1.37.1', 'v1.27.3', 'windows')).toContain('CVE-2023-3676');
  });

  it('makes one finding of an advisory, however many nodes and versions there are', () => {
    const nodes = Array.from({ length: 500 }, (_, i) => node(`n${i}`, `v1.30.${i % 3}`));
    const evaluation = judge('v1.37.1', nodes);
    expect(evaluation.failures.length).toBeLessThanOrEqual(advisories.length);
    const gitRepo = evaluation.failures.find(({ part }) => part === 'CVE-2024-10220')!;
    expect(gitRepo.detail).toMatchObject({ count: 500, versions: ['v1.30.0', 'v1.30.1', 'v1.30.2'] });
    expect((gitRepo.detail!['nodes'] as readonly string[]).length).toBe(50);
  });

  it('passes by its advisories for ninety days, and fails by them for ever', () => {
    expect(judge('v1.37.1', [node('a', 'v1.37.1')], asOf + 90 * DAY).outcome).toBe('pass');
    expect(judge('v1.37.1', [node('a', 'v1.37.1')], asOf + 91 * DAY).outcome).toBe('unknown');
    expect(judge('v1.37.0', [node('a', 'v1.37.1')], asOf + 900 * DAY).outcome).toBe('fail');
  });

  it('says the date of its advisories and where to read more', () => {
    expect(judge('v1.37.0', [node('a', 'v1.37.1')]).failures[0]!.detail).toMatchObject({ asOf: ADVISORIES_AS_OF, source: expect.stringMatching(/^https:/), fixed: '1.37.1' });
  });
});

describe('the advisories', () => {
  it('are each there once, dated and sourced, and no older than their list says', () => {
    const all = [...advisories, ...unfixedAdvisories];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { published, source } of all) {
      expect(Date.parse(published)).toBeLessThanOrEqual(asOf);
      expect(source).toMatch(/^https:\/\/(?:github\.com\/kubernetes\/kubernetes\/issues\/\d+|groups\.google\.com\/g\/kubernetes-security-announce\/c\/\w+)$/);
    }
  });

  it('name a fix for every range, later than its beginning and in order', () => {
    const numberOf = (version: string): number => version.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0) * (version === '0' ? 0 : 1);
    for (const { id, affected } of advisories) {
      const ends = affected.flatMap(([from, fixed]) => [numberOf(from), numberOf(fixed)]);
      expect(ends, id).toEqual(ends.toSorted((a, b) => a - b));
    }
  });
});
