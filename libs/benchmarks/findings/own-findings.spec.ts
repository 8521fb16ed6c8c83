import { afterEach, describe, expect, it } from 'vitest';
import type { ControlPolicy } from '#controls/engine/world.js';
import type { Evaluation } from '#controls/engine/evaluation.js';
import { hasKey } from '#controls/engine/key-set.js';
import { evidenceOf as mappedReport } from '#kube-bench/evidence.js';
import { readKubeBench } from '#kube-bench/read-kube-bench.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { workerNode, type BenchmarkNode } from '#test/support/benchmark-nodes.js';
import { benchmarks } from '../benchmarks.js';
import { BenchmarkJudge } from '../judge/benchmark-judge.js';
import type { JudgeInput } from '../judge/judge-input.js';

const id = 'control-plane/cis-4.3.1';
const keyOf = (node: string): string => `${id}|Node//${node}|`;
const made: BenchmarkNode[] = [];
afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});

const serving = (address: string): BenchmarkNode => workerNode({ argv: { 'kube-proxy': ['/usr/local/bin/kube-proxy', `--metrics-bind-address=${address}`] } });
const open = () => serving('0.0.0.0:10249');
const closed = () => serving('127.0.0.1:10249');

interface Given extends Partial<JudgeInput> {
  readonly listed?: boolean;
}

function judged(nodes: Readonly<Record<string, BenchmarkNode>>, { listed = false, ...input }: Given = {}): readonly Evaluation[] {
  const judge = new BenchmarkJudge({ choice: { state: 'chosen', benchmark: benchmarks['cis-1.12'], reason: '' }, ...input });
  for (const [name, node] of Object.entries(nodes)) {
    made.push(node);
    judge.add({ name, evidence: node.collect(), collectedAt: '2026-01-01T00:00:00.000Z' });
  }
  judge.finish();
  return judge.ownFindings(listed);
}

const of = (evaluations: readonly Evaluation[]): Evaluation => evaluations.find(({ controlId }) => controlId === id)!;

