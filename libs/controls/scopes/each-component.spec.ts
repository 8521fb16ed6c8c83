import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import type { ProbeFacts } from '#inventory/facts.js';
import { apiServerAnonymousAuth } from '../control-plane/api-server-anonymous-auth.js';
import { goodProbe } from '../control-plane/probe-example.js';
import { apiServerAuthz } from '../control-plane/api-server-authz.js';
import { apiServer } from '../control-plane/api-server-example.js';
import { etcdMutualTls } from '../control-plane/etcd-mutual-tls.js';
import { evaluate } from '../engine/evaluate.js';
import { hasKey } from '../engine/key-set.js';

const TODAY = Date.parse('2026-11-24T12:00:00Z');
const hosts = ['192.0.2.10', '192.0.2.11'] as const;
const argvAt = (host: string) => [
  'etcd', `--listen-client-urls=https://${host}:2379`, `--listen-peer-urls=https://${host}:2380`,
  ...['', 'peer-'].flatMap((side) => [`--${side}cert-file=/a.crt`, `--${side}key-file=/a.key`, `--${side}client-cert-auth=true`, `--${side}trusted-ca-file=/ca.crt`]),
];
const plainArgv = ['etcd'];

/** External etcd, of which API servers name both members. */
function judge(members: Readonly<Record<string, readonly string[]>>) {
  const { manifests } = apiServer([`--etcd-servers=${hosts.map((host) => `https://${host}:2379`).join(',')}`]);
  const inventory = inventoryOf(objectsOf(manifests), { nodes: Object.fromEntries(Object.entries(members).map(([node, argv]) => [node, { processes: [argv] }])) });
  return evaluate([etcdMutualTls], inventory, {}, TODAY)[0]!;
}

describe('components that nodes alone show', () => {
  it('are all of them where each member of etcd that an API server names was seen', () => {
    expect(judge({ 'etcd-1': argvAt(hosts[0]), 'etcd-2': argvAt(hosts[1]) })).toMatchObject({ outcome: 'pass', complete: true });
  });

  it('leave open what a member does that nobody saw, and resolve none of its findings', () => {
    const seen = judge({ 'etcd-1': argvAt(hosts[0]), 'etcd-2': plainArgv });
    expect(seen.failures.map(({ resource }) => resource.name)).toContain('etcd-2');
    const after = judge({ 'etcd-1': argvAt(hosts[0]) });
    expect(after).toMatchObject({ outcome: 'unknown', complete: false, failed: 0 });
    expect(after.unknowns[0]!.missing.detail).toContain('2 addresses, and 1 of its members');
  });
});

it('API servers that collectors saw do not stand for others that name an address', () => {
  const nodes = { master: { processes: [['kube-apiserver', '--authorization-mode=Node,RBAC']] } };
  expect(authz('', { nodes, apiServers: ['10.0.0.1'] })).toMatchObject({ outcome: 'pass', complete: true });
  expect(authz('', { nodes, apiServers: ['10.0.0.1', '10.0.0.2'] })).toMatchObject({ outcome: 'unknown', complete: false, failed: 0 });
});

const flagzOf = (flags: Readonly<Record<string, string>>): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'apiserver' }, flags: { 'authorization-config': '', 'endpoint-reconciler-type': 'lease', ...flags } });
const nodeAt = (name: string, address: string, more = '', version = 'v1.36.1') => `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}${more}}\nstatus: {nodeInfo: {kubeletVersion: ${version}}, addresses: [{type: InternalIP, address: ${address}}]}\n`;
const authz = (manifests: string, options: InventoryOptions = {}) => evaluate([apiServerAuthz], inventoryOf(objectsOf(manifests), options), {}, TODAY)[0]!;

describe('what the API server says of its own flags', () => {
  const good = flagzOf({ 'authorization-mode': '[Node,RBAC]' });
  const bad = flagzOf({ 'authorization-mode': '[AlwaysAllow]' });
  const ours = nodeAt('a', '10.0.0.1');

  it('decides where it is known to be the only one, and is named as what says it', () => {
    expect(authz(ours, { flagz: good, apiServers: ['10.0.0.1'] })).toMatchObject({ outcome: 'pass', complete: true });
    expect(authz(ours, { flagz: bad, apiServers: ['10.0.0.1'] }).failures[0]).toMatchObject({ resource: { kind: 'Cluster' }, detail: { source: 'flagz of the API server' } });
  });

  it.each([
    ['there are others', { flagz: good, apiServers: ['10.0.0.1', '10.0.0.2'] }],
    ['nobody knows which there are', { flagz: good }],
    ['its address is of no node', { flagz: good, apiServers: ['192.0.2.1'] }],
    ['none names an address', { flagz: good, apiServers: [] }],
    ['it names none itself', { flagz: flagzOf({ 'authorization-mode': '[Node,RBAC]', 'endpoint-reconciler-type': 'none' }), apiServers: ['10.0.0.1'] }],
  ] as const)('passes for nobody else where %s, and fails all the same', (_, options) => {
    expect(authz(ours, options)).toMatchObject({ outcome: 'unknown', complete: false });
    expect(authz(ours, { ...options, flagz: options.flagz.replace('[Node,RBAC]', '[AlwaysAllow]') }).outcome).toBe('fail');
  });

  it('speaks for all of those that a provider runs', () => {
    expect(authz(nodeAt('a', '10.0.0.1', ', labels: {eks.amazonaws.com/nodegroup: x}'), { flagz: good, apiServers: ['10.0.0.8', '10.0.0.9'] })).toMatchObject({ outcome: 'pass', complete: true });
  });

  it('says nothing more where it is one that is seen, and contradicts one that is not what it seems', () => {
    const { manifests } = apiServer(['--authorization-mode=Node,RBAC']);
    const told = { 'anonymous-auth': 'true', profiling: 'true', 'authorization-mode': '[Node,RBAC]' };
    expect(authz(manifests, { flagz: flagzOf(told) })).toMatchObject({ outcome: 'pass', passed: 4 });
    expect(authz(manifests, { flagz: flagzOf({ ...told, profiling: 'false' }) })).toMatchObject({ outcome: 'pass', passed: 8 });
    expect(authz(manifests, { flagz: bad }).failures.map(({ resource, part }) => `${resource.kind} ${part}`)).toEqual(['Cluster flagz/always-allow', 'Cluster flagz/node', 'Cluster flagz/rbac']);
  });
});

