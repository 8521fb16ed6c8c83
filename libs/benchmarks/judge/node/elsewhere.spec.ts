import { describe, expect, it } from 'vitest';
import type { ComponentProcess } from '#nodes/component-process.js';
import type { FileFact, TreeFact } from '#nodes/file-fact.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { fileMode, ownedByRoot } from '../../rules/rule.js';
import { equal } from '../../rules/value-test.js';
import { judgeMode, judgeOwner } from './file-rules.js';
import { NodeView } from './node-view.js';
import { judgeFlag } from './setting-rules.js';

const listed = <T>(...items: readonly T[]): { readonly items: readonly T[]; readonly truncated: boolean } => ({ items, truncated: false });
const present = (path: string, mode = 0o600): FileFact => ({ path, state: 'present', kind: 'file', mode, uid: 0, gid: 0, owner: 'root', group: 'root' });
const folder = (path: string): FileFact => ({ ...present(path, 0o755), kind: 'directory' } as FileFact);
const tree = (path: string, ...paths: readonly string[]): TreeFact => ({ path, depth: 8, state: 'read', paths, truncated: false });
const none = (path: string): TreeFact => ({ path, depth: 8, state: 'absent', paths: [], truncated: false });
const process = (component: ComponentProcess['component'], flags: readonly string[], container?: ComponentProcess['container']): ComponentProcess => ({
  component, pid: component.length, argv: [component, ...flags], isArgvTruncated: false, isArgvTitle: false, withheld: [], exe: { state: 'absent', detail: '' }, uid: 0,
  environment: { state: 'read', value: [] }, mounts: { state: 'read', value: [{ at: '/', host: '/' }] }, ...(container && { container }),
});
const viewOf = (evidence: Partial<NodeEvidence>): NodeView => new NodeView(evidenceOf(evidence), { name: 'n', platform: 'kubeadm', kubeletVersion: 'v1.33.0', serverVersion: 'v1.33.0' });
const modeOf = (rule: ReturnType<typeof fileMode>, evidence: Partial<NodeEvidence>): string => judgeMode(viewOf(evidence), rule).status;

const pki = '/etc/kubernetes/pki';
const keys = fileMode(0o600, 'pki-keys');
const certificates = fileMode(0o644, 'pki-certificates');

describe('keys that the API server is told of', () => {
  const server = (...flags: readonly string[]): Partial<NodeEvidence> => ({ processes: listed(process('kube-apiserver', flags)) });
  const elsewhere = server('--tls-private-key-file=/opt/keys/a.key', '--tls-cert-file=/opt/keys/a.crt');

  it('are judged in another folder with all that is in it, where it was listed', () => {
    const given = (mode: number): Partial<NodeEvidence> => ({ ...elsewhere, trees: listed(none(pki), tree('/opt/keys', '/opt/keys/a.key', '/opt/keys/b.key', '/opt/keys/a.crt')), files: listed(folder('/opt/keys'), present('/opt/keys/a.key'), present('/opt/keys/b.key', mode), present('/opt/keys/a.crt')) });
    expect([modeOf(keys, given(0o600)), modeOf(keys, given(0o640)), modeOf(certificates, given(0o640))]).toEqual(['pass', 'fail', 'pass']);
  });

  it('are unknown where it was not', () => {
    const given = { ...elsewhere, trees: listed(none(pki)), files: listed(present('/opt/keys/a.key'), present('/opt/keys/a.crt')) };
    expect([modeOf(keys, given), modeOf(certificates, given), judgeOwner(viewOf(given), ownedByRoot('pki')).status]).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('are judged beside those at the usual place', () => {
    const given = (...files: readonly FileFact[]): Partial<NodeEvidence> => ({ ...elsewhere, trees: listed(tree(pki, `${pki}/sa.key`)), files: listed(folder(pki), present(`${pki}/sa.key`), ...files) });
    expect([modeOf(keys, given(present('/opt/keys/a.key'))), modeOf(keys, given(present('/opt/keys/a.key', 0o644))), modeOf(keys, given())]).toEqual(['pass', 'fail', 'unknown']);
  });

  it('are none where no API server runs, and unknown where nobody can say whether one does', () => {
    expect(modeOf(keys, { trees: listed(none(pki)) })).toBe('not-applicable');
    expect(modeOf(keys, { trees: listed(none(pki)), processes: { items: [], truncated: true } })).toBe('unknown');
  });
});

describe('a manifest', () => {
  const rule = fileMode(0o600, 'api-server-manifest');
  const trees = listed(none('/etc/kubernetes/manifests'));

  it('of what runs in a container is somewhere', () => {
    expect(modeOf(rule, { trees, processes: listed(process('kube-apiserver', [], { id: 'a', podUid: 'b1946ac92492d2347c6235b4d2611184' })) })).toBe('unknown');
    expect(modeOf(rule, { trees, processes: listed(process('kube-apiserver', [])) })).toBe('not-applicable');
  });

  it('at the usual place proves nothing while the kubelet reads a folder that nobody listed', () => {
    const kubelet = (path: string): Partial<NodeEvidence> => ({ processes: listed(process('kubelet', [`--pod-manifest-path=${path}`]), process('kube-apiserver', [])), trees: listed(tree('/etc/kubernetes/manifests', '/etc/kubernetes/manifests/kube-apiserver.yaml')), files: listed(present('/etc/kubernetes/manifests/kube-apiserver.yaml')) });
    expect(modeOf(rule, kubelet('/etc/kubernetes/manifests'))).toBe('pass');
    expect(modeOf(rule, kubelet('/srv/pods'))).toBe('unknown');
  });
});

it('says the number of an account that is called root and is not', () => {
  const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
  const owned = { ...present(manifest), uid: 12_345 } as FileFact;
  expect(judgeOwner(viewOf({ files: listed(owned) }), ownedByRoot('api-server-manifest'))).toMatchObject({ status: 'fail', text: `${manifest} is owned by root (uid 12345):root, not by root:root` });
});

it('judges every k3s of a node by its own arguments', () => {
  const k3s = (pid: number, ...flags: readonly string[]): ComponentProcess => ({ ...process('k3s-server', []), pid, argv: ['k3s', 'server', ...flags] });
  const evidence = { configs: listed({ kind: 'rancher' as const, path: '/etc/rancher/k3s/config.yaml', content: { state: 'absent' as const, detail: '' } }), trees: listed(none('/etc/rancher/k3s/config.yaml.d')) };
  const statusOf = (...processes: readonly ComponentProcess[]): string =>
    judgeFlag(viewOf({ ...evidence, processes: listed(...processes) }), { kind: 'flag', component: 'kube-apiserver', flag: 'profiling', is: equal(false) }).status;
  expect(statusOf(k3s(1), k3s(2))).toBe('pass');
  expect(statusOf(k3s(1), k3s(2, '--kube-apiserver-arg=profiling=true'))).toBe('fail');
});
