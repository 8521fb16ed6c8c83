import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { controlPlaneNode, workerNode, type BenchmarkNode } from '#test/support/benchmark-nodes.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import type { ReadOutcome } from '#inventory/observed.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { controlById } from '#controls/catalogue.js';
import { itemsOf, type Benchmark } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { ControlResults } from './controls/control-results.js';
import { judgeBenchmark } from './judge-benchmark.js';
import type { JudgeInput } from './judge-input.js';
import type { BenchmarkJudgement } from './judgement.js';

const at = '2026-01-01T00:00:00.000Z';
const all = Object.values(benchmarks);
const chosen = (benchmark: Benchmark): JudgeInput['choice'] => ({ state: 'chosen', benchmark, reason: '' });
const passing = ({ items }: BenchmarkJudgement): readonly string[] => items.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id);

describe('without evidence', () => {
  /** Everything that may be given, with nothing in it. */
  const empty: readonly (readonly [string, (benchmark: Benchmark) => BenchmarkJudgement])[] = [
    ['nothing at all', (benchmark) => judgeBenchmark({ choice: chosen(benchmark) })],
    ['no nodes', (benchmark) => judgeBenchmark({ choice: chosen(benchmark), nodes: [] })],
    ['nodes that sent nothing', (benchmark) => judgeBenchmark({ choice: chosen(benchmark), nodes: ['a', 'b'] })],
    ['nodes of which nothing could be read', (benchmark) => judgeBenchmark({ choice: chosen(benchmark), nodes: ['a'] }, [{ name: 'a', evidence: unreadable, collectedAt: at }])],
    ['lists that could not be read', (benchmark) => {
      const missing = (): ReadOutcome => ({ state: 'missing', reason: 'forbidden', detail: 'forbidden' });
      const inventory = inventoryOf([], { otherwise: missing });
      return judgeBenchmark({ choice: chosen(benchmark), nodes: ['a'], inventory, answers: answersOf(benchmark, inventory) });
    }],
    ['kubelets that tell nothing of themselves', (benchmark) => {
      const missing = (): ReadOutcome => ({ state: 'missing', reason: 'forbidden', detail: 'forbidden' });
      const inventory = inventoryOf([], { otherwise: missing, kubelets: { a: {}, b: {} }, kubeletFlagz: { a: JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags: {} }), b: '<html>' } });
      return judgeBenchmark({ choice: chosen(benchmark), nodes: ['a', 'b'], inventory, answers: answersOf(benchmark, inventory) });
    }],
  ];
  const unreadable = evidenceOf({
    collection: { startedAt: at, finishedAt: at, uid: 1000, seesAllProcesses: false, notes: ['x'] },
    processes: { items: [], truncated: true }, files: { items: [], truncated: true }, trees: { items: [], truncated: true }, configs: { items: [], truncated: true },
    certificates: { items: [], truncated: true }, units: { items: [], truncated: true }, accounts: { state: 'denied', detail: '' }, os: { state: 'denied', detail: '' }, kernel: { state: 'denied', detail: '' },
  });

  it.each(all.flatMap((benchmark) => empty.map(([name, judge]) => [`${benchmark.id}: ${name}`, benchmark, judge] as const)))('nothing passes and nothing fails of %s', (_, benchmark, judge) => {
    const { items } = judge(benchmark);
    expect(items).toHaveLength(itemsOf(benchmark).length);
    for (const item of items) {
      const { rule } = itemsOf(benchmark).find(({ id }) => id === item.id)!;
      expect([item.id, item.outcome]).toEqual([item.id, rule?.kind === 'not-applicable' ? 'not-applicable' : rule?.kind === 'undecidable' ? 'manual' : 'unknown']);
      expect(item.decidedByMachine).toBe(false);
      expect(item.nodes.pass + item.nodes.fail).toBe(0);
    }
  });
});

function answersOf(benchmark: Benchmark, inventory: NonNullable<JudgeInput['inventory']>): ReturnType<ControlResults['finish']> {
  const controls = [...new Set(itemsOf(benchmark).flatMap(({ answeredBy = [] }) => answeredBy.map(({ controlId }) => controlById.get(controlId)!)))];
  const results = new ControlResults(benchmark, controls, inventory);
  return results.finish(evaluate(controls, inventory, {}, 0, undefined, results.observe));
}

