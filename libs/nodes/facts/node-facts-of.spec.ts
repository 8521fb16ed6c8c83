import { describe, expect, it } from 'vitest';
import type { NodeSketch } from '#controls/engine/node-sketch.js';
import { evidenceOfSketch } from '#test/support/node-sketch.js';
import type { ComponentProcess } from '../component-process.js';
import type { ConfigFact, RancherOption } from '../config-facts.js';
import type { NodeEvidence } from '../node-evidence.js';
import { evidenceOf } from '../testing/evidence.js';
import { nodeFactsOf } from './node-facts-of.js';

const process = (argv: readonly string[], more: Partial<ComponentProcess> = {}): ComponentProcess => ({
  component: 'kube-apiserver', pid: 1, argv, isArgvTruncated: false, isArgvTitle: false, withheld: [], exe: { state: 'read', value: '/x' }, uid: 0,
  environment: { state: 'read', value: [] }, mounts: { state: 'read', value: [] }, ...more,
});
const withoutUser = ({ uid: _uid, ...rest }: ComponentProcess): ComponentProcess => rest;
const listed = <T>(...items: readonly T[]) => ({ items, truncated: false });
const manifest = (argv: readonly string[], namespace = 'kube-system'): ConfigFact => ({
  kind: 'static-pod', path: '/etc/kubernetes/manifests/x.yaml',
  content: { state: 'read', value: { apiVersion: 'v1', name: 'kube-apiserver', namespace, hostNetwork: true, containers: [{ name: 'a', image: 'a', argv, withheld: [], environment: [], mounts: [] }] } },
});
const facts = (some: Partial<NodeEvidence>, version?: string) => nodeFactsOf('Node-A', evidenceOf(some), version);
const argv = ['kube-apiserver', '--authorization-mode=Node,RBAC'];
const inContainer = { container: { podUid: 'abc' } } as const;

describe('whose a process is', () => {
  it('is the cluster\'s where a static pod of its own starts it with the same words, and then is named as its mirror is', () => {
    const { components } = facts({ processes: listed(process(['/usr/local/bin/kube-apiserver', argv[1]!], inContainer)), configs: listed(manifest(argv)) });
    expect(components).toMatchObject([{ component: 'kube-apiserver', kind: 'Pod', namespace: 'kube-system', pod: 'kube-apiserver-node-a', node: 'Node-A', flags: { 'authorization-mode': ['Node,RBAC'] } }]);
  });

  it.each([
    ['runs in a container without a manifest', process(argv, inContainer), []],
    ['has other words than the manifest', process([...argv, '--profiling=false'], inContainer), [manifest(argv)]],
    ['is of a static pod of somebody else\'s namespace', process(argv, inContainer), [manifest(argv, 'tenant')]],
    ['is of a user of the node', process(argv, { uid: 1000 }), []],
    ['has a user that nobody knows', withoutUser(process(argv)), []],
  ] as const)('is not where it %s', (_, one, configs) => {
    expect(facts({ processes: listed(one), configs: listed<ConfigFact>(...configs) }).components).toEqual([]);
  });

  it('is the cluster\'s where a unit of systemd starts it, as whoever', () => {
    const unit = { name: 'etcd.service', isMasked: false, truncated: false, files: [{ path: '/etc/systemd/system/etcd.service', role: 'unit' as const, content: { state: 'read' as const, value: { execStart: [['/usr/bin/etcd', '--name=a']], withheld: [], environment: [], environmentFiles: [] } } }] };
    const { components, etcdUser } = facts({ processes: listed(process(['/usr/bin/etcd', '--name=a'], { component: 'etcd', uid: 990 })), units: listed(unit) });
    expect(components).toMatchObject([{ component: 'etcd', kind: 'Node', pod: 'Node-A' }]);
    expect(etcdUser).toEqual({ uid: 990 });
  });
});

