import { describe, expect, it } from 'vitest';
import { coverageOf } from '#application/scans/coverage.js';
import type { EvidencePack, ScanResult } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
import type { ControlPolicy } from '#controls/engine/world.js';
import { reconcile } from '#findings/reconcile.js';
import { packOf } from '#test/support/evidence-pack.js';
import { evidenceOfSketch } from '#test/support/node-sketch.js';
import { defaultCollectSettings } from './collector/collect-settings.js';
import { runScan } from './run-scan.js';
import type { ScanRequest } from './scan-request.js';
import { defaultSnapshotSettings } from './snapshot/snapshot-settings.js';

const settings = { policy: {}, collect: defaultCollectSettings, snapshot: defaultSnapshotSettings, knownEvidence: [] };
const hooks = { onProgress: () => undefined, signal: new AbortController().signal };
const nodeNames = ['a', 'b', 'c'];

async function* upload(): AsyncGenerator<Uint8Array> {
  for (const name of nodeNames) yield Buffer.from(`${JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { nodeInfo: { kubeletVersion: 'v1.33.4', operatingSystem: 'linux' } } })}\n`);
}

async function* collected(nodes: Readonly<Record<string, string>>, at = new Date()): AsyncGenerator<EvidencePack> {
  for (const [node, mode] of Object.entries(nodes)) {
    const path = '/var/lib/kubelet/config.yaml';
    const text = `{apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, authorization: {mode: ${mode}}}`;
    yield packOf(node, at, evidenceOfSketch({ processes: [['/usr/bin/kubelet', `--config=${path}`]], configs: { [path]: { kind: 'kubelet', text } } }));
  }
}

const request: ScanRequest = { ...settings, source: { kind: 'snapshot', complete: { scope: 'kinds', kinds: ['nodes'] } } };
const scan = (packs?: AsyncGenerator<EvidencePack>): Promise<ScanResult> => runScan(request, catalogue, { ...hooks, bytes: upload(), ...(packs && { packs }) });
const authz = ({ evaluations }: ScanResult) => evaluations.find(({ controlId }) => controlId === 'control-plane/kubelet-authz')!;
const lack = (result: ScanResult) => coverageOf(result, { controls: [] }).missing.find(({ resource }) => resource === 'node-evidence');

