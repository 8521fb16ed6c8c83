import { describe, expect, it } from 'vitest';
import { catalogue, controlById } from '#controls/catalogue.js';
import { layers, severities } from '#controls/engine/control.js';
import { itemsOf, type Benchmark, type Item } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { meaningIn } from '../editions.js';
import { mayFail } from '../rules/rule.js';
import { itemControlById, itemControlOf, itemControls, makesFindings } from './item-control.js';

const all = Object.values(benchmarks);
const every = all.flatMap((benchmark) => itemsOf(benchmark).map((item) => [`${benchmark.id} ${item.id}`, item, benchmark] as const));
const idOf = (benchmark: Benchmark, id: string): string | undefined => itemControlOf(benchmark, itemsOf(benchmark).find((item) => item.id === id)!)?.id;

/** What decides an item, whatever edition it is in. */
const asks = ({ rule, target }: Item): string => JSON.stringify({ rule, target });

describe('who tells of an item that fails', () => {
  it.each(every)('%s: controls that decide it, controls that cover it, itself, or nobody where evidence cannot fail it', (_, item, benchmark) => {
    const own = itemControlOf(benchmark, item);
    const ways = [item.answeredBy !== undefined, item.coveredBy !== undefined, own !== undefined, item.rule !== undefined && !mayFail(item.rule)];
    expect(ways.filter(Boolean)).toHaveLength(1);
    expect(own !== undefined).toBe(makesFindings(item));
    for (const { controlId, part } of item.coveredBy ?? []) {
      const control = controlById.get(controlId);
      expect(control, controlId).toBeDefined();
      if (part !== undefined) expect([...Object.keys(control!.parts ?? {}), ...(control!.rules ?? [])]).toContain(part);
    }
  });

  it('is a control wherever one looks at the same files and allows no more', () => {
    const { 'cis-1.12': cis, 'k3s-cis-1.9': k3s, 'rh-1.8': openshift, 'eks-1.8.0': eks } = benchmarks;
    const cover = (benchmark: Benchmark, id: string) => itemsOf(benchmark).find((item) => item.id === id)!.coveredBy?.map(({ controlId, part }) => `${controlId}#${part}`);
    expect(cover(cis, '1.1.1')).toEqual(['control-plane/component-least-privilege#api-server-manifest-mode']);
    expect(cover(cis, '1.1.12')).toEqual(['control-plane/component-least-privilege#etcd-data-owner']);
    // It asks for less than the control.
    expect(cover(eks, '3.1.1')).toEqual(['control-plane/component-least-privilege#kubelet-kubeconfig-mode']);
    // It asks for more: 0600, where the control takes 0644.
    expect(cover(k3s, '1.1.20')).toBeUndefined();
    // These are where the control does not look.
    expect(cover(openshift, '1.1.1')).toBeUndefined();
    expect(cover(k3s, '1.1.13')).toBeUndefined();
    expect(cover(cis, '4.1.3')).toBeUndefined();
  });
});

describe('an item\'s own place in the catalogue', () => {
  it('has an id that no control has, of its layer', () => {
    const controls = new Set(catalogue.flatMap(({ id, aliases = [] }) => [id, ...aliases]));
    for (const { id, layer } of itemControls) {
      expect(controls.has(id), id).toBe(false);
      expect(id).toMatch(/^[a-z-]+\/[a-z0-9][a-z0-9.-]*[a-z0-9]$/);
      expect(layers).toContain(layer);
      expect(id.startsWith(`${layer}/`), id).toBe(true);
    }
  });

  it('has ids that never change: findings, exceptions and policies are kept under them', async () => {
    await expect(`${itemControls.map(({ id }) => id).toSorted().join('\n')}\n`).toMatchFileSnapshot('../../../test/fixtures/benchmark-item-ids.txt');
  });

  it('is the same in every edition for a platform, and another on another platform', () => {
    expect(idOf(benchmarks['cis-1.12'], '4.3.1')).toBe('control-plane/cis-4.3.1');
    expect(idOf(benchmarks['cis-2.0'], '4.3.1')).toBe('control-plane/cis-4.3.1');
    expect(idOf(benchmarks['k3s-cis-1.9'], '4.3.1')).toBe('control-plane/k3s-cis-4.3.1');
    // By what it means, not by that publisher's number.
    expect(idOf(benchmarks['rh-1.8'], '1.2.3')).toBe('control-plane/openshift-cis-1.2.4');
    expect(idOf(benchmarks['eks-1.8.0'], '5.4.3')).toBe('network/eks-nodes-have-no-public-address');
  });

  it('asks for one thing: where editions of a platform ask for two, they are two items', () => {
    for (const { id, items } of itemControls) {
      const asked = items.map(({ benchmark, itemId }) => asks(itemsOf(benchmarks[benchmark]).find((item) => item.id === itemId)!));
      expect(new Set(asked).size, id).toBe(1);
      expect(new Set(items.map(({ benchmark, itemId }) => meaningIn(benchmark, itemId))).size, id).toBe(1);
      expect(new Set(items.map(({ benchmark }) => benchmarks[benchmark].platform)).size, id).toBe(1);
    }
  });

  it('weighs by how it is assessed, and one step more where it is about the whole cluster', () => {
    const severity = (id: string) => itemControlById.get(id)!.severity;
    expect(severity('control-plane/gke-legacy-abac-off')).toBe('high');
    expect(severity('control-plane/cis-4.3.1')).toBe('medium');
    expect(severity('control-plane/openshift-cis-1.2.4')).toBe('medium');
    expect(severity('control-plane/cis-4.2.7')).toBe('low');
    for (const item of itemControls) expect(severities).toContain(item.severity);
  });

  it('says what is wanted, why and what to do', () => {
    for (const { id, title, why, remediation, evidence } of itemControls) {
      expect(title, id).toMatch(/^\S.{5,}/);
      expect(why, id).toMatch(/asks for it as item [\d.]+, /);
      expect(remediation, id).toMatch(/^[A-Z].{20,}/s);
      expect(evidence.length, id).toBeGreaterThan(0);
    }
  });
});