describe('files that flags name', () => {
  const flag = '--encryption-provider-config=/etc/enc/config.yaml';
  const encryption = (path: string): ConfigFact => ({ kind: 'encryption', path, content: { state: 'read', value: { apiVersion: 'apiserver.config.k8s.io/v1', rules: [{ resources: ['secrets'], providers: [{ provider: 'secretbox', keyNames: ['one'] }] }] } } });
  const served = (mounts: ComponentProcess['mounts'], configs: readonly ConfigFact[]) =>
    facts({ processes: listed(process(['kube-apiserver', flag], { ...inContainer, mounts })), configs: listed(manifest(['kube-apiserver', flag]), ...configs) }).components[0]!.files!['encryption-provider-config'];

  it('are those of the node behind the container\'s mounts', () => {
    expect(served({ state: 'read', value: [{ at: '/etc/enc', host: '/srv/secret' }] }, [encryption('/srv/secret/config.yaml')])).toEqual({ state: 'observed', value: [{ resources: ['secrets'], providers: ['secretbox'] }] });
  });

  it('are not a file of that name on the node where the container has one of its own', () => {
    expect(served({ state: 'read', value: [{ at: '/' }] }, [encryption('/etc/enc/config.yaml')])).toMatchObject({ state: 'missing', detail: expect.stringContaining('inside the container') });
    expect(served({ state: 'denied', detail: 'no right' }, [encryption('/etc/enc/config.yaml')])).toMatchObject({ state: 'missing', detail: expect.stringContaining('no right') });
  });

  it('are missing with their reason where they were not read', () => {
    const denied: ConfigFact = { kind: 'encryption', path: '/etc/enc/config.yaml', content: { state: 'denied', detail: 'needs CAP_DAC_READ_SEARCH' } };
    expect(served({ state: 'read', value: [] }, [denied])).toEqual({ state: 'missing', reason: 'forbidden', detail: '/etc/enc/config.yaml could not be read on the node: needs CAP_DAC_READ_SEARCH' });
    expect(served({ state: 'read', value: [] }, [])).toMatchObject({ state: 'missing', reason: 'not-requested' });
  });
});

describe('a kubelet', () => {
  const kubelet = (words: readonly string[], more: Partial<ComponentProcess> = {}) => process(['/usr/bin/kubelet', ...words], { component: 'kubelet', ...more });
  const config = (path: string, settings: Readonly<Record<string, boolean | number>>): ConfigFact => ({
    kind: 'kubelet', path, content: { state: 'read', value: { apiVersion: 'kubelet.config.k8s.io/v1beta1', settings: Object.entries(settings).map(([key, value]) => ({ key, value })) } },
  });

  it('goes by flags over drop-ins over its file, and says by which', () => {
    const { kubelet: found } = facts({
      processes: listed(kubelet(['--config=/k/config.yaml', '--config-dir=/k/config.d', '--pod-max-pids=100'])),
      configs: listed(config('/k/config.yaml', { readOnlyPort: 10_255, protectKernelDefaults: true, podPidsLimit: 1 }), config('/k/config.d/10.conf', { protectKernelDefaults: false })),
      trees: listed({ path: '/k/config.d', depth: 8, state: 'read', paths: ['/k/config.d/10.conf'], truncated: false } as const),
    }, 'v1.33.4');
    expect(found).toMatchObject({ state: 'observed', value: {
      readOnlyPort: 10_255, protectKernelDefaults: false, podPidsLimit: 100, anonymousAuth: false, debuggingHandlers: true,
      origins: { readOnlyPort: '/k/config.yaml', protectKernelDefaults: '/k/config.d/10.conf', podPidsLimit: '--pod-max-pids', anonymousAuth: 'default' },
    } });
  });

  it('leaves open what drop-ins may say that were not read, and not what a flag says', () => {
    const { kubelet: found } = facts({ processes: listed(kubelet(['--config=/k/config.yaml', '--config-dir=/k/config.d', '--anonymous-auth=false'])), configs: listed(config('/k/config.yaml', { readOnlyPort: 0 })) }, 'v1.33.4');
    expect(found.state === 'observed' && found.value).toMatchObject({ anonymousAuth: false, unread: { readOnlyPort: expect.stringContaining('--config-dir') } });
    expect(found.state === 'observed' && found.value.readOnlyPort).toBeUndefined();
  });

  it.each([
    ['there are two', listed(kubelet([]), kubelet([])), 'more than one kubelet'],
    ['its command line was cut', listed(kubelet([], { isArgvTruncated: true })), 'longer than is read'],
    ['it is of k3s', listed(process(['k3s server'], { component: 'k3s-server', isArgvTitle: true })), 'inside k3s-server'],
    ['a container calls itself one', listed(kubelet([], inContainer)), 'no kubelet runs'],
    ['not all processes were seen', { items: [], truncated: true }, 'did not see all processes'],
  ])('is not told where %s', (_, processes, detail) => {
    expect(facts({ processes }).kubelet).toMatchObject({ state: 'missing', detail: expect.stringContaining(detail) });
  });
});

