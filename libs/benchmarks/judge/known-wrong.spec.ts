import { afterEach, describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { controlPlaneNode, encryption, workerNode, BenchmarkNode, type NodeChanges } from '#test/support/benchmark-nodes.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { controlById } from '#controls/catalogue.js';
import { itemsOf, type BenchmarkId } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';
import { ControlResults } from './controls/control-results.js';
import { judgeBenchmark } from './judge-benchmark.js';
import type { JudgedItem } from './judgement.js';

/** What kube-bench is known to judge wrongly, and what holds instead. */
const made: BenchmarkNode[] = [];
afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});
const isRoot = process.geteuid?.() === 0;

function judged(node: BenchmarkNode, id: BenchmarkId = 'cis-1.12', kubeletVersion?: string): (item: string) => JudgedItem {
  made.push(node);
  const { items } = judgeBenchmark({ choice: { state: 'chosen', benchmark: benchmarks[id], reason: '' }, nodes: ['n'] }, [{ name: 'n', evidence: node.collect(), collectedAt: '2026-01-01T00:00:00.000Z', ...(kubeletVersion !== undefined && { kubeletVersion }) }]);
  return (item) => items.find((one) => one.id === item)!;
}

const onServer = (item: string, changes: NodeChanges, prepare: (node: BenchmarkNode) => void = () => {}): string => {
  const node = controlPlaneNode(changes);
  prepare(node);
  return judged(node)(item).outcome;
};
const onWorker = (item: string, changes: NodeChanges, prepare: (node: BenchmarkNode) => void = () => {}): string => {
  const node = workerNode(changes);
  prepare(node);
  return judged(node)(item).outcome;
};
const apiServer = (flags: Readonly<Record<string, string | undefined>>, version?: string): NodeChanges => ({ flags: { 'kube-apiserver': flags }, ...(version !== undefined && { version }) });
const structured = (body: string, kind: string): string => `apiVersion: apiserver.config.k8s.io/v1\nkind: ${kind}\n${body}\n`;

