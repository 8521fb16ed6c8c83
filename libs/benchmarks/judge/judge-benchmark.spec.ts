import { afterEach, describe, expect, it } from 'vitest';
import { evaluate } from '#controls/engine/evaluate.js';
import { controlById } from '#controls/catalogue.js';
import { evidenceOf as mappedReport } from '#kube-bench/evidence.js';
import { readKubeBench } from '#kube-bench/read-kube-bench.js';
import type { Inventory } from '#inventory/inventory.js';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { controlPlaneNode, workerNode, type BenchmarkNode } from '#test/support/benchmark-nodes.js';
import { itemsOf, type BenchmarkId } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { answerKey } from './controls/answer.js';
import type { Answer } from './controls/control-results.js';
import { ControlResults } from './controls/control-results.js';
import { doesNotApply, failsBy, passes, right, unknownFor, type Finding } from './finding.js';
import { judgeBenchmark } from './judge-benchmark.js';
import type { CollectedNode, JudgeInput } from './judge-input.js';
import type { BenchmarkJudgement, JudgedItem } from './judgement.js';

const at = '2026-01-01T00:00:00.000Z';
const chosen = (id: BenchmarkId = 'cis-1.12'): JudgeInput['choice'] => ({ state: 'chosen', benchmark: benchmarks[id], reason: 'it is for this version' });
const made: BenchmarkNode[] = [];
afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});

const collected = (name: string, node: BenchmarkNode): CollectedNode => {
  made.push(node);
  return { name, evidence: node.collect(), collectedAt: at };
};
const itemIn = ({ items }: BenchmarkJudgement, id: string): JudgedItem => items.find((item) => item.id === id)!;

/** What the controls of a benchmark say of an inventory. */
function answersOf(inventory: Inventory, id: BenchmarkId = 'cis-1.12'): ReadonlyMap<string, Answer> {
  const controls = [...new Set(itemsOf(benchmarks[id]).flatMap(({ answeredBy = [] }) => answeredBy.map(({ controlId }) => controlById.get(controlId)!)))];
  const results = new ControlResults(benchmarks[id], controls, inventory);
  return results.finish(evaluate(controls, inventory, {}, 0, undefined, results.observe));
}

const mirror = (node: string, component: string, flags: readonly string[]): string => `---
apiVersion: v1
kind: Pod
metadata: {name: ${component}-${node}, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}, labels: {component: ${component}, tier: control-plane}}
spec: {hostNetwork: true, nodeName: ${node}, containers: [{name: ${component}, image: "registry.k8s.io/${component}:v1.33.4", command: ${JSON.stringify([component, ...flags])}}]}
`;
const nodeObject = (name: string, labels = '{}'): string => `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\nstatus: {nodeInfo: {kubeletVersion: v1.33.4, operatingSystem: linux}, addresses: [{type: InternalIP, address: 10.0.0.1}]}\n`;
const ofControlPlane = '{node-role.kubernetes.io/control-plane: ""}';
const inventory = (text: string, kubelets?: Readonly<Record<string, unknown>>, kubeletFlagz?: Readonly<Record<string, string>>): Inventory => inventoryOf(objectsOf(text), { ...(kubelets && { kubelets }), ...(kubeletFlagz && { kubeletFlagz }) });

