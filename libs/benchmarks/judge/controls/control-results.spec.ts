import { describe, expect, it } from 'vitest';
import { controlById } from '#controls/catalogue.js';
import { evaluate } from '#controls/engine/evaluate.js';
import type { Control } from '#controls/engine/control.js';
import type { ControlPolicy } from '#controls/engine/world.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import type { ControlAnswer } from '../../benchmark.js';
import { benchmarks } from '../../benchmarks.js';
import { answerKey } from './answer.js';
import { ControlResults, type Answer } from './control-results.js';

function answer(of: ControlAnswer, yaml: string, options: InventoryOptions = {}, policy: ControlPolicy = {}, control: Control = controlById.get(of.controlId)!): Answer {
  const inventory = inventoryOf(objectsOf(yaml), options);
  const results = new ControlResults(benchmarks['cis-1.12'], [control], inventory);
  return results.finish(evaluate([control], inventory, policy, 0, undefined, results.observe)).get(answerKey(of))!;
}

const pod = (name: string, spec: string, namespace = 'shop'): string => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
const hostPid: ControlAnswer = { controlId: 'workloads/host-namespaces', part: 'hostPID' };

describe('what a control says, subject by subject', () => {
  it('is that of one part', () => {
    const { others } = answer(hostPid, pod('a', '{hostPID: true, containers: [{name: c, image: x}]}') + pod('b', '{hostIPC: true, containers: [{name: c, image: x}]}'));
    expect(others.map(({ subject, finding: { status } }) => [subject, status])).toEqual([['Pod shop/a', 'fail'], ['Pod shop/b', 'pass']]);
  });

  it('is that of one of several rules that are judged together', () => {
    const windows: ControlAnswer = { controlId: 'workloads/pss-baseline', part: 'windowsHostProcess' };
    const { others } = answer(windows, pod('a', '{hostNetwork: true, containers: [{name: c, image: x}]}') + pod('b', '{os: {name: windows}, hostNetwork: true, securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: c, image: x}]}'));
    expect(others.map(({ finding: { status } }) => status)).toEqual(['pass', 'fail']);
  });

  it('is a failure of each of these rules where it names none', () => {
    const windows: ControlAnswer = { controlId: 'workloads/pss-baseline', part: 'windowsHostProcess' };
    const silent: Control = { ...controlById.get(windows.controlId)!, check: () => ({ status: 'fail', message: 'it breaks a rule', proven: true }) };
    expect(answer(windows, pod('a', '{containers: [{name: c, image: x}]}'), {}, {}, silent).others.map(({ finding: { status } }) => status)).toEqual(['fail']);
  });

  it('is not held against what is expected', () => {
    const { others } = answer({ controlId: 'workloads/psa-enforce', part: 'enforce' }, ['kube-public', 'shop'].map((name) => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`).join(''));
    expect(others.map(({ subject, finding: { status } }) => [subject, status])).toEqual([['Namespace kube-public', 'not-applicable'], ['Namespace shop', 'fail']]);
  });

  it('tells what could not be read as a whole', () => {
    const { others, whole } = answer(hostPid, '', { outcomes: { pods: { state: 'missing', reason: 'forbidden', detail: 'pods are forbidden' } } });
    expect(others).toEqual([]);
    expect(whole).toMatchObject({ status: 'unknown', text: expect.stringContaining('forbidden') as string, need: { of: 'right', resource: 'pods' } });
  });

  it('does not apply where there is nothing to judge, which was looked for', () => {
    expect(answer(hostPid, '').whole).toMatchObject({ status: 'not-applicable' });
  });

  it('is unknown where the control is switched off', () => {
    expect(answer(hostPid, pod('a', '{containers: [{name: c, image: x}]}'), {}, { controls: { 'workloads/host-namespaces': { off: 'not wanted' } } }).whole).toMatchObject({ status: 'unknown' });
  });

  it('names the nodes of processes by the node that is longest', () => {
    const mirror = (name: string, component: string): string => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: kube-system, annotations: {kubernetes.io/config.mirror: a}, labels: {component: ${component}, tier: control-plane}}\nspec: {containers: [{name: ${component}, image: x, command: [${component}, --profiling=false]}]}\n`;
    const nodes = ['cp', 'eu-cp'].map((name) => `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n`).join('');
    const profiling: ControlAnswer = { controlId: 'control-plane/controller-manager-and-scheduler', part: 'scheduler-profiling', component: 'kube-scheduler' };
    const { byNode, whole } = answer(profiling, nodes + mirror('kube-scheduler-eu-cp', 'kube-scheduler') + mirror('my-scheduler-cp', 'kube-scheduler'));
    expect([...byNode.keys()].toSorted()).toEqual(['cp', 'eu-cp']);
    // That nobody saw a controller manager is not the scheduler's to answer for.
    expect(whole).toBeUndefined();
  });

  it('keeps some subjects of each status by name, and counts the rest', () => {
    const many = Array.from({ length: 1_020 }, (_, index) => pod(`p${index}`, '{hostPID: true, containers: [{name: c, image: x}]}')).join('');
    const { others, more } = answer(hostPid, many);
    expect(others).toHaveLength(1_000);
    expect(more.fail).toBe(20);
  });
});