describe('where kube-bench passes', () => {
  it.each([
    ['1.3.7 unset: it listens on every address', '1.3.7', { flags: { 'kube-controller-manager': { 'bind-address': undefined } } }],
    ['1.4.2 unset: it listens on every address', '1.4.2', { flags: { 'kube-scheduler': { 'bind-address': undefined } } }],
    ['1.3.1 of 0: pods are never collected', '1.3.1', { flags: { 'kube-controller-manager': { 'terminated-pod-gc-threshold': '0' } } }],
    ['1.2.9 without a file of limits', '1.2.9', apiServer({ 'admission-control-config-file': undefined })],
    ['1.2.27 by a flag with a longer name', '1.2.27', apiServer({ 'encryption-provider-config': undefined, 'encryption-provider-config-automatic-reload': 'true' })],
    ['1.2.8 by a word that holds RBAC', '1.2.8', apiServer({ 'authorization-mode': 'Node,XRBACX' })],
    ['2.7 with the cluster\'s own CA', '2.7', { flags: { etcd: { 'trusted-ca-file': '/etc/kubernetes/pki/ca.crt' } } }],
    ['2.3 with etcd\'s flag of one dash', '2.3', { argv: { etcd: ['etcd', '-auto-tls=true', '--data-dir=/var/lib/etcd'] } }],
    ['2.6 with etcd\'s flag of one dash', '2.6', { argv: { etcd: ['etcd', '-peer-auto-tls=true', '--listen-peer-urls=https://10.0.0.10:2380', '--data-dir=/var/lib/etcd'] } }],
    ['a flag whose last value counts', '1.2.15', { argv: { 'kube-apiserver': ['kube-apiserver', '--profiling=false', '--profiling=true'] } }],
  ] as const)('%s: fails', (_, item, changes) => {
    expect(onServer(item, changes)).toBe('fail');
  });

  it('1.4.1 by a flag that the scheduler ignores, for its file decides: fails', () => {
    const config = (value: string) => (node: BenchmarkNode): void => void node.file('/etc/kubernetes/sched.yaml', `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nenableProfiling: ${value}\n`);
    const changes: NodeChanges = { flags: { 'kube-scheduler': { config: '/etc/kubernetes/sched.yaml' } } };
    expect(onServer('1.4.1', changes, config('true'))).toBe('fail');
    expect(onServer('1.4.1', { flags: { 'kube-scheduler': { config: '/etc/kubernetes/sched.yaml', profiling: 'true' } } }, config('false'))).toBe('pass');
  });

  it('1.2.28 by the first provider of another resource: fails', () => {
    expect(onServer('1.2.28', {}, (node) => node.file('/etc/kubernetes/enc.yaml', structured('resources: [{resources: [configmaps], providers: [{secretbox: {keys: [{name: a, secret: YQ==}]}}]}, {resources: [secrets], providers: [{identity: {}}]}]', 'EncryptionConfiguration')))).toBe('fail');
    expect(onServer('1.2.28', {}, (node) => node.file('/etc/kubernetes/enc.yaml', encryption('{aesgcm: {keys: [{name: a, secret: YQ==}]}}')))).toBe('fail');
  });

  it.each([
    ['4.2.4 unset of a kubelet without a file, which opens 10255', '4.2.4', { argv: { kubelet: ['kubelet', '--kubeconfig=/etc/kubernetes/kubelet.conf'] } }],
    ['4.2.5 of 0s', '4.2.5', { kubeletArgs: ['--streaming-connection-idle-timeout=0s'] }],
    ['4.2.10 unset', '4.2.10', { kubelet: { rotateCertificates: undefined } }],
    ['4.2.13 of -1', '4.2.13', { kubelet: { podPidsLimit: -1 } }],
    ['4.2.14 of false', '4.2.14', { kubelet: { seccompDefault: false } }],
  ] as const)('%s: fails', (_, item, changes) => {
    expect(onWorker(item, changes)).toBe('fail');
  });

  it('4.3.1 by the kubeconfig, while the configuration opens the port: fails', () => {
    const proxy = (address: string): string => onWorker('4.3.1', { argv: { 'kube-proxy': ['kube-proxy', '--config=/var/lib/kube-proxy/config.conf'] } }, (node) => node.file('/var/lib/kube-proxy/config.conf', `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: "${address}"\n`));
    expect(proxy('0.0.0.0:10249')).toBe('fail');
    expect(proxy('')).toBe('pass');
    expect(proxy('[::1]:10249')).toBe('pass');
  });

  it.runIf(isRoot)('1.1.2 of an owner whose name begins with root: fails', () => {
    const owned = (group: string): string => onServer('1.1.2', {}, (node) => node.file('/etc/group', `root:x:0:\n${group}:x:4242:\n`, 0o644).owner('/etc/kubernetes/manifests/kube-apiserver.yaml', 0, 4242));
    expect(owned('root-ops')).toBe('fail');
    expect(onServer('1.1.2', {}, (node) => node.file('/etc/passwd', 'root:x:0:0::/:/bin/sh\nnonroot:x:77:77::/:/bin/sh\n', 0o644).owner('/etc/kubernetes/manifests/kube-apiserver.yaml', 77, 0))).toBe('fail');
  });

  it('4.1.2 where it finds no file: does not apply', () => {
    const node = workerNode();
    made.push(node);
    node.root.file('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', '');
    expect(judged(node)('4.1.2').outcome).toBe(isRoot ? 'pass' : 'fail');
    const bare = workerNode();
    expect(onWorkerWithout(bare, '4.1.2')).toBe('not-applicable');
  });
});

function onWorkerWithout(node: BenchmarkNode, item: string): string {
  made.push(node);
  const evidence = node.collect();
  const units = { ...evidence.units, items: [] };
  const { items } = judgeBenchmark({ choice: { state: 'chosen', benchmark: benchmarks['cis-1.12'], reason: '' }, nodes: ['n'] }, [{ name: 'n', evidence: { ...evidence, units }, collectedAt: '2026-01-01T00:00:00.000Z' }]);
  return items.find((one) => one.id === item)!.outcome;
}