describe('a scan with evidence of nodes', () => {
  it('judges kubelets by it, and those of other nodes not at all', async () => {
    const result = await scan(collected({ a: 'Webhook', b: 'AlwaysAllow' }));
    expect(authz(result)).toMatchObject({ outcome: 'fail', passed: 1, failed: 1, unknown: 1 });
    expect([...authz(result).failures][0]).toMatchObject({ key: 'control-plane/kubelet-authz|Node//b|', message: expect.stringContaining('/var/lib/kubelet/config.yaml') });
    expect(result.collectors).toEqual({ nodes: 3, fresh: 2, stale: 0 });
    expect(lack(result)).toMatchObject({ state: 'partial', detail: 'Run the node collector on 1 of 3 nodes.' });
  });

  it('goes by the time that the bundle was collected, whatever stands in its evidence', async () => {
    const result = await scan(collected({ a: 'Webhook' }, new Date(Date.now() - 30 * 86_400_000)));
    expect(authz(result)).toMatchObject({ outcome: 'unknown', passed: 0 });
    expect(authz(result).unknowns.map(({ missing }) => missing.detail).join()).toContain('older than 7 days');
    expect(lack(result)).toMatchObject({ state: 'missing', detail: 'Run the node collector on 3 of 3 nodes; on 1 of them what it saw is too old.' });
  });

  it('goes by the age that the organisation bounds, in controls and in the benchmark', async () => {
    const before = new Date(Date.now() - 30 * 86_400_000);
    const judged = async (policy: ControlPolicy) => {
      const benchmark = { pinned: 'cis-1.12', known: { platform: 'kubeadm', version: 'v1.33.4' }, clouds: [], nodeNames: ['a'], unsignedNodes: [] } as const;
      const { evaluations, benchmark: result } = await runScan({ ...request, policy }, catalogue, { ...hooks, bytes: upload(), packs: collected({ a: 'AlwaysAllow' }, before), benchmark });
      return [evaluations.find(({ controlId }) => controlId === 'control-plane/kubelet-authz')?.outcome, result?.state === 'judged' ? [result.nodes, result.judgement.items.find(({ id }) => id === '4.2.2')?.outcome] : result];
    };
    expect(await judged({})).toEqual(['unknown', [[], 'unknown']]);
    expect(await judged({ nodeEvidenceMaxAgeDays: 31 })).toEqual(['fail', [['a'], 'fail']]);
  });

  it('resolves nothing of a machine outside of the cluster whose evidence is gone, until nobody waits for it any more', async () => {
    const etcd = evidenceOfSketch({
      processes: [['/usr/bin/etcd', '--data-dir=/var/lib/etcd', '--client-cert-auth=false']], files: { '/var/lib/etcd': 'root:root 0777 dir' },
      kubeconfigs: { '/root/.kube/config': { subject: 'admin', organizations: ['system:masters'], notBefore: '2020-01-01T00:00:00.000Z', notAfter: '2021-01-01T00:00:00.000Z' } },
    });
    const looked = async function* (): AsyncGenerator<EvidencePack> {
      yield packOf('etcd-1', new Date(), etcd);
      for (const node of nodeNames) yield packOf(node, new Date(), evidenceOfSketch({}));
    };
    const all = { scope: 'cluster', unread: [] } as const;
    const judged = (knownMachines: readonly string[], packs?: AsyncGenerator<EvidencePack>) =>
      runScan({ ...request, knownMachines, source: { kind: 'snapshot', complete: all } }, catalogue, { ...hooks, bytes: upload(), ...(packs && { packs }) });
    const before = await judged([], looked());
    expect(before.standing).toEqual({ nodes: nodeNames, machines: ['etcd-1'] });
    const known = [...reconcile([], before.evaluations, new Map(), 'before').transitions].map(({ key, controlId, sequence, severity, digest }) => ({ key, controlId, sequence, severity, digest, state: 'open' as const }));
    const onMachine = known.filter(({ key }) => key.includes('|Node//etcd-1|'));
    expect(new Set(onMachine.map(({ controlId }) => controlId))).toEqual(new Set(['control-plane/component-least-privilege', 'control-plane/certificate-expiry', 'control-plane/system-masters', 'control-plane/etcd-mutual-tls', 'control-plane/etcd-exposure']));
    const resolved = ({ evaluations }: ScanResult) => [...reconcile(onMachine, evaluations, new Map(), 'now').transitions].filter(({ transition }) => transition === 'resolved').map(({ controlId }) => controlId);
    const gone = await judged(['etcd-1']);
    expect(resolved(gone)).toEqual([]);
    const seen = await judged(['etcd-1'], looked());
    expect(resolved(seen)).toEqual([]);
    expect(seen.evaluations).toEqual(before.evaluations);
    expect(gone.evaluations.find(({ controlId }) => controlId === 'control-plane/system-masters')).toMatchObject({ outcome: 'unknown' });
    const pieces = gone.evidence.map(({ sort, items, bytes }) => ({ sort, items, bytes: bytes! }));
    expect(resolved(await runScan({ ...settings, source: { kind: 'kept', pieces, at: Date.now() } }, catalogue, hooks))).toEqual([]);
    expect(resolved(await judged([]))).toEqual(expect.arrayContaining(['control-plane/component-least-privilege', 'control-plane/certificate-expiry']));
  });

  it('counts files that are alike, however many there are', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `/etc/kubernetes/pki/${i}.key`);
    const evidence = evidenceOfSketch({ processes: [['/usr/bin/kubelet']], files: Object.fromEntries([['/etc/kubernetes/pki', 'root:root 0755 dir'], ...names.map((name) => [name, 'root:root 0644'])]) });
    const { evaluations } = await scan((async function* () { yield packOf('a', new Date(), evidence); })());
    const [failure] = [...evaluations.find(({ controlId }) => controlId === 'control-plane/component-least-privilege')!.failures].filter(({ key }) => key.includes('pki-key-mode'));
    expect(failure!.message).toContain('(and 24 more)');
    expect(JSON.parse(failure!.detail!)).toMatchObject({ count: 25, files: names.toSorted().slice(0, 10).map((path) => ({ path })) });
  });

  it('hands on neither facts nor failures where nothing of it is kept, and counts the same', async () => {
    const packs = () => collected({ a: 'Webhook', b: 'AlwaysAllow' });
    const [kept, alone] = [await scan(packs()), await runScan({ ...request, discardsEvidence: true }, catalogue, { ...hooks, bytes: upload(), packs: packs() })];
    expect(alone.evidence).toEqual([]);
    expect(alone.evaluations).toEqual(kept.evaluations.map((evaluation) => ({ ...evaluation, failures: [] })));
    expect(authz(kept).failures).toHaveLength(1);
  });

  it('judges the benchmark by the same bundles, each gone through once', async () => {
    const taken: string[] = [];
    async function* once(): AsyncGenerator<EvidencePack> {
      for await (const pack of collected({ a: 'Webhook', b: 'AlwaysAllow' })) {
        taken.push(pack.node);
        yield pack;
      }
    }
    const benchmark = { pinned: 'cis-1.12', known: { platform: 'kubeadm', version: 'v1.33.4' }, clouds: [], nodeNames: ['a', 'b'], unsignedNodes: [] } as const;
    const result = await runScan(request, catalogue, { ...hooks, bytes: upload(), packs: once(), benchmark });
    expect(taken).toEqual(['a', 'b']);
    expect(authz(result)).toMatchObject({ outcome: 'fail', passed: 1, failed: 1, unknown: 1 });
    const judged = result.benchmark?.state === 'judged' ? result.benchmark : undefined;
    expect(judged?.nodes).toEqual(['a', 'b']);
    // What the control says of a node and what its own evidence says are one verdict a node.
    expect(judged?.judgement.items.find(({ id }) => id === '4.2.2')).toMatchObject({ outcome: 'fail', nodes: { pass: 1, fail: 1, unknown: 1, total: 3 } });
  });

  it('says of none that it ran where there is none', async () => {
    expect(lack(await scan())).toMatchObject({ state: 'missing', reason: 'not-requested', detail: 'Run the node collector on 3 of 3 nodes.' });
  });

  it('keeps it, so that what was kept gives the same verdicts', async () => {
    const first = await scan(collected({ a: 'Webhook', b: 'AlwaysAllow', c: 'Webhook' }));
    const pieces = first.evidence.map(({ sort, items, bytes }) => ({ sort, items, bytes: bytes! }));
    const again = await runScan({ ...settings, source: { kind: 'kept', pieces, at: Date.now() } }, catalogue, hooks);
    expect(again.evaluations.map(({ controlId, outcome, passed, failed, unknown }) => [controlId, outcome, passed, failed, unknown])).toEqual(first.evaluations.map(({ controlId, outcome, passed, failed, unknown }) => [controlId, outcome, passed, failed, unknown]));
    expect(again.collectors).toEqual({ nodes: 3, fresh: 3, stale: 0 });
  });
});