describe('any piece of a node\'s evidence', () => {
  let nodes: readonly (readonly [string, BenchmarkNode])[];
  let evidence: readonly (readonly [string, NodeEvidence])[];
  beforeAll(() => {
    const careless = controlPlaneNode({
      flags: { 'kube-apiserver': { 'anonymous-auth': 'true', profiling: undefined, 'encryption-provider-config': undefined, 'authorization-mode': 'AlwaysAllow' }, 'kube-scheduler': { 'bind-address': undefined }, etcd: { 'client-cert-auth': undefined, 'trusted-ca-file': '/etc/kubernetes/pki/ca.crt' } },
      kubelet: { readOnlyPort: 10_255, authentication: { anonymous: { enabled: true } }, podPidsLimit: undefined },
      kubeletArgs: ['--config-dir=/etc/kubelet.d', '--kubeconfig=/opt/kubelet.conf'],
    });
    careless.file('/etc/kubelet.d/10.conf', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nrotateCertificates: false\n', 0o666).file('/opt/kubelet.conf', 'x', 0o644);
    for (const path of ['/etc/kubernetes/manifests/kube-apiserver.yaml', '/etc/kubernetes/scheduler.conf', '/etc/kubernetes/pki/sa.key', '/etc/kubernetes/admin.conf', '/etc/cni/net.d/10-net.conflist', '/var/lib/etcd']) careless.mode(path, 0o777);
    careless.root.link('/etc/kubernetes/pki/extra.crt', '/etc/kubernetes/pki/ca.crt');
    nodes = [['a', controlPlaneNode()], ['b', careless], ['c', workerNode({ kubelet: { protectKernelDefaults: false, seccompDefault: false } })]];
    evidence = nodes.map(([name, node]) => [name, node.collect()]);
  });
  afterAll(() => {
    for (const [, node] of nodes) node.remove();
  });

  const judged = (...given: readonly (readonly [string, NodeEvidence])[]): BenchmarkJudgement =>
    judgeBenchmark({ choice: chosen(benchmarks['cis-1.12']), nodes: given.map(([name]) => name) }, given.map(([name, one]) => ({ name, evidence: one, collectedAt: at })));

  const lists = ['files', 'trees', 'configs', 'certificates', 'processes', 'units'] as const;

  const passedBefore = new Map<NodeEvidence, ReadonlySet<string>>();

  /** Items that pass with changed evidence of a node and did not before. */
  function gained(name: string, before: NodeEvidence, after: NodeEvidence): readonly string[] {
    let passed = passedBefore.get(before);
    if (!passed) passedBefore.set(before, (passed = new Set(passing(judged([name, before])))));
    return passing(judged([name, after])).filter((id) => !passed.has(id));
  }

  it('passes nothing that no evidence can decide', () => {
    const ofPeople = itemsOf(benchmarks['cis-1.12']).filter(({ rule }) => rule?.kind === 'undecidable').map(({ id }) => id);
    expect(ofPeople).not.toEqual([]);
    expect(judged(...evidence).items.filter(({ id }) => ofPeople.includes(id)).map(({ outcome }) => outcome)).toEqual(ofPeople.map(() => 'manual'));
  });

  it('makes nothing pass that failed or was unknown by being left out', () => {
    expect(judged(evidence[1]!).items.filter(({ outcome }) => outcome === 'fail').length).toBeGreaterThan(20);
    for (const [name, one] of evidence) {
      for (const list of lists) {
        for (const [piece] of one[list].items.entries()) {
          const less = { ...one, [list]: { ...one[list], items: one[list].items.filter((_, other) => other !== piece) } };
          expect(gained(name, one, less), `${name} without ${list} ${piece}: ${JSON.stringify(one[list].items[piece]).slice(0, 200)}`).toEqual([]);
        }
      }
    }
    // Every piece by itself is many hundred judgements.
  }, 120_000);

  it('makes nothing pass by being left out with any others', () => {
    fc.assert(fc.property(fc.constantFrom(0, 1, 2), fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (index, chances) => {
      const [name, one] = evidence[index]!;
      const less = Object.fromEntries(lists.map((list) => [list, { ...one[list], items: (one[list].items as readonly unknown[]).filter(() => chances.next().value !== 0) }]));
      expect(gained(name, one, { ...one, ...less })).toEqual([]);
    }), { numRuns: 100 });
  });

  it('makes nothing pass when a whole node is left out', () => {
    const names = evidence.map(([name]) => name);
    const of = (given: typeof evidence): readonly string[] => passing(judgeBenchmark({ choice: chosen(benchmarks['cis-1.12']), nodes: names }, given.map(([name, one]) => ({ name, evidence: one, collectedAt: at }))));
    const passed = new Set(of(evidence));
    expect(passed.size).toBeGreaterThan(20);
    for (const name of names) expect(of(evidence.filter(([other]) => other !== name)).filter((id) => !passed.has(id))).toEqual([]);
  });

  it('makes nothing pass when a file turns out unreadable', () => {
    for (const [name, one] of evidence) {
      for (const [index, config] of one.configs.items.entries()) {
        for (const state of ['denied', 'invalid', 'outside-root'] as const) {
          const configs = { ...one.configs, items: one.configs.items.with(index, { ...config, content: { state, detail: 'x' } }) };
          expect(gained(name, one, { ...one, configs }), `${name} ${config.kind} ${config.path} ${state}`).toEqual([]);
        }
      }
    }
  });

  it('makes nothing pass when a list turns out cut off', () => {
    for (const [name, one] of evidence) for (const list of lists) expect(gained(name, one, { ...one, [list]: { ...one[list], truncated: true } }), `${name} ${list}`).toEqual([]);
  });
});
