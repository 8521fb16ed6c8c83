import { describe, expect, it } from 'vitest';
import { coverageOf } from '#application/scans/coverage.js';
import type { EvidencePack, ScanResult } from '#application/ports/cluster-collector.js';
import { catalogue } from '#controls/catalogue.js';
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
    expect(authz(result).failures[0]).toMatchObject({ key: 'control-plane/kubelet-authz|Node//b|', message: expect.stringContaining('/var/lib/kubelet/config.yaml') });
    expect(result.collectors).toEqual({ nodes: 3, fresh: 2, stale: 0 });
    expect(lack(result)).toMatchObject({ state: 'partial', detail: 'Run the node collector on 1 of 3 nodes.' });
  });

  it('goes by the time that the bundle was collected, whatever stands in its evidence', async () => {
    const result = await scan(collected({ a: 'Webhook' }, new Date(Date.now() - 30 * 86_400_000)));
    expect(authz(result)).toMatchObject({ outcome: 'unknown', passed: 0 });
    expect(authz(result).unknowns.map(({ missing }) => missing.detail).join()).toContain('older than 7 days');
    expect(lack(result)).toMatchObject({ state: 'missing', detail: 'Run the node collector on 3 of 3 nodes; on 1 of them what it saw is too old.' });
  });

  it('counts files that are alike, however many there are', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `/etc/kubernetes/pki/${i}.key`);
    const evidence = evidenceOfSketch({ processes: [['/usr/bin/kubelet']], files: Object.fromEntries([['/etc/kubernetes/pki', 'root:root 0755 dir'], ...names.map((name) => [name, 'root:root 0644'])]) });
    const { evaluations } = await scan((async function* () { yield packOf('a', new Date(), evidence); })());
    const [failure] = evaluations.find(({ controlId }) => controlId === 'control-plane/component-least-privilege')!.failures.filter(({ key }) => key.includes('pki-key-mode'));
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