describe('findings of items that no control covers', () => {
  it('are one a node that fails, with the value, where it stands and what to do', () => {
    const evaluation = of(judged({ a: open(), b: closed() }, { nodes: ['a', 'b'], listed: true }));
    expect(evaluation).toMatchObject({ layer: 'control-plane', outcome: 'fail', complete: true, passed: 1, failed: 1, unknown: 0 });
    expect(evaluation.failures).toMatchObject([{
      key: keyOf('a'), resource: { kind: 'Node', name: 'a' }, part: '', severity: 'medium', risk: 20, basis: 'cluster',
      detail: { benchmark: 'cis-1.12', item: '4.3.1', subject: 'a', found: '0.0.0.0:10249', remediation: expect.stringContaining('metricsBindAddress') as string },
    }]);
    expect(hasKey(evaluation.passedKeys, keyOf('b'))).toBe(true);
  });

  it('hold what is known of a node that sent nothing, or that nobody lists', () => {
    const evaluation = of(judged({ a: closed(), stranger: closed() }, { nodes: ['a', 'b'], listed: true }));
    expect(evaluation).toMatchObject({ outcome: 'unknown', passed: 1 });
    expect(evaluation.unknowns).toHaveLength(1);
    for (const node of ['b', 'stranger']) expect(hasKey(evaluation.heldKeys, keyOf(node)), node).toBe(true);
    expect(hasKey(evaluation.passedKeys, keyOf('stranger'))).toBe(false);
  });

  it('are not whole where nobody lists the nodes, and let each pass stand for itself', () => {
    expect(of(judged({ a: closed() }))).toMatchObject({ complete: false, passesStand: true, outcome: 'unknown', passed: 1 });
  });

  it('do not take another program\'s word', () => {
    const check = (number: string, status: string): string => `{"test_number":"${number}","test_desc":"x","audit":"x","AuditEnv":"","AuditConfig":"","type":"","remediation":"","test_info":[""],"status":"${status}","actual_value":"x","scored":true,"IsMultiple":false,"expected_result":"x"}`;
    const kubeBench = mappedReport(readKubeBench(
      `{"Controls":[{"id":"4","version":"cis-1.12","detected_version":"1.33","text":"x","node_type":"x","tests":[{"section":"4.2","type":"","pass":1,"fail":1,"warn":0,"info":0,"desc":"x","results":[${check('4.2.7', 'FAIL')},${check('4.1.3', 'PASS')}]}],"total_pass":1,"total_fail":1,"total_warn":0,"total_info":0}],"Totals":{"total_pass":1,"total_fail":1,"total_warn":0,"total_info":0}}`,
      { nodes: ['a'] },
    )).evidence;
    for (const evaluation of judged({}, { nodes: ['a'], kubeBench, listed: true })) expect(evaluation).toMatchObject({ passed: 0, failed: 0, outcome: 'unknown' });
  });

  it('heed the organisation: another severity, or none', () => {
    const settings = (setting: NonNullable<ControlPolicy['controls']>[string]) => judged({ a: open() }, { settings: { [id]: setting } });
    expect(of(settings({ severity: 'critical' })).failures).toMatchObject([{ severity: 'critical', risk: 57 }]);
    expect(of(settings({ off: 'it is behind a firewall' }))).toBeUndefined();
  });

  it('are of the cluster where the item is', () => {
    const inventory = inventoryOf(objectsOf('apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {addresses: [{type: ExternalIP, address: 34.1.2.3}, {type: InternalIP, address: 10.0.0.1}]}'));
    const evaluations = judged({}, { choice: { state: 'chosen', benchmark: benchmarks['eks-1.8.0'], reason: '' }, inventory, nodes: ['a'], listed: true });
    const evaluation = evaluations.find(({ controlId }) => controlId === 'network/eks-nodes-have-no-public-address')!;
    expect(evaluation).toMatchObject({ outcome: 'fail', complete: true, failures: [{ key: 'network/eks-nodes-have-no-public-address|Cluster//cluster|', resource: { kind: 'Cluster', name: 'cluster' } }] });
    // Nobody described the cluster.
    expect(evaluations.find(({ controlId }) => controlId === 'control-plane/eks-public-control-plane-endpoint-restricted')).toMatchObject({ outcome: 'unknown', complete: false });
  });

  it('are over for a cluster that is seen to have no such thing, and not where nobody looked', () => {
    const without = (options: InventoryOptions) => judged({}, { choice: { state: 'chosen', benchmark: benchmarks['eks-1.8.0'], reason: '' }, inventory: inventoryOf([], options), nodes: [], listed: true })
      .find(({ controlId }) => controlId === 'network/eks-nodes-have-no-public-address')!;
    expect(without({})).toMatchObject({ outcome: 'not-applicable', complete: true, notApplicable: 1 });
    const unread = without({ outcomes: { nodes: { state: 'missing', reason: 'forbidden', detail: 'nodes are forbidden' } } });
    expect(unread).toMatchObject({ outcome: 'unknown', complete: false });
    expect(hasKey(unread.heldKeys, 'network/eks-nodes-have-no-public-address|Cluster//cluster|')).toBe(true);
    expect(without({ otherwise: (_key, count) => ({ state: 'given', count }) })).toMatchObject({ outcome: 'unknown', complete: false });
  });

  it('pass nothing and fail nothing without evidence, whatever the benchmark', () => {
    for (const benchmark of Object.values(benchmarks)) {
      for (const nodes of [undefined, [], ['a']]) {
        for (const { controlId, passed, failed, passedKeys, failures } of judged({}, { choice: { state: 'chosen', benchmark, reason: '' }, ...(nodes && { nodes }), listed: true })) {
          expect({ passed, failed, keys: passedKeys.length, failures: failures.length }, `${benchmark.id} ${controlId}`).toEqual({ passed: 0, failed: 0, keys: 0, failures: 0 });
        }
      }
    }
  });
});
