import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { inflated, nodeCodec as codec } from '#test/support/node-codec.js';
import { InventoryBuilder } from '../inventory-builder.js';
import type { Inventory } from '../inventory.js';
import { resourceKeyOf, resourceKeys } from '../resources.js';
import type { KeptPiece, Piece } from './piece.js';
import { recordEvidence } from './record-evidence.js';
import { DamagedEvidence, restoreEvidence } from './restore-evidence.js';

const objects = objectsOf(readFileSync(join(import.meta.dirname, '../../../apps/standalone/sample/shop.yaml'), 'utf8'));
const sample = inventoryOf(objects);

const keep = ({ sort, items, text }: Piece): KeptPiece => ({ sort, items, bytes: codec.compress(text) });
const pieces = (inventory: Inventory): readonly Piece[] => [...recordEvidence(inventory)];
const restored = (kept: readonly Piece[]): Inventory => restoreEvidence(kept.map(keep), inflated);

/** A Deployment with two pods of its own. */
const workload = (i: number, image = 'app:1'): readonly unknown[] => {
  const spec = { containers: [{ name: 'app', image, env: Array.from({ length: 20 }, (_, n) => ({ name: `SETTING_${i}_${n}`, value: 'x' })) }] };
  const template = { metadata: { labels: { app: `app-${i}` } }, spec };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `app-${i}`, namespace: `team-${i % 7}` }, spec: { replicas: 2, template } },
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: `app-${i}-5d8`, namespace: `team-${i % 7}`, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: `app-${i}`, uid: 'u', controller: true }] }, spec: { replicas: 2, template } },
    ...['a', 'b'].map((pod, n) => ({
      apiVersion: 'v1', kind: 'Pod', metadata: { name: `app-${i}-5d8-${pod}`, namespace: `team-${i % 7}`, labels: { app: `app-${i}` }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${i}-5d8`, uid: 'u', controller: true }] },
      spec: { ...spec, nodeName: `node-${(i + n) % 5}` }, status: { phase: 'Running' },
    })),
  ];
};
const fleet = (count: number, image?: (i: number) => string): Inventory => inventoryOf(Array.from({ length: count }, (_, i) => workload(i, image?.(i))).flat());

describe('kept evidence', () => {
  it('gives back the inventory it was made of', () => {
    const again = restored(pieces(sample));
    expect(again.cluster).toEqual(sample.cluster);
    expect(again.basis).toBe(sample.basis);
    expect(again.components).toEqual(sample.components);
    expect(resourceKeys.map((key) => again.outcome(key))).toEqual(resourceKeys.map((key) => sample.outcome(key)));
    expect(again.workloads).toHaveLength(sample.workloads.length);
    expect(again.pods.length).toBe(sample.pods.length);
    const said = (inventory: Inventory) => inventory.workloads.map(({ templates, ...rest }) => JSON.stringify([rest, inventory.templates.get(templates[0]!), templates.map((id) => JSON.stringify(inventory.templates.get(id))).toSorted()])).toSorted();
    expect(said(again)).toEqual(said(sample));
    for (const [at, { templates }] of again.workloads.entries()) {
      const { containers: _containers, ...seen } = again.templates.get(templates[0]!);
      expect(again.templates.network(templates[0]!), again.workloads[at]!.name).toMatchObject({ labels: seen.labels, hostNetwork: seen.hostNetwork });
    }
    const rows = ({ pods, workloads, podNodes, templates }: Inventory) =>
      Array.from({ length: pods.length }, (_, row) => JSON.stringify([workloads[pods.ownerAt(row)]!.name, podNodes[pods.nodeAt(row)], templates.get(pods.templateAt(row)), pods.isRunning(row), pods.nameAt(row), pods.addressesAt(row)])).toSorted();
    expect(rows(sample).some((row) => row.includes('10.244.'))).toBe(true);
    expect(rows(again)).toEqual(rows(sample));
  });

  it('is the same piece by piece once more', () => {
    expect(pieces(restored(pieces(sample)))).toEqual(pieces(sample));
  });

  it('does not depend on the order of the objects of a kind', () => {
    const byKind = (list: readonly unknown[]) => {
      const place = (object: unknown): number => {
        const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
        return resourceKeys.findIndex((key) => key === resourceKeyOf(apiVersion, kind));
      };
      return list.toSorted((a, b) => place(a) - place(b));
    };
    const of = (list: readonly unknown[]) => pieces(inventoryOf(byKind(list))).filter(({ sort }) => sort !== 'head');
    expect(of(objects.toReversed())).toEqual(of(objects));
  });

  it('changes in few pieces where little changed', () => {
    const before = new Set(pieces(fleet(2_000)).map(({ text }) => text));
    const changed = (after: readonly Piece[]) => after.filter(({ text }) => !before.has(text)).length;
    expect(before.size).toBeGreaterThan(30);
    // One image: the templates it is in. One workload more: those, its row, its pods, and the count in the head.
    expect(changed(pieces(fleet(2_000, (i) => (i === 700 ? 'app:2' : 'app:1'))))).toBeLessThanOrEqual(1);
    expect(changed(pieces(fleet(2_001)))).toBeLessThanOrEqual(8);
  });

  it.each(['one kind after the other', 'as it comes'])('expands what is compressed about once, though names of many kinds lie between each other (%s)', (way) => {
    const kinds = { Deployment: 'deployments.apps', StatefulSet: 'statefulsets.apps', DaemonSet: 'daemonsets.apps', Job: 'jobs.batch', ReplicaSet: 'replicasets.apps', Pod: 'pods' } as const;
    let [segments, expansions] = [0, 0];
    const builder = new InventoryBuilder({
      ...codec,
      compress: (text) => (segments++, codec.compress(text)),
      expand: (bytes, length) => (expansions++, codec.expand(bytes, length)),
    });
    const objects = Object.entries(kinds).flatMap(([kind, key]) => Array.from({ length: 300 }, (_, i) => {
      const spec = { containers: [{ name: 'app', image: `${kind}:${i}`, env: Array.from({ length: 60 }, (_setting, n) => ({ name: `SETTING_${n}`, value: 'x' })) }] };
      return { i, key, object: { metadata: { name: `app-${1_000 + i}`, namespace: `team-${Math.floor(i / 40)}` }, spec: kind === 'Pod' ? spec : { replicas: 1, template: { metadata: {}, spec } } } };
    }));
    if (way === 'as it comes') objects.sort((a, b) => a.i - b.i);
    for (const { key, object } of objects) builder.add(key, object);
    const inventory = builder.finish();
    expect(inventory.workloads).toHaveLength(1_800);
    expect(segments).toBeGreaterThan(40);
    expansions = 0;
    expect(pieces(inventory).filter(({ sort }) => sort === 'templates').reduce((sum, { items }) => sum + items, 0)).toBe(1_800);
    expect(expansions).toBeLessThan(2 * segments);
  });

  it('compresses what pods say, whatever kinds they call their owners', () => {
    let segments = 0;
    const builder = new InventoryBuilder({ ...codec, compress: (text) => (segments++, codec.compress(text)) });
    for (let i = 0; i < 400; i++) {
      const spec = { containers: [{ name: 'app', image: `app:${i}`, env: Array.from({ length: 60 }, (_, n) => ({ name: `SETTING_${n}`, value: 'x' })) }] };
      builder.add('pods', { metadata: { name: `app-${i}`, namespace: 'team', ownerReferences: [{ apiVersion: 'x/v1', kind: `Kind${i}`, name: 'x', uid: 'u', controller: true }] }, spec });
    }
    expect(segments).toBeGreaterThan(5);
    expect(builder.finish().workloads).toHaveLength(400);
    expect(segments).toBeLessThan(40);
  });

  it('may be restored in part', () => {
    const part = restored(pieces(sample).filter(({ sort }) => sort === 'head' || sort === 'services'));
    expect(part.list('services')).toHaveLength(sample.list('services').length);
    expect(part.workloads).toEqual([]);
    expect(part.pods.length).toBe(0);
  });

  it('keeps what the API server showed, and says where nobody looked', () => {
    const seen = inventoryOf([], { probe: { acceptsOutdatedTls: false, anonymous: { namespaces: 403 } } });
    expect(restored(pieces(seen)).probe).toEqual(seen.probe);
    expect(restored(pieces(sample)).probe).toMatchObject({ state: 'missing', reason: 'not-in-upload' });
    expect(restored(pieces(seen).filter(({ sort }) => sort !== 'probe')).probe).toMatchObject({ state: 'missing', reason: 'not-requested' });
  });

  it('keeps what API servers say of themselves and what k3s wrote on its nodes, and says where nobody asked', () => {
    const flagz = JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'apiserver' }, flags: { profiling: 'false' } });
    const k3s = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', annotations: { 'k3s.io/node-args': '["server"]', 'k3s.io/node-env': '{}' } }, status: { nodeInfo: { kubeletVersion: 'v1.33.4+k3s1' } } };
    const seen = inventoryOf([k3s], { flagz, apiServers: ['10.0.0.1'] });
    const again = restored(pieces(seen));
    expect([again.flagz, again.apiServers, again.components]).toEqual([seen.flagz, seen.apiServers, seen.components]);
    expect(seen.components.map(({ shownBy }) => shownBy)).toEqual(['node-args', 'node-args', 'node-args']);
    const older = pieces(seen).map((piece) => {
      if (piece.sort !== 'head') return piece;
      const { flagz: _flagz, apiServers: _servers, ...head } = JSON.parse(piece.text) as Readonly<Record<string, unknown>>;
      return { ...piece, text: JSON.stringify(head) };
    });
    expect([restored(older).flagz, restored(older).apiServers]).toMatchObject([{ state: 'missing', reason: 'not-requested' }, { state: 'missing', reason: 'not-requested' }]);
  });

  it('keeps what kubelets say of their flags, and what that makes of their settings', () => {
    const flagz = (flags: object): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags });
    const nodes = ['b', 'a'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { nodeInfo: { kubeletVersion: 'v1.36.3' } } }));
    const seen = inventoryOf(nodes, { kubeletFlagz: { b: flagz({ 'hostname-override': 'x', 'seccomp-default': 'true' }), a: 'no flags' } });
    const again = restored(pieces(seen));
    expect([...again.kubeletFlags]).toEqual([['a', { state: 'missing', reason: 'invalid', detail: expect.any(String) as string }], ['b', seen.kubeletFlags.get('b')]]);
    expect(again.kubelets.get('b')).toEqual(seen.kubelets.get('b'));
    expect(seen.kubelets.get('b')).toMatchObject({ value: { seccompDefault: true, shownBy: 'flagz' } });
    expect(restored(pieces(sample)).kubeletFlags.size).toBe(0);
  });

  it('that was damaged says so', () => {
    const kept = pieces(sample);
    expect(() => restored(kept.filter(({ sort }) => sort !== 'head'))).toThrow(DamagedEvidence);
    expect(() => restored(kept.map((piece) => (piece.sort === 'workloads' ? { ...piece, text: '[' } : piece)))).toThrow(DamagedEvidence);
    const [one, ...others] = kept.filter(({ sort }) => sort === 'workloads');
    expect(() => restored([...kept.filter(({ sort }) => sort !== 'workloads'), { ...one!, text: '[]' }, ...others])).toThrow(DamagedEvidence);
  });
});