describe('a cluster whose nodes all sent evidence', () => {
  const judged = (): BenchmarkJudgement => judgeBenchmark({ choice: chosen(), nodes: ['a', 'b', 'c'] }, [collected('a', controlPlaneNode()), collected('b', workerNode()), collected('c', workerNode({ kubelet: { readOnlyPort: 10_255 } }))]);

  it('judges node items on every node, and says on how many they pass', () => {
    expect(itemIn(judged(), '4.2.4')).toMatchObject({ outcome: 'fail', decidedByMachine: true, nodes: { pass: 2, fail: 1, total: 3 }, sentence: '2 of 3 nodes pass, 1 of 3 nodes fail: the kubelet answers everybody on its read-only port (c).' });
  });

  it('shows the value that decided, where it stands and when it was gathered', () => {
    expect(itemIn(judged(), '4.2.4').subjects[0]).toEqual({
      subject: 'c', status: 'fail', text: 'the kubelet answers everybody on its read-only port', found: '10255', source: 'node', at: 'readOnlyPort in /var/lib/kubelet/config.yaml', gatheredAt: at,
    });
  });

  it('judges items of the control plane only on nodes that run it', () => {
    expect(itemIn(judged(), '1.2.2')).toMatchObject({ outcome: 'pass', nodes: { pass: 1, total: 1 }, subjects: [{ subject: 'kube-apiserver on a' }] });
    expect(itemIn(judged(), '1.1.1')).toMatchObject({ outcome: 'pass', nodes: { pass: 1, total: 1 }, subjects: [{ subject: 'a', found: '0600' }] });
  });

  it('has everything of a hardened control plane node pass that its files and processes can tell', () => {
    const { items } = judgeBenchmark({ choice: chosen(), nodes: ['a'] }, [collected('a', controlPlaneNode())]);
    const others = items.filter(({ id, outcome }) => /^[1-4]\./.test(id) && outcome !== 'pass').map(({ id, outcome }) => `${id} ${outcome}`);
    expect(others).toEqual(['3.1.2 manual', '4.1.3 not-applicable', '4.1.4 not-applicable', '4.3.1 not-applicable']);
  });

  it('says how many nodes are listed, and how many of them sent evidence', () => {
    expect(judged()).toMatchObject({ benchmark: 'cis-1.12', reason: 'it is for this version', nodes: { listed: 3, withEvidence: 3 } });
  });
});

describe('nodes without evidence', () => {
  it('keep an item from passing', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['b', 'c'] }, [collected('b', workerNode())]);
    expect(itemIn(judged, '4.2.1')).toMatchObject({ outcome: 'unknown', nodes: { pass: 1, unknown: 1, total: 2 } });
    expect(judged.advice[0]).toMatch(/^run the collector on 1 node to decide \d+ items$/);
  });

  it('are none of the control plane where the labels of nodes say which are', () => {
    const text = nodeObject('a', ofControlPlane) + nodeObject('b');
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a', 'b'], inventory: inventory(text) }, [collected('a', controlPlaneNode())]);
    expect(itemIn(judged, '1.2.2')).toMatchObject({ outcome: 'pass', nodes: { total: 1 } });
    expect(itemIn(judged, '4.1.5')).toMatchObject({ outcome: 'unknown', nodes: { total: 2 } });
    const without = judgeBenchmark({ choice: chosen(), nodes: ['a', 'b'] }, [collected('a', controlPlaneNode())]);
    expect(itemIn(without, '1.2.2')).toMatchObject({ outcome: 'unknown', nodes: { total: 2 } });
  });

  it('are those whose evidence is too old, listed or not', () => {
    const nodeAge = { maxDays: 3, now: Date.parse(at) + 4 * 86_400_000 };
    const fresh = { ...collected('b', workerNode()), collectedAt: '2026-01-02T00:00:00.000Z' };
    const weak = () => collected('c', workerNode({ kubelet: { readOnlyPort: 10_255 } }));
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['b', 'c'], nodeAge }, [fresh, weak()]);
    expect(itemIn(judged, '4.2.4')).toMatchObject({ outcome: 'unknown', nodes: { pass: 1, unknown: 1, total: 2 }, sentence: expect.stringContaining('older than 3 days') as string });
    expect(judged.nodes).toEqual({ listed: 2, withEvidence: 1 });
    expect(itemIn(judgeBenchmark({ choice: chosen(), nodeAge }, [weak()]), '4.2.4')).toMatchObject({ outcome: 'unknown', nodes: { unknown: 2, total: 2 } });
    expect(itemIn(judgeBenchmark({ choice: chosen(), nodes: ['b', 'c'], nodeAge: { ...nodeAge, maxDays: 5 } }, [fresh, weak()]), '4.2.4')).toMatchObject({ outcome: 'fail' });
  });

  it('may be there where nobody could list them', () => {
    const judged = judgeBenchmark({ choice: chosen() }, [collected('a', controlPlaneNode())]);
    expect(itemIn(judged, '1.2.2')).toMatchObject({ outcome: 'unknown', nodes: { pass: 1, unknown: 1 } });
    expect(itemIn(judged, '1.2.2').sentence).toContain('the list of nodes');
    expect(judged.nodes).toEqual({ listed: undefined, withEvidence: 1 });
  });
});