describe('what the API server said before, where it says nothing now', () => {
  it('stays as it was, and is resolved once it says otherwise', () => {
    const { manifests } = apiServer(['--authorization-mode=Node,RBAC']);
    const key = authz(manifests, { flagz: flagzOf({ 'authorization-mode': '[AlwaysAllow]' }) }).failures[0]!.key;
    const silent = authz(manifests);
    expect([silent.outcome, silent.complete, hasKey(silent.heldKeys, key)]).toEqual(['pass', true, true]);
    const right = authz(manifests, { flagz: flagzOf({ 'anonymous-auth': 'true', 'authorization-mode': '[Node,RBAC]' }) });
    expect([right.outcome, hasKey(right.heldKeys, key)]).toEqual(['pass', false]);
  });
});

it('what the API server took from anybody stays open where nobody asked again, whatever flags say', () => {
  const { manifests } = apiServer(['--anonymous-auth=false']);
  const anonymous = (probe?: ProbeFacts) => evaluate([apiServerAnonymousAuth], inventoryOf(objectsOf(manifests), probe ? { probe } : {}), {}, TODAY)[0]!;
  const [failure] = anonymous(goodProbe).failures;
  expect(failure!.resource.kind).toBe('Cluster');
  const unasked = anonymous();
  expect([unasked.outcome, unasked.complete, hasKey(unasked.heldKeys, failure!.key)]).toEqual(['pass', true, true]);
  const refused = anonymous({ ...goodProbe, anonymous: { ...goodProbe.anonymous, namespaces: 401 } });
  expect([refused.outcome, hasKey(refused.heldKeys, failure!.key)]).toEqual(['pass', false]);
});

describe('what k3s wrote on its nodes', () => {
  const server = (name: string, address: string, args = '["server"]') => nodeAt(name, address, `, labels: {node-role.kubernetes.io/control-plane: ""}, annotations: {k3s.io/node-args: '${args}', k3s.io/node-env: '{}'}`, 'v1.33.4+k3s1');

  it('decides, server by server', () => {
    expect(authz(server('a', '10.0.0.1') + server('b', '10.0.0.2'))).toMatchObject({ outcome: 'pass', complete: true, passed: 8 });
    const [failure] = authz(server('a', '10.0.0.1') + server('b', '10.0.0.2', '["server","--kube-apiserver-arg","authorization-mode=AlwaysAllow"]')).failures;
    expect(failure).toMatchObject({ resource: { kind: 'Node', name: 'b' }, detail: { source: 'k3s.io/node-args of node b' } });
  });

  it('is no server\'s where an agent wrote it: it passes nothing, and stands for none that nobody saw', () => {
    const agent = nodeAt('b', '10.0.0.2', `, annotations: {k3s.io/node-args: '["server"]', k3s.io/node-env: '{}'}`, 'v1.33.4+k3s1');
    expect(authz(server('a', '10.0.0.1') + agent, { apiServers: ['10.0.0.1', '10.0.0.3'] })).toMatchObject({ outcome: 'unknown', complete: false, passed: 4 });
    const forged = agent.replace('name: b', 'name: b, labels: {eks.amazonaws.com/nodegroup: x}').replace('v1.33.4+k3s1', 'v1.33.4-eks-1');
    expect(authz(forged)).toMatchObject({ outcome: 'unknown', passed: 0 });
  });

  it.each([
    ['of a server that wrote nothing', server('a', '10.0.0.1') + nodeAt('b', '10.0.0.2', ', labels: {node-role.kubernetes.io/control-plane: ""}', 'v1.33.4+k3s1'), {}],
    ['of a server that is no node', server('a', '10.0.0.1'), { apiServers: ['10.0.0.1', '10.0.0.2'] }],
    ['where not all nodes were read', server('a', '10.0.0.1'), { outcomes: { nodes: { state: 'partial', count: 1, reason: 'timed-out', detail: 'slow' } } }],
  ] as const)('says nothing %s', (_, manifests, options) => {
    expect(authz(manifests, options)).toMatchObject({ outcome: 'unknown', complete: false, failed: 0 });
  });
});