describe('k3s and RKE2 whose data is elsewhere', () => {
  const of = (sketch: NodeSketch) => nodeFactsOf('n', evidenceOfSketch(sketch), undefined);
  const rows = ['admin-kubeconfig', 'kubelet-kubeconfig', 'pki', 'pki-key', 'proxy-kubeconfig', 'kubelet-client-ca', 'cni-config', 'etcd-data'];

  it.each<readonly [string, NodeSketch]>([
    ['by an argument', { processes: [['k3s', 'server', '--data-dir=/data/k3s/']] }],
    ['by the short form of it', { processes: [['k3s', 'server', '-d', '/data/k3s']] }],
    ['by a file of configuration', { processes: [['rke2', 'server']], configs: { '/etc/rancher/rke2/config.yaml': { kind: 'rancher', text: 'data-dir: /data/rke2' } } }],
    ['by a file that could not be read', { processes: [['k3s', 'agent']], configs: { '/etc/rancher/k3s/config.yaml': { kind: 'rancher' } } }],
  ])('are not known to have no files: %s', (_, sketch) => {
    const { unseenFiles, unseenCertificates } = of(sketch);
    expect(Object.keys(unseenFiles)).toEqual(expect.arrayContaining(rows));
    expect(unseenCertificates).toBeDefined();
  });

  it('are looked at there, and known by the usual places where they name no other', () => {
    expect(of({ processes: [['k3s', 'server', '--data-dir', '/data/k3s']], files: { '/data/k3s/agent/kubelet.kubeconfig': 'root:root 0644' } }).files).toMatchObject([{ file: 'kubelet-kubeconfig', path: '/data/k3s/agent/kubelet.kubeconfig', mode: 0o644 }]);
    expect(of({ processes: [['k3s', 'server', '--data-dir=/var/lib/rancher/k3s']] })).toMatchObject({ unseenFiles: {}, files: [] });
    expect(of({ processes: [['k3s', 'server']] })).not.toHaveProperty('unseenCertificates');
  });
});

describe('k3s', () => {
  const file = (path: string, ...options: readonly RancherOption[]): ConfigFact => ({ kind: 'rancher', path, content: { state: 'read', value: { others: [], options } } });
  const option = (name: string, values: RancherOption['values'], appends = false): RancherOption => ({ name, values, appends });
  const config = '/etc/rancher/k3s/config.yaml';
  const dropIn = `${config}.d/10.yaml`;
  const unit = { name: 'k3s.service', isMasked: false, truncated: false, files: [{ path: '/etc/systemd/system/k3s.service', role: 'unit' as const, content: { state: 'read' as const, value: { execStart: [['/usr/local/bin/k3s', 'server', '--kube-apiserver-arg', 'profiling=true']], withheld: [], environment: [], environmentFiles: [] } } }] };
  const server = (...configs: readonly ConfigFact[]): Partial<NodeEvidence> => ({
    processes: listed(process(['k3s server'], { component: 'k3s-server', isArgvTitle: true })), units: listed(unit), configs: listed(...configs),
    trees: listed({ path: `${config}.d`, depth: 1, state: 'read', paths: [dropIn], truncated: false } as const),
  });

  it('shows what its components go by: what it gives them by itself, and what it was told over that', () => {
    const { components } = facts(server(
      file(config, option('kube-apiserver-arg', ['audit-policy-file=/a.yaml', 'anonymous-auth=true']), option('disable-scheduler', [true])),
      file(dropIn, option('kube-apiserver-arg', ['anonymous-auth=false'], true)),
    ), 'v1.33.4+k3s1');
    expect(components.map(({ component }) => component)).toEqual(['kube-apiserver', 'kube-controller-manager']);
    expect(components[0]).toMatchObject({ kind: 'Node', flags: { 'audit-policy-file': ['/a.yaml'], 'anonymous-auth': ['true', 'false'], profiling: ['true'], 'authorization-mode': ['Node,RBAC'] } });
    expect(components[0]!.unseenFlags).toBeUndefined();
  });

  it('leaves open what it gives them by itself at a version that nobody knows', () => {
    for (const version of [undefined, 'v1.24.1+k3s1']) expect(facts(server(file(config), file(dropIn)), version).components[0]).toMatchObject({ flags: { profiling: ['true'] }, unseenFlags: expect.stringContaining('by itself') });
  });

  it('is known to have no etcd where somebody looked for its file, wherever its data is', () => {
    const at = '/data/k3s/server/db/etcd/config';
    const store = (words: readonly string[], file?: { readonly path: string; readonly state: 'absent'; readonly detail: string }) => {
      const evidence = { ...server(), processes: listed(process(['k3s', 'server', ...words], { component: 'k3s-server' })), configs: listed({ kind: 'rancher' as const, path: config, content: { state: 'absent' as const, detail: '' } }), files: listed(...(file ? [file] : [])) };
      return facts({ ...evidence, trees: listed({ path: `${config}.d`, depth: 1, state: 'absent', detail: '', paths: [], truncated: false } as const) }, 'v1.33.4+k3s1').components[0]!;
    };
    expect(store([])).toMatchObject({ unreadFlags: { 'etcd-cafile': expect.any(String) as string } });
    expect(store(['-d', '/data/k3s'], { path: '/var/lib/rancher/k3s/server/db/etcd/config', state: 'absent', detail: '' })).toMatchObject({ unreadFlags: { 'etcd-cafile': expect.any(String) as string } });
    const known = store(['-d', '/data/k3s'], { path: at, state: 'absent', detail: '' });
    expect(known.flags['etcd-servers']).toEqual(['unix://kine.sock']);
    expect(known.unreadFlags).toBeUndefined();
    expect(store(['--cluster-init']).flags['etcd-cafile']).toEqual(['/var/lib/rancher/k3s/server/tls/etcd/server-ca.crt']);
  });

  it('shows nothing of what a file that was not read may replace', () => {
    const { components } = facts(server(file(config, option('kube-apiserver-arg', ['anonymous-auth=false'])), { kind: 'rancher', path: dropIn, content: { state: 'denied', detail: 'no right' } }), 'v1.33.4+k3s1');
    expect(components[0]).toMatchObject({ component: 'kube-apiserver', flags: {}, unseenFlags: expect.stringContaining(dropIn) });
  });
});