it('does not count evidence of nodes that the cluster does not list', () => {
  const judged = judgeBenchmark({ choice: chosen(), nodes: ['b'] }, [collected('b', workerNode()), collected('gone', workerNode({ kubelet: { readOnlyPort: 10_255 } }))]);
  expect(itemIn(judged, '4.2.4')).toMatchObject({ outcome: 'pass', nodes: { total: 1 } });
  expect(judged.advice.at(-1)).toContain('evidence of 1 node that the cluster does not list');
});

it('knows nothing of a control plane that no node runs, for there is one somewhere; files that no node has are none', () => {
  const judged = judgeBenchmark({ choice: chosen(), nodes: ['b'] }, [collected('b', workerNode())]);
  expect(itemIn(judged, '1.2.2')).toMatchObject({ outcome: 'unknown', sentence: expect.stringContaining('kube-apiserver does not run on the node') as string });
  expect(['1.3.2', '2.2', '3.1.1', '3.2.2'].map((id) => itemIn(judged, id).outcome)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  expect(['1.1.1', '1.1.11', '1.1.20'].map((id) => itemIn(judged, id).outcome)).toEqual(['not-applicable', 'not-applicable', 'not-applicable']);
});

describe('the API beside nodes', () => {
  const weak = mirror('a', 'kube-apiserver', ['--anonymous-auth=true', '--profiling=true']);
  const text = nodeObject('a', ofControlPlane) + nodeObject('b') + weak;

  it('decides what its mirror pods tell, process by process', () => {
    const facts = inventory(text);
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a', 'b'], inventory: facts, inventoryAt: at, answers: answersOf(facts) });
    expect(itemIn(judged, '1.2.15')).toMatchObject({ outcome: 'fail', subjects: [{ subject: 'kube-apiserver on a', status: 'fail', source: 'flags', gatheredAt: at }] });
    // Nobody saw the controller manager, and it is another component than the scheduler.
    expect(itemIn(judged, '1.3.2')).toMatchObject({ outcome: 'unknown' });
  });

  it('counts where it fails what the node passes', () => {
    const facts = inventory(text);
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a', 'b'], inventory: facts, answers: answersOf(facts) }, [collected('a', controlPlaneNode()), collected('b', workerNode())]);
    expect(itemIn(judged, '1.2.15')).toMatchObject({ outcome: 'fail', nodes: { fail: 1, total: 1 } });
    // What nobody but the node tells.
    expect(itemIn(judged, '1.3.2')).toMatchObject({ outcome: 'pass', nodes: { total: 1 } });
  });

  it('tells the processes of the right component apart', () => {
    const facts = inventory(nodeObject('a', ofControlPlane) + mirror('a', 'kube-controller-manager', ['--profiling=true']) + mirror('a', 'kube-scheduler', ['--profiling=false']));
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'], inventory: facts, answers: answersOf(facts) });
    expect(itemIn(judged, '1.3.2')).toMatchObject({ outcome: 'fail', nodes: { fail: 1, total: 1 } });
    expect(itemIn(judged, '1.4.1')).toMatchObject({ outcome: 'pass', nodes: { pass: 1, total: 1 } });
  });

  it('leaves to the node what a file decides that flags name', () => {
    const facts = inventory(nodeObject('a', ofControlPlane) + mirror('a', 'kube-apiserver', ['--encryption-provider-config=/etc/kubernetes/enc.yaml']));
    const input = { choice: chosen(), nodes: ['a'], inventory: facts, answers: answersOf(facts) };
    expect(itemIn(judgeBenchmark(input), '1.2.28')).toMatchObject({ outcome: 'unknown' });
    expect(itemIn(judgeBenchmark(input, [collected('a', controlPlaneNode())]), '1.2.28')).toMatchObject({ outcome: 'pass', subjects: [{ found: 'secretbox' }] });
  });

  it('takes what a kubelet says itself for the truth', () => {
    const live = { kubeletconfig: { authentication: { anonymous: { enabled: true }, webhook: { enabled: true }, x509: {} }, authorization: { mode: 'Webhook' }, eventRecordQPS: 50, enableDebuggingHandlers: true, podPidsLimit: -1, streamingConnectionIdleTimeout: '4h0m0s' } };
    const facts = inventory(nodeObject('b'), { b: live });
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['b'], inventory: facts, answers: answersOf(facts) }, [collected('b', workerNode())]);
    expect(itemIn(judged, '4.2.1')).toMatchObject({ outcome: 'fail', subjects: [{ source: 'configz' }] });
    expect(itemIn(judged, '4.2.13')).toMatchObject({ outcome: 'fail' });
    expect(itemIn(judged, '4.2.8')).toMatchObject({ outcome: 'pass', subjects: [{ source: 'configz', found: '50' }] });
    expect(itemIn(judged, '4.2.7')).toMatchObject({ outcome: 'pass', subjects: [{ source: 'node' }] });
  });

  describe('and of its flags', () => {
    const flagz = (flags: Readonly<Record<string, string>>): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags });
    const live = { kubeletconfig: { authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: {} }, authorization: { mode: 'Webhook' }, eventRecordQPS: 50, enableDebuggingHandlers: true, podPidsLimit: 100, streamingConnectionIdleTimeout: '4h0m0s' } };
    const judgedBy = (flags: Readonly<Record<string, string>> | undefined, kubelet?: unknown, nodes: readonly CollectedNode[] = []): BenchmarkJudgement => {
      const facts = inventory(nodeObject('b'), kubelet === undefined ? {} : { b: kubelet }, flags && { b: flagz(flags) });
      return judgeBenchmark({ choice: chosen(), nodes: ['b'], inventory: facts, answers: answersOf(facts), inventoryAt: '2026-02-02T00:00:00.000Z' }, nodes);
    };
    const subject = { subject: 'b', source: 'flagz', at: '--hostname-override in flagz of the kubelet of b', gatheredAt: '2026-02-02T00:00:00.000Z' };

    it('decides what only flags tell', () => {
      expect(itemIn(judgedBy({ 'hostname-override': '' }, live), '4.2.7')).toMatchObject({ outcome: 'pass', subjects: [subject] });
      expect(itemIn(judgedBy({ 'hostname-override': 'x' }, live), '4.2.7')).toMatchObject({ outcome: 'fail', subjects: [{ ...subject, found: 'x' }] });
    });

    it('counts before what was seen on the node, and says when it was asked', () => {
      expect(itemIn(judgedBy({ 'hostname-override': 'x' }, live, [collected('b', workerNode())]), '4.2.7')).toMatchObject({ outcome: 'fail', subjects: [subject] });
      expect(itemIn(judgedBy({}, live, [collected('b', workerNode())]), '4.2.7')).toMatchObject({ outcome: 'pass', subjects: [{ source: 'node' }] });
    });

    it('passes nothing that it does not tell', () => {
      for (const flags of [undefined, {}, { 'hostname-override': 'CLASSIFIED' }] as readonly (Readonly<Record<string, string>> | undefined)[]) expect(itemIn(judgedBy(flags, live), '4.2.7')).toMatchObject({ outcome: 'unknown', subjects: [{ text: expect.stringContaining('/flagz') }] });
      // Whose file nobody read.
      const { items } = judgedBy({ config: '/c', 'config-dir': '', 'hostname-override': '', 'anonymous-auth': 'true', 'event-qps': '50', 'authorization-mode': 'AlwaysAllow' });
      const decided = items.filter(({ id, outcome }) => id.startsWith('4.2.') && outcome !== 'unknown').map(({ id, outcome }) => `${id} ${outcome}`);
      expect(decided).toEqual(['4.2.7 pass']);
    });

    it('says why it does not tell where nobody looked at the node', () => {
      const facts = { ...inventory(nodeObject('b')), kubeletFlags: new Map([['b', { state: 'missing', reason: 'not-requested', detail: 'the kubelet does not serve /flagz' } as const]]) };
      const without = { choice: chosen(), nodes: ['b'], inventory: facts, answers: answersOf(facts) };
      expect(itemIn(judgeBenchmark(without), '4.2.7')).toMatchObject({ outcome: 'unknown', subjects: [{ text: 'the kubelet does not serve /flagz; the node collector reads its command line' }] });
      expect(itemIn(judgeBenchmark(without, [collected('b', workerNode())]), '4.2.7')).toMatchObject({ outcome: 'pass', subjects: [{ source: 'node' }] });
    });

    it('stands in for configz as far as it goes: a flag is over a file', () => {
      const judged = judgedBy({ config: '/c', 'config-dir': '', 'anonymous-auth': 'false', 'event-qps': '100' });
      expect(itemIn(judged, '4.2.1')).toMatchObject({ outcome: 'pass', subjects: [{ source: 'flagz', at: 'flagz of the kubelet of b' }] });
      expect(itemIn(judged, '4.2.8')).toMatchObject({ outcome: 'pass', subjects: [{ found: '100', source: 'flagz', at: '--event-qps in flagz of the kubelet of b' }] });
      expect(itemIn(judged, '4.2.4').outcome).toBe('unknown');
      const bare = judgedBy({ config: '', 'config-dir': '', 'anonymous-auth': 'true', 'read-only-port': '10255' });
      expect(itemIn(bare, '4.2.1')).toMatchObject({ outcome: 'fail', subjects: [{ source: 'flagz' }] });
      expect(itemIn(bare, '4.2.4')).toMatchObject({ outcome: 'fail' });
      expect(itemIn(bare, '4.2.8').outcome).toBe('unknown');
    });

    it('has the one switch that configz does not show', () => {
      expect(itemIn(judgedBy(undefined, live), '4.2.14')).toMatchObject({ outcome: 'fail' });
      expect(itemIn(judgedBy({ 'seccomp-default': 'false' }, live), '4.2.14')).toMatchObject({ outcome: 'fail' });
      expect(itemIn(judgedBy({ 'seccomp-default': 'true' }, live), '4.2.14')).toMatchObject({ outcome: 'pass' });
    });
  });

  it('judges objects one by one', () => {
    const facts = inventory('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostPID: true, containers: [{name: app, image: x}]}');
    const judged = judgeBenchmark({ choice: chosen(), nodes: [], inventory: facts, answers: answersOf(facts) });
    expect(itemIn(judged, '5.2.3')).toMatchObject({ outcome: 'fail', decidedByMachine: true, subjects: [{ subject: 'Pod shop/web', status: 'fail', source: 'api' }] });
    expect(itemIn(judged, '5.2.4')).toMatchObject({ outcome: 'pass' });
  });
});

