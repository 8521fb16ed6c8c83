import { describe, expect, it } from 'vitest';
import { controlById } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import type { Example } from '#controls/engine/example.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { inventoryOfExample } from '#test/support/example-inventory.js';
import { itemsOf } from '../../benchmark.js';
import { benchmarks } from '../../benchmarks.js';
import { answerKey } from '../controls/answer.js';
import { ControlResults } from '../controls/control-results.js';
import { planOf } from '../item-plan.js';
import { partRuleOf } from './node-parts.js';
import { NodeView } from './node-view.js';
import { judgeComponent } from './settings.js';

const cis = benchmarks['cis-1.12'];
const answers = new Map(itemsOf(cis).flatMap(({ answeredBy = [] }) => answeredBy.map((answer) => [answerKey(answer), answer] as const)));

/** Values of variables are no facts of the API: a node of which nobody read them knows as little. */
const processOf = (component: ComponentProcess['component'], pid: number, argv: readonly string[], hasVariables: boolean): ComponentProcess => ({
  component, pid, argv, isArgvTruncated: false, isArgvTitle: false, withheld: [], exe: { state: 'absent', detail: '' }, uid: 0,
  environment: hasVariables ? { state: 'denied', detail: '' } : { state: 'read', value: [] }, mounts: { state: 'read', value: [] },
});

/** The static pods of an example as processes of one node. */
function nodeOf(example: Example): NodeView {
  const inventory = inventoryOfExample(example);
  const processes = inventory.workloads.flatMap((workload, index) => workload.templates.flatMap((id) => inventory.templates.get(id).containers.flatMap(({ componentCommand }) => {
    const facts = inventory.components.find(({ pod }) => pod === workload.name);
    return componentCommand && facts ? [processOf(facts.component, 100 + index, componentCommand, facts.variables !== undefined)] : [];
  })));
  return new NodeView(evidenceOf({ processes: { items: processes, truncated: false } }), { name: 'a', platform: 'kubeadm', ...(inventory.cluster.version !== undefined && { serverVersion: inventory.cluster.version }) });
}

const cases = [...answers.values()].flatMap((answer) => {
  const part = partRuleOf(answer);
  const control = controlById.get(answer.controlId)!;
  if (!part || part.component === 'kubelet') return [];
  const { passes, fails, unknown = [], notApplicable = [] } = control.examples;
  return [...passes, ...fails, ...unknown, ...notApplicable].filter((example) => /kind: Pod/.test(example.manifests)).map((example, index) => [`${answerKey(answer)} ${index}`, answer, part, example] as const);
});

/** Where a node tells more than flags, or its benchmark asks more than the control. */
const differs: Readonly<Record<string, string>> = {
  'control-plane/etcd-exposure#authority@': 'certificates are compared, and files that nobody gave leave it unknown',
  'control-plane/api-server-authn#identity-provider@': 'who is bound by name is known to the API alone',
  'control-plane/api-server-admission#always-pull-images@': 'kubelets of the cluster are known to the API alone',
};

describe('a node says of a command line what its control says of the same in a static pod', () => {
  // oxlint-disable-next-line vitest/expect-expect -- what is expected depends on the example
  it.each(cases.filter(([, answer]) => !Object.hasOwn(differs, answerKey(answer))))('%s', (_, answer, part, example) => {
    const inventory = inventoryOfExample(example);
    const control = controlById.get(answer.controlId)!;
    const results = new ControlResults(cis, [control], inventory);
    const api = [...results.finish(evaluate([control], inventory, example.policy, 0, undefined, results.observe)).get(answerKey(answer))!.byNode.values()];
    const view = nodeOf(example);
    if (view.presence(part.component).state !== 'runs') return expect(api.map(({ status }) => status)).toEqual([]);
    const own = judgeComponent(view, part.component, (started, version) => part.judge(view, started, version));
    // With AlwaysAllow among its modes the server takes no anonymous requests, whatever the flag says; controls want to see that it does not.
    if (answer.controlId === 'control-plane/api-server-anonymous-auth' && (!/authorization-(mode|config)/.test(example.manifests) || example.manifests.includes('AlwaysAllow'))) return expect(['pass', 'unknown']).toContain(own.status);
    for (const { status, text } of api) if (status !== 'unknown' && own.status !== 'unknown') expect(own.status, `${text} | ${own.text}`).toBe(status);
    // A node knows what a flag names only where its file was read.
    if (api.some(({ status }) => status === 'unknown')) expect(own.status).toBe('unknown');
  });

  it('in many examples of which most decide something', () => {
    expect(cases.length).toBeGreaterThan(200);
  });
});

it('has a rule for every setting of a component that a control decides', () => {
  const plans = Object.values(benchmarks).flatMap((benchmark) => itemsOf(benchmark).map((item) => planOf(item, benchmark.platform)));
  const left = plans.flatMap((plan) => (plan.by === 'nodes' ? plan.answers.filter(({ onNode }) => !onNode).map(({ key }) => key) : []));
  expect([...new Set(left)]).toEqual([]);
});