describe('where kube-bench fails or warns', () => {
  it.each([
    ['1.2.17 unset from 1.36 on', '1.2.17', 'pass', { 'audit-log-maxage': undefined }, 'v1.36.0'],
    ['1.2.18 unset from 1.36 on', '1.2.18', 'pass', { 'audit-log-maxbackup': undefined }, 'v1.36.0'],
    ['1.2.19 unset from 1.36 on', '1.2.19', 'pass', { 'audit-log-maxsize': undefined }, 'v1.36.0'],
    ['1.2.17 unset before', '1.2.17', 'fail', { 'audit-log-maxage': undefined }, 'v1.35.0'],
  ] as const)('%s: %s %s', (_, item, outcome, flags, serverVersion) => {
    const node = controlPlaneNode(apiServer(flags));
    made.push(node);
    const evidence = node.collect();
    const configs = { ...evidence.configs, items: evidence.configs.items.filter(({ kind }) => kind !== 'static-pod') };
    const { items } = judgeBenchmark({ choice: { state: 'chosen', benchmark: benchmarks['cis-1.12'], reason: '' }, nodes: ['n'], serverVersion }, [{ name: 'n', evidence: { ...evidence, configs }, collectedAt: '2026-01-01T00:00:00.000Z' }]);
    expect(items.find((one) => one.id === item)!.outcome).toBe(outcome);
  });

  it.each([
    ['1.2.15 of a value behind a space', { argv: { 'kube-apiserver': ['kube-apiserver', '--audit-log-maxage', '30', '--audit-log-path', '/a', '--profiling=f'] } }, '1.2.15'],
    ['1.2.17 of a value behind a space', { argv: { 'kube-apiserver': ['kube-apiserver', '--audit-log-maxage', '30', '--audit-log-path', '/a'] } }, '1.2.17'],
    ['1.2.16 with underscores', { argv: { 'kube-apiserver': ['kube-apiserver', '--audit_log_path=/a'] } }, '1.2.16'],
    ['1.2.14 of a list given twice', { argv: { 'kube-apiserver': ['kube-apiserver', '--enable-admission-plugins=EventRateLimit', '--enable-admission-plugins=NodeRestriction'] } }, '1.2.14'],
    ['1.2.22 with an external signer', apiServer({ 'service-account-key-file': undefined, 'service-account-signing-endpoint': '/run/signer.sock' }), '1.2.22'],
    ['1.3.4 with an external signer', { flags: { 'kube-apiserver': { 'service-account-signing-endpoint': '/run/signer.sock' }, 'kube-controller-manager': { 'service-account-private-key-file': undefined } } }, '1.3.4'],
    ['1.2.29 of a server that takes TLS 1.3 alone', apiServer({ 'tls-cipher-suites': undefined, 'tls-min-version': 'VersionTLS13' }), '1.2.29'],
    ['1.3.7 on ::1', { flags: { 'kube-controller-manager': { 'bind-address': '::1' } } }, '1.3.7'],
    ['1.4.2 on ::1', { flags: { 'kube-scheduler': { 'bind-address': '::1' } } }, '1.4.2'],
    ['2.2 with etcd\'s flag of one dash', { argv: { etcd: ['etcd', '-client-cert-auth=true', '--data-dir=/var/lib/etcd'] } }, '2.2'],
  ] as const)('%s: passes', (_, changes, item) => {
    expect(onServer(item, changes)).toBe('pass');
  });

  it('1.2.16 to 1.2.19 with a webhook alone: the log goes elsewhere', () => {
    const changes = apiServer({ 'audit-log-path': undefined, 'audit-webhook-config-file': '/etc/kubernetes/hook.yaml' });
    expect(['1.2.16', '1.2.17', '1.2.18', '1.2.19'].map((item) => onServer(item, changes))).toEqual(['pass', 'not-applicable', 'not-applicable', 'not-applicable']);
  });

  it('1.2.6 to 1.2.8 with --authorization-config: the file decides', () => {
    const changes = apiServer({ 'authorization-mode': undefined, 'authorization-config': '/etc/kubernetes/authz.yaml' });
    const judge = (types: string) => ['1.2.6', '1.2.7', '1.2.8'].map((item) => onServer(item, changes, (node) => node.file('/etc/kubernetes/authz.yaml', structured(`authorizers: [${types}]`, 'AuthorizationConfiguration'))));
    expect(judge('{type: Node, name: node}, {type: RBAC, name: rbac}')).toEqual(['pass', 'pass', 'pass']);
    expect(judge('{type: AlwaysAllow, name: all}')).toEqual(['fail', 'fail', 'fail']);
    expect(['1.2.6', '1.2.7', '1.2.8'].map((item) => onServer(item, changes))).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('1.2.1 with an AuthenticationConfiguration: the file decides', () => {
    const changes = apiServer({ 'anonymous-auth': undefined, 'authentication-config': '/etc/kubernetes/authn.yaml' });
    const judge = (body: string): string => onServer('1.2.1', changes, (node) => node.file('/etc/kubernetes/authn.yaml', structured(body, 'AuthenticationConfiguration')));
    expect(judge('anonymous: {enabled: false}')).toBe('pass');
    expect(judge('anonymous: {enabled: true}')).toBe('fail');
    expect(judge('anonymous: {enabled: true, conditions: [{path: /livez}]}')).toBe('manual');
    expect(judge('jwt: []')).toBe('fail');
  });

  it('1.2.23 and 1.2.26 with a store behind a socket: do not apply', () => {
    const changes = apiServer({ 'etcd-servers': 'unix:///run/kine.sock', 'etcd-cafile': undefined, 'etcd-certfile': undefined, 'etcd-keyfile': undefined });
    expect(['1.2.23', '1.2.26'].map((item) => onServer(item, changes))).toEqual(['not-applicable', 'not-applicable']);
  });

  it('1.2.28 of a file in JSON: passes', () => {
    expect(onServer('1.2.28', {}, (node) => node.file('/etc/kubernetes/enc.yaml', '{"apiVersion":"apiserver.config.k8s.io/v1","kind":"EncryptionConfiguration","resources":[{"resources":["secrets"],"providers":[{"kms":{"apiVersion":"v2","name":"k","endpoint":"unix:///k"}},{"identity":{}}]}]}'))).toBe('pass');
    // What is for all resources is for secrets too.
    expect(onServer('1.2.28', {}, (node) => node.file('/etc/kubernetes/enc.yaml', structured("resources: [{resources: ['*.'], providers: [{aescbc: {keys: [{name: a, secret: YQ==}]}}]}]", 'EncryptionConfiguration')))).toBe('pass');
  });

  it.runIf(isRoot)('1.1.1, 1.1.5, 1.1.6, 1.1.7 and 1.1.20 of links: their targets are judged, and their directories', () => {
    const linked = (item: string, path: string, directory: number, mode: number): string => onServer(item, {}, (node) => {
      node.file('/srv/target', 'kind: Pod\n', mode);
      node.root.link(`${path}.link`, '/srv/target');
      if (path.endsWith('manifests/')) node.mode('/etc/kubernetes/manifests', directory);
    });
    expect(linked('1.1.20', '/etc/kubernetes/pki/a.crt', 0o755, 0o644)).toBe('pass');
    const swapped = (item: string, name: string, directory: number, mode: number): string => {
      const node = controlPlaneNode({ argv: { [name]: null } });
      node.file('/srv/target.yaml', 'kind: Pod\n', mode);
      node.root.link(`/etc/kubernetes/manifests/${name}.yaml`, '/srv/target.yaml');
      node.mode('/etc/kubernetes/manifests', directory);
      return judged(node)(item).outcome;
    };
    expect([swapped('1.1.1', 'kube-apiserver', 0o755, 0o600), swapped('1.1.5', 'kube-scheduler', 0o755, 0o600), swapped('1.1.6', 'kube-scheduler', 0o755, 0o600), swapped('1.1.7', 'etcd', 0o755, 0o600)]).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(swapped('1.1.1', 'kube-apiserver', 0o755, 0o644)).toBe('fail');
    expect(swapped('1.1.1', 'kube-apiserver', 0o777, 0o600)).toBe('fail');
  });

  it('1.1.7, 1.1.8, 1.1.11 and 1.1.12 where etcd runs elsewhere: do not apply, and of 2.* nobody knows', () => {
    expect(['1.1.7', '1.1.8', '1.1.11', '1.1.12'].map((item) => onServer(item, { argv: { etcd: null } }))).toEqual(['not-applicable', 'not-applicable', 'not-applicable', 'not-applicable']);
    expect(['2.1', '2.2', '2.5', '2.7'].map((item) => onServer(item, { argv: { etcd: null } }))).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  const podFolder = { kubelet: { staticPodPath: '/srv/pods' } };
  const movedManifest = (mode: number) => (node: BenchmarkNode): void => {
    node.removeFile('/etc/kubernetes/manifests/kube-apiserver.yaml').file('/srv/pods/kube-apiserver.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec: {containers: [{name: kube-apiserver, image: x, command: [kube-apiserver]}]}\n', mode);
  };

  it('1.1.1 of a manifest in the folder that the kubelet starts pods from: is judged there', () => {
    expect(onServer('1.1.1', podFolder, movedManifest(0o644))).toBe('fail');
    expect(onServer('1.1.1', podFolder, movedManifest(0o600))).toBe('pass');
  });

  it('4.1.7 of a kubelet without a client CA: does not apply, whatever lies at the usual place', () => {
    const without = { kubelet: { authentication: {} } };
    expect(['4.1.7', '4.1.8'].map((item) => onWorker(item, without))).toEqual(['not-applicable', 'not-applicable']);
    expect(['4.1.7', '4.1.8'].map((item) => onWorker(item, { argv: { kubelet: null } }))).toEqual(['unknown', 'unknown']);
  });

  it('3.2.2 without a policy: nothing is recorded', () => {
    expect(onServer('3.2.2', apiServer({ 'audit-policy-file': undefined }))).toBe('fail');
  });

  it('3.2.2 of two API servers: the policy of each counts', () => {
    const second = (policy: string) => (node: BenchmarkNode): void => {
      node.root.process({ pid: 990, argv: ['kube-apiserver', `--audit-policy-file=${policy}`] });
      node.file('/etc/kubernetes/nothing.yaml', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n');
    };
    expect(['/etc/kubernetes/audit.yaml', '/etc/kubernetes/nothing.yaml', ''].map((policy) => onServer('3.2.2', {}, second(policy)))).toEqual(['pass', 'fail', 'fail']);
  });

  it('1.1.1 of nodes without a control plane: does not apply, and of 1.2.1, 1.3.2 and 1.4.1 nobody knows', () => {
    expect(['1.1.1', '1.2.1', '1.3.2', '1.4.1'].map((item) => onWorker(item, {}))).toEqual(['not-applicable', 'unknown', 'unknown', 'unknown']);
  });

  it.runIf(isRoot)('1.1.12 of an etcd with an account of its own: passes; of one that runs as root it fails, as the benchmark asks', () => {
    expect(onServer('1.1.12', {})).toBe('pass');
    expect(onServer('1.1.12', {}, (node) => node.file('/etc/passwd', 'root:x:0:0::/:/bin/sh\n', 0o644))).toBe('pass');
    expect(onServer('1.1.12', {}, (node) => node.owner('/var/lib/etcd', 0, 0))).toBe('fail');
  });

  it('1.1.13 and 1.1.14 where the administrators\' files were removed: do not apply', () => {
    const without = (item: string): string => {
      const node = controlPlaneNode();
      const evidence = node.collect();
      made.push(node);
      const files = { ...evidence.files, items: evidence.files.items.map((file) => (/\/(super-)?admin\.conf$/.test(file.path) ? { path: file.path, state: 'absent' as const, detail: '' } : file)) };
      const { items } = judgeBenchmark({ choice: { state: 'chosen', benchmark: benchmarks['cis-1.12'], reason: '' }, nodes: ['n'] }, [{ name: 'n', evidence: { ...evidence, files }, collectedAt: '2026-01-01T00:00:00.000Z' }]);
      return items.find((one) => one.id === item)!.outcome;
    };
    expect([without('1.1.13'), without('1.1.14')]).toEqual(['not-applicable', 'not-applicable']);
  });

  it('1.1.9 where files of network plugins are there: they are looked at', () => {
    expect(onServer('1.1.9', {})).toBe('pass');
    expect(onServer('1.1.9', {}, (node) => node.file('/etc/cni/net.d/20.conf', '{}', 0o644))).toBe('fail');
    expect(onServer('1.1.9', {}, (node) => node.file('/etc/containerd/config.toml', '[plugins]\nconf_dir = "/opt/cni/net.d"\n').file('/opt/cni/net.d/1.conf', '{}', 0o666))).toBe('fail');
  });

  it.each([
    ['4.2.1 of a file that leaves it out', '4.2.1', {}],
    ['4.2.2 of a file that leaves it out', '4.2.2', {}],
    ['4.2.9 with serverTLSBootstrap', '4.2.9', {}],
    ['4.2.12 with names that end in _SHA256 and those of TLS 1.3', '4.2.12', { kubelet: { tlsCipherSuites: ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'] } }],
    ['4.2.12 of a kubelet that takes TLS 1.3 alone', '4.2.12', { kubelet: { tlsCipherSuites: undefined, tlsMinVersion: 'VersionTLS13' } }],
    ['4.1.7 of a CA that the file names', '4.1.7', { kubelet: { authentication: { x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } } } }],
    ['4.1.1 of a drop-in under /usr/lib', '4.1.1', {}],
    ['4.1.5 of the file that the process names', '4.1.5', {}],
  ] as const)('%s: passes', (_, item, changes) => {
    expect(onWorker(item, changes)).toBe('pass');
  });

  it('4.1.1 of a drop-in under /usr/lib that all may read: fails', () => {
    expect(onWorker('4.1.1', {}, (node) => node.mode('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', 0o644))).toBe('fail');
  });

  it('4.1.3, 4.1.4 and 4.3.1 without kube-proxy, or with its files in a ConfigMap: do not apply', () => {
    expect(['4.1.3', '4.1.4', '4.3.1'].map((item) => onWorker(item, {}))).toEqual(['not-applicable', 'not-applicable', 'not-applicable']);
  });

  it('4.2.* of drop-ins and of the file that the live process names', () => {
    const dropIn = (body: string) => (node: BenchmarkNode): void => void node.file('/etc/kubelet.d/10.conf', `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${body}\n`);
    const changes: NodeChanges = { kubelet: { podPidsLimit: undefined }, kubeletArgs: ['--config-dir=/etc/kubelet.d'] };
    expect(onWorker('4.2.13', changes, dropIn('podPidsLimit: 1000'))).toBe('pass');
    expect(onWorker('4.2.4', changes, dropIn('readOnlyPort: 10255'))).toBe('fail');
    // Flags are stronger than every file.
    expect(onWorker('4.2.4', { ...changes, kubeletArgs: ['--config-dir=/etc/kubelet.d', '--read-only-port=0'] }, dropIn('readOnlyPort: 10255'))).toBe('pass');
    expect(onWorker('4.1.9', { argv: { kubelet: ['kubelet', '--config=/opt/k.yaml'] } }, (node) => node.file('/opt/k.yaml', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n', 0o644))).toBe('fail');
  });

  it('4.2.5 from 1.34 on: does not apply', () => {
    expect(onWorker('4.2.5', { version: '1.34.0-1.1', kubeletArgs: ['--streaming-connection-idle-timeout=0s'] })).toBe('not-applicable');
  });
});

describe('of other platforms', () => {
  it('RKE2 1.1.19: every file must be right, not one', () => {
    const node = new BenchmarkNode();
    node.file('/var/lib/rancher/rke2/server/tls/a.crt', 'x').file('/var/lib/rancher/rke2/server/tls/b.crt', 'x').file('/var/lib/rancher/rke2/server/cred/admin.kubeconfig', 'x');
    node.root.process({ pid: 5, argv: ['/usr/local/bin/rke2 server'] });
    if (isRoot) node.owner('/var/lib/rancher/rke2/server/tls/b.crt', 77, 77);
    expect(judged(node, 'rke2-cis-1.8')('1.1.19').outcome).toBe('fail');
  });

  it('RKE2 2.3, 2.5 and 2.6: clients and peers are read each from their own section', () => {
    const judge = (client: string, peer: string): readonly string[] => {
      const node = new BenchmarkNode();
      node.file('/var/lib/rancher/rke2/server/db/etcd/config', `name: a\ndata-dir: /var/lib/rancher/rke2/server/db/etcd\nclient-transport-security: {${client}}\npeer-transport-security: {${peer}}\n`);
      node.root.process({ pid: 9, argv: ['etcd', '--config-file=/var/lib/rancher/rke2/server/db/etcd/config'] });
      const item = judged(node, 'rke2-cis-1.8');
      return ['2.2', '2.3', '2.5', '2.6'].map((id) => item(id).outcome);
    };
    expect(judge('client-cert-auth: true', 'auto-tls: true')).toEqual(['pass', 'pass', 'fail', 'fail']);
    expect(judge('auto-tls: true', 'client-cert-auth: true')).toEqual(['fail', 'fail', 'pass', 'pass']);
  });

  it('RKE2 4.2.10 and 4.2.3: files count, and so does a flag', () => {
    const directory = '/var/lib/rancher/rke2/agent/etc/kubelet.conf.d';
    const judge = (body: string, ...args: readonly string[]): ((item: string) => JudgedItem) => {
      const node = new BenchmarkNode();
      node.file(`${directory}/00-rke2-defaults.conf`, `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${body}\n`);
      node.root.process({ pid: 9, argv: ['kubelet', `--config-dir=${directory}`, ...args] });
      return judged(node, 'rke2-cis-1.8', 'v1.33.4+rke2r1');
    };
    expect(judge('rotateCertificates: false')('4.2.10').outcome).toBe('fail');
    expect(judge('rotateCertificates: true')('4.2.10').outcome).toBe('pass');
    expect(judge('', '--client-ca-file=/ca.crt')('4.2.3').outcome).toBe('pass');
  });

  const k3sDropIn = '/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf';
  const k3sDefaults = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}}\nauthorization: {mode: Webhook}\nstreamingConnectionIdleTimeout: 4h0m0s\n';
  const k3s = (config: string, prepare: (node: BenchmarkNode) => void = (node) => node.file(k3sDropIn, k3sDefaults), version = 'v1.33.4+k3s1'): ((item: string) => JudgedItem) => {
    const node = new BenchmarkNode();
    node.file('/etc/rancher/k3s/config.yaml', config).file('/var/lib/rancher/k3s/server/cred/admin.kubeconfig', 'x').file('/etc/systemd/system/k3s.service', '[Service]\nExecStart=/usr/local/bin/k3s server\n', 0o644);
    node.root.process({ pid: 9, argv: ['/usr/local/bin/k3s server'], exe: '/usr/local/bin/k3s', environment: {} });
    prepare(node);
    return judged(node, 'k3s-cis-1.9', version);
  };

  it('k3s 4.2.1 and 4.2.2: the kubelet\'s own settings are judged, not the API server\'s', () => {
    const good = k3s('kube-apiserver-arg: [anonymous-auth=true]\n');
    expect(['1.2.1', '4.2.1', '4.2.2'].map((item) => good(item).outcome)).toEqual(['fail', 'pass', 'pass']);
    const bad = k3s('kubelet-arg: [anonymous-auth=true, authorization-mode=AlwaysAllow]\n');
    expect(['1.2.1', '4.2.1', '4.2.2'].map((item) => bad(item).outcome)).toEqual(['pass', 'fail', 'fail']);
  });

  it('k3s 4.2.5: is decided wherever it is set', () => {
    expect(k3s('kubelet-arg: [streaming-connection-idle-timeout=5m]\n')('4.2.5').outcome).toBe('pass');
    expect(k3s('kubelet-arg: [streaming-connection-idle-timeout=0]\n')('4.2.5').outcome).toBe('fail');
  });

  it('k3s 4.2.1 where nobody saw the file that its kubelet has since 1.32: unknown, and no pass by what older ones were started with', () => {
    const kubelet = ['4.2.1', '4.2.2', '4.2.4'];
    const outcomes = (...given: Parameters<typeof k3s>): readonly string[] => kubelet.map((item) => k3s(...given)(item).outcome);
    expect(outcomes('', () => {}, 'v1.33.4+k3s1')).toEqual(['unknown', 'unknown', 'unknown']);
    expect(outcomes('', (node) => node.file(k3sDropIn.replace('00-k3s-defaults', '50-own'), k3sDefaults))).toEqual(['unknown', 'unknown', 'unknown']);
    expect(outcomes('', () => {}, 'v1.31.4+k3s1')).toEqual(['pass', 'pass', 'pass']);
    expect(outcomes('data-dir: /srv/k3s\n', (node) => node.file(k3sDropIn.replace('/var/lib/rancher/k3s', '/srv/k3s'), k3sDefaults))).toEqual(['pass', 'pass', 'pass']);
    expect(outcomes('', (node) => node.file(k3sDropIn, k3sDefaults.replace('enabled: false', 'enabled: true')))).toEqual(['fail', 'pass', 'pass']);
  });

  it('k3s: a configuration that its owner names is copied beside its own, which stays', () => {
    const own = (mode: string) => k3s('kubelet-arg: [config-dir=/srv/kubelet.d]\n', (node) => node.file(k3sDropIn, k3sDefaults).file(`${k3sDropIn.replace('00-k3s-defaults.conf', '20-cli-config-dir')}/a.conf`, `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthorization: {mode: ${mode}}\n`));
    expect(['4.2.1', '4.2.2'].map((item) => own('AlwaysAllow')(item).outcome)).toEqual(['pass', 'fail']);
    expect(['4.2.1', '4.2.2'].map((item) => own('Webhook')(item).outcome)).toEqual(['pass', 'pass']);
  });

  it('k3s 1.2.29: k3s chooses strong suites itself, and its owner\'s take their place', () => {
    expect(k3s('')('1.2.29').outcome).toBe('pass');
    expect(k3s('kube-apiserver-arg: [tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA]\n')('1.2.29').outcome).toBe('fail');
  });

  it('k3s 1.2.26 and 2.*: servers that store in SQLite have no etcd', () => {
    const item = k3s('');
    expect(['1.2.23', '1.2.26', '2.1', '2.7'].map((id) => item(id).outcome)).toEqual(['not-applicable', 'not-applicable', 'not-applicable', 'not-applicable']);
    expect(k3s('cluster-init: true\n')('1.2.26').outcome).toBe('pass');
  });

  it('k3s: what nobody saw of its options leaves them unknown', () => {
    expect(k3s('', (node) => node.file('/etc/systemd/system/k3s.service', '[Service]\nExecStart=/usr/local/bin/k3s server $OPTIONS\n', 0o644))('1.2.1').outcome).toBe('unknown');
  });

  it('EKS 3.2.4 and 3.2.9: a good default is good, and drop-ins are read', () => {
    const eks = (body: string): ((item: string) => JudgedItem) => {
      const node = new BenchmarkNode();
      node.file('/etc/kubernetes/kubelet/config.json', '{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1"}', 0o644);
      node.file('/etc/kubernetes/kubelet/config.json.d/00-nodeadm.conf', `{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1"${body}}`, 0o644);
      node.root.process({ pid: 9, argv: ['kubelet', '--config=/etc/kubernetes/kubelet/config.json', '--config-dir=/etc/kubernetes/kubelet/config.json.d', '--hostname-override=ip'] });
      return judged(node, 'eks-1.8.0', 'v1.33.4-eks-1');
    };
    expect(['3.2.4', '3.2.9', '3.1.3'].map((item) => eks('')(item).outcome)).toEqual(['pass', 'pass', 'pass']);
    expect(eks(',"readOnlyPort":10255')('3.2.4').outcome).toBe('fail');
  });

  it('GKE 3.1.1: the kubelet\'s own kubeconfig is judged', () => {
    const node = new BenchmarkNode();
    node.file('/var/lib/kubelet/kubeconfig', 'x', 0o644).file('/var/lib/kube-proxy/kubeconfig', 'x', 0o666);
    node.root.process({ pid: 9, argv: ['kubelet', '--kubeconfig=/var/lib/kubelet/kubeconfig'] });
    expect(judged(node, 'gke-1.9.0')('3.1.1').outcome).toBe('pass');
  });
});

describe('of the API', () => {
  const judge = (item: string, text: string, id: BenchmarkId = 'cis-1.12'): string => {
    const inventory = inventoryOf(objectsOf(text));
    const controls = [...new Set(itemsOf(benchmarks[id]).flatMap(({ answeredBy = [] }) => answeredBy.map(({ controlId }) => controlById.get(controlId)!)))];
    const results = new ControlResults(benchmarks[id], controls, inventory);
    const answers = results.finish(evaluate(controls, inventory, {}, 0, undefined, results.observe));
    return judgeBenchmark({ choice: { state: 'chosen', benchmark: benchmarks[id], reason: '' }, nodes: [], inventory, answers }).items.find((one) => one.id === item)!.outcome;
  };
  const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: ${spec}`;

  it('5.1.2 where somebody reads Secrets: fails', () => {
    expect(judge('5.1.2', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}\nsubjects: [{kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}]')).toBe('fail');
  });

  it('5.2.6 unset: fails', () => {
    expect(judge('5.2.6', pod('{containers: [{name: a, image: x}]}'))).toBe('fail');
    expect(judge('5.2.6', pod('{containers: [{name: a, image: x, securityContext: {allowPrivilegeEscalation: false}}]}'))).toBe('pass');
  });

  it('5.1.6 of a pod that switches the token off: passes', () => {
    expect(judge('5.1.6', `${pod('{automountServiceAccountToken: false, containers: [{name: a, image: x}]}')}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\nautomountServiceAccountToken: false`)).not.toBe('fail');
  });

  it('GKE 4.1.10: bindings that every cluster has are none of its own', () => {
    const bound = (role: string): string => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${role}"}\nsubjects: [{kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}]`;
    expect(judge('4.1.10', bound('system:public-info-viewer'), 'gke-1.9.0')).toBe('pass');
    expect(judge('4.1.10', bound('view'), 'gke-1.9.0')).toBe('fail');
  });

  it('AKS 4.6.3: the Service kubernetes is no workload', () => {
    expect(judge('4.6.3', 'apiVersion: v1\nkind: Service\nmetadata: {name: kubernetes, namespace: default}\nspec: {ports: [{port: 443}]}', 'aks-1.8')).not.toBe('fail');
  });
});