describe('several controls that answer one item', () => {
  const first = answerKey({ controlId: 'control-plane/default-sa-privileges' });
  const second = answerKey({ controlId: 'workloads/default-service-account' });
  const said = (finding?: Finding): Answer => ({ byNode: new Map(), others: finding ? [{ subject: 'cluster', finding }] : [], more: { pass: 0, fail: 0, unknown: 0, 'not-applicable': 0, manual: 0 } });
  const outcomeWhere = (one: Answer, other?: Answer): string =>
    itemIn(judgeBenchmark({ choice: chosen(), nodes: [], answers: new Map([[first, one], ...(other ? [[second, other] as const] : [])]) }), '5.1.5').outcome;

  it('pass it only where all of them do', () => {
    expect(itemsOf(benchmarks['cis-1.12']).find(({ id }) => id === '5.1.5')!.answeredBy!.map(answerKey)).toEqual([first, second]);
    expect(outcomeWhere(said(passes()), said(passes()))).toBe('pass');
    expect(outcomeWhere(said(passes()), said(doesNotApply('there is nothing of it')))).toBe('pass');
    expect(outcomeWhere(said(passes()), said(unknownFor('a list', right('pods'))))).toBe('unknown');
    expect(outcomeWhere(said(passes()), said(failsBy('one does')))).toBe('fail');
  });

  it('do not pass it where one was not judged, or broke', () => {
    expect(outcomeWhere(said(passes()))).toBe('unknown');
    const control = controlById.get('workloads/default-service-account')!;
    const broken = { ...control, check: () => { throw new TypeError('broken'); } };
    const pod = inventory('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: x}]}');
    const results = new ControlResults(benchmarks['cis-1.12'], [control], pod);
    const answers = results.finish(evaluate([broken], pod, {}, 0, undefined, results.observe));
    expect(outcomeWhere(said(passes()), answers.get(second))).toBe('unknown');
  });
});