describe('files of components', () => {
  const etcd = (words: readonly string[], more: Partial<ComponentProcess> = {}) => listed(process(['/usr/bin/etcd', ...words], { component: 'etcd', ...more }));
  const directory = (path: string) => ({ path, state: 'present', kind: 'directory', mode: 0o755, uid: 990, gid: 990 }) as const;
  const files = listed(directory('/srv/etcd'), directory('/var/lib/etcd'));
  const ofEtcd = (some: Partial<NodeEvidence>) => {
    const { files: found, unseenFiles } = facts({ files, ...some });
    return { paths: found.filter(({ file }) => file === 'etcd-data').map(({ path }) => path), unseen: unseenFiles['etcd-data'] };
  };

  it.each([
    ['a flag', { processes: etcd(['--data-dir=/srv/etcd']) }],
    ['a variable', { processes: etcd([], { environment: { state: 'read', value: [{ name: 'ETCD_DATA_DIR', value: '/srv/etcd' }] } }) }],
    ['a file', { processes: etcd(['--config-file=/etc/etcd.yaml']), configs: listed({ kind: 'etcd', path: '/etc/etcd.yaml', content: { state: 'read', value: { apiVersion: '', settings: [{ key: 'data-dir', value: '/srv/etcd' }] } } } satisfies ConfigFact) }],
  ])('are where %s says', (_, some) => {
    expect(ofEtcd(some).paths).toContain('/srv/etcd');
  });

  it.each([
    ['an environment that was not read', { environment: { state: 'denied', detail: 'no right' } }, 'environment of etcd was not read'],
    ['words that were cut off', { isArgvTruncated: true }, 'longer than'],
  ] as const)('are not all seen where %s may say where they are', (_, more, detail) => {
    expect(ofEtcd({ processes: etcd([], more) }).unseen).toContain(detail);
  });
});

describe('files of which there is one for each pod', () => {
  it('are told up to some, and counted where they are alike in mode and owner', () => {
    const below = '/var/lib/cni/networks';
    const paths = Array.from({ length: 30 }, (_, i) => `${below}/cbr0/10.0.0.${i}`);
    const items = paths.map((path, i) => ({ path, state: 'present' as const, kind: 'file' as const, mode: i === 29 ? 0o666 : 0o644, uid: 0, gid: 0, size: 1 }));
    const { files } = facts({ files: listed(...items), trees: listed({ path: below, depth: 8, state: 'read' as const, paths, truncated: false }) });
    const found = files.filter(({ file }) => file === 'cni-config');
    expect(found.map(({ path }) => path)).toEqual([...paths.slice(0, 10), paths[29]]);
    expect(found.flatMap((file) => (file.state === 'present' && file.alike !== undefined ? [[file.path, file.alike]] : []))).toEqual([[paths[0], 19]]);
  });
});

describe('processes that were not all seen', () => {
  it('leave open what components name, and are told', () => {
    const cut = facts({ processes: { items: [], truncated: true } });
    expect(cut.unseenProcesses).toContain('did not see all processes');
    expect(cut.unseenFiles['etcd-data']).toContain('did not see all processes');
    expect(facts({}).unseenProcesses).toBeUndefined();
  });
});

describe('certificates', () => {
  it('are not all seen where one in a file could not be understood', () => {
    const file = (truncated: boolean) => listed({ path: '/etc/kubernetes/pki/a.crt', content: { state: 'read', value: { items: [], truncated } } } as const);
    expect(facts({ certificates: file(true) }).unseenCertificates).toContain('/etc/kubernetes/pki/a.crt');
    expect(facts({ certificates: file(false) }).unseenCertificates).toBeUndefined();
  });
});