it('an item of what the platform has not is not asked of its nodes', () => {
  const judged = judgeBenchmark({ choice: chosen('k3s-cis-1.9'), nodes: Array.from({ length: 10 }, (_, at) => `node-${at}`) });
  expect(itemIn(judged, '4.2.7')).toMatchObject({ outcome: 'not-applicable', nodes: { pass: 0, fail: 0, unknown: 0 } });
});

describe('kube-bench', () => {
  const check = (number: string, status: string, more = '') => `{"test_number":"${number}","test_desc":"x","audit":"x","AuditEnv":"","AuditConfig":"","type":"","remediation":"","test_info":[""],"status":"${status}","actual_value":"--profiling=false","scored":true,"IsMultiple":false,"expected_result":"'--profiling' is equal to 'false'"${more}}`;
  const report = (node: string, id: string, ...checks: readonly string[]) => mappedReport(readKubeBench(
    `{"Controls":[{"id":"${id}","version":"cis-1.12","detected_version":"1.33","text":"x","node_type":"x","tests":[{"section":"${id}.2","type":"","pass":1,"fail":0,"warn":0,"info":0,"desc":"x","results":[${checks.join(',')}]}],"total_pass":1,"total_fail":0,"total_warn":0,"total_info":0}],"Totals":{"total_pass":1,"total_fail":0,"total_warn":0,"total_info":0}}`,
    { nodes: [node] },
  )).evidence;

  it('decides where there is no evidence of ours, and is shown as the source', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'], kubeBench: report('a', '1', check('1.2.15', 'PASS'), check('1.3.2', 'FAIL')) });
    expect(itemIn(judged, '1.2.15')).toMatchObject({ outcome: 'pass', subjects: [{ subject: 'kube-apiserver on a', source: 'kube-bench', at: 'cis-1.12 1.2.15', found: '--profiling: false' }] });
    expect(itemIn(judged, '1.3.2')).toMatchObject({ outcome: 'fail', subjects: [{ source: 'kube-bench' }] });
    expect(itemIn(judged, '1.4.1')).toMatchObject({ outcome: 'unknown' });
  });

  it('never passes an item by a warning', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'], kubeBench: report('a', '4', check('4.2.13', 'WARN')) });
    expect(itemIn(judged, '4.2.13').outcome).toBe('manual');
  });

  it('never passes an item by a check that does not look', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'], kubeBench: report('a', '4', check('4.3.1', 'PASS')) });
    expect(itemIn(judged, '4.3.1')).toMatchObject({ outcome: 'unknown', sentence: expect.stringContaining('kube-bench reads the kubeconfig of kube-proxy') as string });
  });

  it('does not count where ours is there, and the reason is shown', () => {
    const node = collected('a', workerNode({ kubelet: { rotateCertificates: undefined } }));
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'], kubeBench: report('a', '4', check('4.2.10', 'PASS')) }, [node]);
    expect(itemIn(judged, '4.2.10')).toMatchObject({
      outcome: 'fail', subjects: [{ source: 'node' }],
      kubeBench: { status: 'PASS', agrees: false, because: 'kube-bench passes rotation of certificates that is not set; by default it is off; here the kubelet does not renew the certificate that it signs in with' },
    });
    const same = judgeBenchmark({ choice: chosen(), nodes: ['a'], kubeBench: report('a', '4', check('4.2.10', 'FAIL')) }, [node]);
    expect(itemIn(same, '4.2.10').kubeBench).toEqual({ status: 'FAIL', agrees: true });
  });

  it('is contradicted where it judges what does not run', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['b'], kubeBench: report('b', '1', check('1.2.15', 'FAIL')) }, [collected('b', workerNode())]);
    expect(itemIn(judged, '1.2.15')).toMatchObject({ outcome: 'unknown', kubeBench: { agrees: false, because: expect.stringContaining('does not run on the node') as string } });
  });
});

describe('advice', () => {
  it('names the one command of a cloud', () => {
    const judged = judgeBenchmark({ choice: chosen('eks-1.8.0'), nodes: [] });
    expect(judged.advice).toContain('upload the output of `aws eks describe-cluster --name NAME --output json` to decide 5 items');
  });

  it('names the right that decides most first', () => {
    expect(judgeBenchmark({ choice: chosen(), nodes: [] }).advice.filter((text) => text.startsWith('let scans'))[0]).toMatch(/^let scans read pods to decide \d+ items$/);
  });

  it('says on which nodes the collector is to be run where it saw no control plane', () => {
    const { advice } = judgeBenchmark({ choice: chosen(), nodes: ['b'] }, [collected('b', workerNode())]);
    expect(advice).toContainEqual(expect.stringMatching(/^run the collector on the nodes of the control plane to decide \d+ items$/));
    expect(advice).not.toContainEqual(expect.stringMatching(/^run the collector again/));
  });

  it('does not send anybody to the same nodes again for an etcd that is elsewhere', () => {
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['a'] }, [collected('a', controlPlaneNode({ argv: { etcd: null } }))]);
    expect(itemIn(judged, '2.1').outcome).toBe('unknown');
    expect(judged.advice).not.toContainEqual(expect.stringContaining('run the collector'));
  });

  it('says how the collector is to be run where it saw a part', () => {
    const node = workerNode();
    node.file('/proc/1/comm', 'pause\n').file('/proc/2/comm', 'pause\n');
    const judged = judgeBenchmark({ choice: chosen(), nodes: ['b'] }, [collected('b', node)]);
    expect(judged.advice[0]).toMatch(/^run the collector again as root/);
  });
});

it('keeps a hundred subjects of an item, the worst first, and counts all', () => {
  const names = Array.from({ length: 300 }, (_, index) => `n${index}`);
  const { evidence } = collected('x', workerNode());
  const bad = collected('x', workerNode({ kubelet: { readOnlyPort: 10_255 } })).evidence;
  const judged = judgeBenchmark({ choice: chosen(), nodes: names }, names.map((name, index) => ({ name, evidence: index < 250 ? evidence : bad, collectedAt: at })));
  const item = itemIn(judged, '4.2.4');
  expect(item.nodes).toMatchObject({ pass: 250, fail: 50, total: 300 });
  expect(item.subjects).toHaveLength(100);
  expect(item.subjects.map(({ status }) => status).lastIndexOf('fail')).toBe(49);
});

describe('a cluster of k3s that nobody looked at from within', () => {
  const args = (...words: readonly string[]): string => `{k3s.io/node-args: '${JSON.stringify(['server', ...words])}', k3s.io/node-env: '{}'}`;
  const k3s = (name: string, annotations?: string): Inventory => inventoryOf(objectsOf(`apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${ofControlPlane}${annotations === undefined ? '' : `, annotations: ${annotations}`}}\nstatus: {nodeInfo: {kubeletVersion: v1.33.4+k3s1}}\n`), { version: 'v1.33.4+k3s1' });
  const judged = (some: Inventory): BenchmarkJudgement => judgeBenchmark({ choice: chosen('k3s-cis-1.9'), nodes: ['a'], inventory: some, inventoryAt: at, answers: answersOf(some, 'k3s-cis-1.9') }, []);

  it('is judged by what k3s wrote on its node, which is named', () => {
    const told = judged(k3s('a', args('--kube-apiserver-arg', 'profiling=true')));
    expect(itemIn(told, '1.2.1').subjects).toMatchObject([{ subject: 'kube-apiserver on a', status: 'pass', at: 'k3s.io/node-args of node a' }]);
    expect([itemIn(told, '1.2.15').outcome, itemIn(told, '1.3.2').outcome, itemIn(told, '1.4.1').outcome]).toEqual(['fail', 'pass', 'pass']);
  });

  it('is unknown where k3s wrote nothing', () => {
    for (const id of ['1.2.1', '1.2.15', '1.3.2', '1.4.1']) expect(`${id} ${itemIn(judged(k3s('a')), id).outcome}`).toBe(`${id} unknown`);
  });
});
