import { chmodSync, chownSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '#egress/testing/certificate-authority.js';
import { evidenceSchema } from '#nodes/wire/evidence-schema.js';
import { certificatesAt, configAt, fileAt, processesOf, treeAt } from '#nodes/look-up.js';
import { hostPathOf } from '#nodes/host-path.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { NodeRoot } from '../testing/node-root.js';
import { collectNode } from './collect-node.js';

const isRoot = process.geteuid?.() === 0;
const apiServerUid = '0a1b2c3d-0000-4000-8000-00000000000a';
const overlay = '500 400 0:77 / / rw - overlay overlay rw\n501 500 0:80 / /proc rw - proc proc rw\n';

describe('what the collector sees of a node', () => {
  let node: NodeRoot;
  const collected = (): NodeEvidence => {
    const evidence = collectNode(node.path, 'c1');
    // Whatever it is, a server can read it, and nothing of it is lost on the way.
    expect(evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(JSON.parse(JSON.stringify(evidence)));
    return evidence;
  };

  beforeEach(() => {
    node = new NodeRoot();
  });
  afterEach(() => node.remove());

  it('tells who it is and what limited it', () => {
    const evidence = collected();
    expect(evidence).toMatchObject({
      collection: { seesAllProcesses: true, notes: [] },
      machine: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      os: { state: 'read', value: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' } },
      kernel: { state: 'read', value: '6.1.0-test' },
      packages: { state: 'absent' },
      accounts: { state: 'read' },
    });
    expect(collectNode(node.path, 'c2').machine).not.toBe(evidence.machine);
    expect(collectNode(node.path, undefined).machine).toBeUndefined();
  });

  it('does not take the /proc of a container for the node\'s', () => {
    node.file('/proc/1/comm', 'pause\n');
    const { collection, processes } = collected();
    expect(collection).toMatchObject({ seesAllProcesses: false, notes: [expect.stringContaining('container')] as string[] });
    expect(processes.truncated).toBe(true);
  });

  it('keeps mode with its special bits, owner by the node\'s own names, and tells absent from link and directory', () => {
    node.file('/etc/kubernetes/manifests/kube-apiserver.yaml', 'x', 0o4640);
    if (isRoot) chownSync(join(node.path, '/etc/kubernetes/manifests/kube-apiserver.yaml'), 998, 4242);
    chmodSync(join(node.path, '/etc/kubernetes/manifests/kube-apiserver.yaml'), 0o4640);
    const evidence = collected();
    expect(fileAt(evidence, '/etc/kubernetes/manifests/kube-apiserver.yaml')).toMatchObject({ state: 'present', kind: 'file', mode: 0o4640, ...(isRoot && { uid: 998, gid: 4242, owner: 'etcd' }) });
    if (isRoot) expect(fileAt(evidence, '/etc/kubernetes/manifests/kube-apiserver.yaml')).not.toHaveProperty('group');
    expect(fileAt(evidence, '/etc/kubernetes/admin.conf')).toMatchObject({ state: 'absent' });
    expect(fileAt(evidence, '/etc/never/named')).toBeUndefined();
  });

  it('judges a link by its target and keeps the link and its directory', () => {
    node.file('/srv/real.yaml', 'x', 0o600);
    node.directory('/etc/kubernetes/manifests', 0o777);
    node.link('/etc/kubernetes/manifests/kube-scheduler.yaml', '/srv/real.yaml');
    const evidence = collected();
    expect(fileAt(evidence, '/etc/kubernetes/manifests/kube-scheduler.yaml')).toMatchObject({ state: 'present', mode: 0o600, real: '/srv/real.yaml', link: { target: '/srv/real.yaml', uid: process.getuid!() } });
    expect(fileAt(evidence, '/etc/kubernetes/manifests')).toMatchObject({ mode: 0o777, kind: 'directory' });
  });

  it('never follows a link out of the root', () => {
    const outside = join(mkdtempSync(join(tmpdir(), 'bulwark-outside-')), 'marker');
    writeFileSync(outside, 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nreadOnlyPort: 1\n');
    node.link('/var/lib/kubelet/config.yaml', outside);
    node.link('/etc/kubernetes/admin.conf', `../../../../../../../..${outside}`);
    node.link('/etc/kubernetes/scheduler.conf', 'scheduler.conf');
    const evidence = collected();
    expect(fileAt(evidence, '/var/lib/kubelet/config.yaml')).toMatchObject({ state: 'absent', link: { target: outside } });
    expect(configAt(evidence, 'kubelet', '/var/lib/kubelet/config.yaml')).toMatchObject({ state: 'absent' });
    expect(fileAt(evidence, '/etc/kubernetes/admin.conf')).toMatchObject({ state: 'outside-root' });
    expect(configAt(evidence, 'kubeconfig', '/etc/kubernetes/admin.conf')).toMatchObject({ state: 'outside-root' });
    expect(fileAt(evidence, '/etc/kubernetes/scheduler.conf')).toMatchObject({ state: 'loop' });
    rmSync(dirname(outside), { recursive: true });
  });

  it('does not open a FIFO, nor a directory, nor read 50 MB', () => {
    node.fifo('/var/lib/kubelet/config.yaml');
    node.directory('/etc/kubernetes/kubelet.conf');
    node.file('/etc/kubernetes/scheduler.conf', Buffer.alloc(50 * 1024 * 1024, 0x61));
    const evidence = collected();
    expect(fileAt(evidence, '/var/lib/kubelet/config.yaml')).toMatchObject({ kind: 'fifo' });
    expect(configAt(evidence, 'kubelet', '/var/lib/kubelet/config.yaml')).toMatchObject({ state: 'not-regular' });
    expect(configAt(evidence, 'kubeconfig', '/etc/kubernetes/kubelet.conf')).toMatchObject({ state: 'not-regular' });
    expect(configAt(evidence, 'kubeconfig', '/etc/kubernetes/scheduler.conf')).toMatchObject({ state: 'too-large' });
  });

  it.each([
    ['a key twice', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nreadOnlyPort: 0\nreadOnlyPort: 10255\n', /readOnlyPort twice/],
    ['a NUL', 'kind: KubeletConfiguration\0\n', /NUL/],
    ['an API version nobody knows', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v9\n', /apiVersion/],
    ['another kind', 'kind: Pod\napiVersion: v1\n', /kind/],
    ['no YAML', 'a: [\n', /YAML/],
    ['nothing', '', /empty/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x41]), /UTF-8/],
  ])('takes a kubelet configuration with %s for invalid, and says why', (_, content, why) => {
    node.file('/var/lib/kubelet/config.yaml', content);
    expect(configAt(collected(), 'kubelet', '/var/lib/kubelet/config.yaml')).toMatchObject({ state: 'invalid', detail: expect.stringMatching(why) as string });
  });

  it('looks at what etcd is told by variables, as at what its flags tell', () => {
    node.directory('/srv/etcd', 0o700);
    node.process({ pid: 800, argv: ['/usr/local/bin/etcd'], environment: { ETCD_DATA_DIR: '/srv/etcd', ETCD_LISTEN_CLIENT_URLS: 'https://10.0.0.1:23790' } });
    node.process({ pid: 801, argv: ['/usr/bin/kubelet'], environment: { ETCD_WAL_DIR: '/srv/wal' } });
    const evidence = collected();
    expect(fileAt(evidence, '/srv/etcd')).toMatchObject({ state: 'present', kind: 'directory', mode: 0o700 });
    expect(fileAt(evidence, '/srv/wal')).toBeUndefined();
  });

  it('looks at the file that an OpenShift kubelet writes beside its configuration, and does not read it', () => {
    node.file('/var/lib/kubelet/config.json', '{"auths":{"registry":{"auth":"s3cr3t-s3cr3t"}}}', 0o600);
    const evidence = collected();
    expect(fileAt(evidence, '/var/lib/kubelet/config.json')).toMatchObject({ state: 'present', mode: 0o600 });
    expect(JSON.stringify(evidence)).not.toContain('s3cr3t-s3cr3t');
  });

  it('follows a live kubelet to its files, drop-ins in order, and what they name', () => {
    const { certificate } = createAuthority('kubernetes');
    node.file('/opt/kubelet/conf.yaml', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication: {anonymous: {enabled: off}, x509: {clientCAFile: ../ca.crt}}\nstaticPodURLHeader: {Authorization: [Bearer s3cr3t-s3cr3t]}\nstaticPodPath: /opt/pods\n');
    node.file('/opt/ca.crt', `${certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`);
    node.file('/opt/dropins/20-b.conf', '{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","podPidsLimit":4096}');
    node.file('/opt/dropins/10-a.conf', 'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nfeatureGates: {SeccompDefault: true}\n');
    node.file('/opt/dropins/README', 'not read');
    node.file('/opt/pods/web.yaml', 'kind: Pod\napiVersion: v1\nmetadata: {name: web}\nspec: {containers: [{name: web, image: web, command: [web, --password, hunter2, --config=/srv/x]}]}\n');
    node.process({ pid: 700, argv: ['/usr/bin/kubelet', '--config=/opt/kubelet/conf.yaml', '--config-dir', '/opt/dropins', '--kubeconfig=/opt/kubelet.kubeconfig', '--token=abc.def', '--tls_min_version=VersionTLS12'], exe: '/usr/bin/kubelet', cgroup: '0::/system.slice/kubelet.service\n' });
    const evidence = collected();
    const [kubelet] = processesOf(evidence, 'kubelet');
    expect(kubelet).toMatchObject({ pid: 700, uid: 0, exe: { state: 'read', value: '/usr/bin/kubelet' }, isArgvTruncated: false, withheld: ['token'] });
    expect(kubelet!.argv).toContain('--token=[withheld]');
    expect(kubelet).not.toHaveProperty('container');
    expect(hostPathOf(kubelet!, '/opt/x')).toEqual({ state: 'host', path: '/opt/x' });
    expect(configAt(evidence, 'kubelet', '/opt/kubelet/conf.yaml')).toMatchObject({
      state: 'read',
      value: { settings: expect.arrayContaining([{ key: 'authentication.anonymous.enabled', value: false }, { key: 'authentication.x509.clientCAFile', value: '../ca.crt' }]) as unknown },
    });
    expect(treeAt(evidence, '/opt/dropins')).toMatchObject({ state: 'read', paths: ['/opt/dropins/10-a.conf', '/opt/dropins/20-b.conf', '/opt/dropins/README'], truncated: false });
    expect(configAt(evidence, 'kubelet', '/opt/dropins/10-a.conf')).toMatchObject({ value: { settings: [{ key: 'featureGates.SeccompDefault', value: true }] } });
    expect(configAt(evidence, 'kubelet', '/opt/dropins/20-b.conf')).toMatchObject({ value: { settings: [{ key: 'podPidsLimit', value: 4096 }] } });
    expect(configAt(evidence, 'kubelet', '/opt/dropins/README')).toBeUndefined();
    expect(configAt(evidence, 'kubeconfig', '/opt/kubelet.kubeconfig')).toMatchObject({ state: 'absent' });
    expect(certificatesAt(evidence, '/opt/ca.crt')).toMatchObject({ state: 'read', value: { items: [{ subject: 'kubernetes', isAuthority: true, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string }], truncated: false } });
    expect(configAt(evidence, 'static-pod', '/opt/pods/web.yaml')).toMatchObject({ value: { name: 'web', containers: [{ argv: ['web', '--password', '[withheld]', '--config=/srv/x'] }] } });
    expect(JSON.stringify(evidence)).not.toMatch(/hunter2|s3cr3t|abc\.def|AAAA/);
  });

  it('translates paths of a container to those of the node', () => {
    node.file('/etc/kubernetes/static-pod-resources/kube-apiserver-pod-7/configmaps/policy.yaml', 'kind: Policy\napiVersion: audit.k8s.io/v1\nrules: [{level: Metadata}]\n', 0o600);
    node.process({
      pid: 900,
      argv: ['kube-apiserver', '--audit-policy-file=/etc/kubernetes/static-pod-resources/configmaps/policy.yaml', '--tls-cert-file=/in/the/image.crt', '--secure-port=7443'],
      cgroup: `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${apiServerUid.replaceAll('-', '_')}.slice/cri-containerd-${'ab'.repeat(32)}.scope\n`,
      mountinfo: `${overlay}510 500 8:1 /etc/kubernetes/static-pod-resources/kube-apiserver-pod-7 /etc/kubernetes/static-pod-resources rw - ext4 /dev/sda1 rw\n`,
    });
    node.file('/proc/1/net/tcp', ['  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid', '   0: 0100007F:1D13 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0', '   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0', ''].join('\n'));
    node.file('/proc/1/net/tcp6', ['  sl  local_address', '   0: 00000000000000000000000000000000:280A 0:0 0A 00000000:00000000 00:00000000 00000000    12', ''].join('\n'));
    const evidence = collected();
    const [apiServer] = processesOf(evidence, 'kube-apiserver');
    expect(apiServer!.container).toEqual({ id: 'ab'.repeat(32), podUid: apiServerUid });
    expect(hostPathOf(apiServer!, '/etc/kubernetes/static-pod-resources/configmaps/policy.yaml')).toEqual({ state: 'host', path: '/etc/kubernetes/static-pod-resources/kube-apiserver-pod-7/configmaps/policy.yaml' });
    expect(hostPathOf(apiServer!, '/in/the/image.crt')).toEqual({ state: 'container' });
    expect(configAt(evidence, 'audit', '/etc/kubernetes/static-pod-resources/kube-apiserver-pod-7/configmaps/policy.yaml')).toMatchObject({ state: 'read', value: { rules: [{ level: 'Metadata' }] } });
    expect(fileAt(evidence, '/in/the/image.crt')).toBeUndefined();
    expect(evidence.sockets).toEqual({ state: 'read', value: { items: [{ address: '127.0.0.1', port: 7443, uid: 0 }, { address: '::', port: 10_250, uid: 12 }], truncated: false } });
  });

  it('says that it does not know where a container\'s path lies', () => {
    node.process({ pid: 901, argv: ['etcd', '--data-dir=/data'], cgroup: `0::/kubepods/besteffort/pod${apiServerUid}/${'cd'.repeat(32)}\n` });
    const [etcd] = processesOf(collected(), 'etcd');
    expect(hostPathOf(etcd!, '/data')).toMatchObject({ state: 'unknown' });
  });

  it('knows the processes of every distribution, and no others', () => {
    const lines = [
      ['/usr/local/bin/kube-apiserver'],
      ['hyperkube', 'kube-controller-manager'],
      ['/hyperkube', 'scheduler'],
      ['/usr/local/bin/k3s server'],
      ['/usr/local/bin/k3s', 'kubectl', 'get', 'pods'],
      ['/usr/local/bin/rke2', 'agent'],
      ['/snap/microk8s/1/kubelite', '--kubelet-args-file=/var/snap/microk8s/1/args/kubelet'],
      ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io'],
      ['vim', '/etc/kubernetes/kubelet'],
    ];
    lines.forEach((argv, i) => node.process({ pid: 100 + i, argv }));
    expect(collected().processes.items.map(({ component, isArgvTitle }) => [component, isArgvTitle])).toEqual([
      ['kube-apiserver', false],
      ['kube-controller-manager', false],
      ['kube-scheduler', false],
      ['k3s-server', true],
      ['rke2-agent', true],
      ['kubelite', false],
    ]);
  });

  it('cuts an argument vector of 2 MB and says so', () => {
    node.process({ pid: 300, argv: ['kube-apiserver', '--anonymous-auth=false', `--x=${'y'.repeat(2 * 1024 * 1024)}`, '--profiling=false'] });
    const [apiServer] = processesOf(collected(), 'kube-apiserver');
    expect(apiServer).toMatchObject({ isArgvTruncated: true, argv: ['kube-apiserver', '--anonymous-auth=false'] });
  });

  it('keeps so many processes and says that there are more', () => {
    for (let pid = 2_000; pid < 2_100; pid++) node.process({ pid, argv: ['kubelet'] });
    const { processes } = collected();
    expect(processes).toMatchObject({ truncated: true });
    expect(processes.items).toHaveLength(64);
  });

  it('keeps etcd\'s options in its environment, and no other variable', () => {
    node.process({ pid: 400, argv: ['etcd'], environment: { ETCD_CLIENT_CERT_AUTH: 'true', ETCD_INITIAL_CLUSTER_TOKEN: 'tok', HOME: '/root', DATABASE_PASSWORD: 'x' } });
    expect(processesOf(collected(), 'etcd')[0]!.environment).toEqual({ state: 'read', value: [{ name: 'ETCD_CLIENT_CERT_AUTH', value: 'true' }, { name: 'ETCD_INITIAL_CLUSTER_TOKEN', value: '[withheld]' }] });
  });

  it('opens names that are no UTF-8 and shows them escaped', () => {
    const directory = node.directory('/etc/cni/net.d');
    renameSync(node.file('/etc/cni/net.d/x', 'x', 0o600), Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x31, 0xff, 0x2e, 0x63])]));
    const evidence = collected();
    expect(fileAt(evidence, '/etc/cni/net.d/1\\xff.c')).toMatchObject({ state: 'present', mode: 0o600, isEscaped: true });
    expect(treeAt(evidence, '/etc/cni/net.d')).toMatchObject({ paths: ['/etc/cni/net.d/1\\xff.c'] });
  });

  it('marks a directory with more files than are kept', () => {
    for (let i = 0; i < 2_050; i++) node.file(`/etc/cni/net.d/${i}.conf`, '');
    expect(treeAt(collected(), '/etc/cni/net.d')).toMatchObject({ state: 'read', truncated: true });
  });

  it('reads units with their drop-ins in force, /etc over /usr, and withholds secrets', () => {
    node.file('/usr/lib/systemd/system/kubelet.service', '[Unit]\nEnvironment=NOT=THIS\n[Service]\nExecStart=-/usr/bin/kubelet --config=/srv/k.yaml\n');
    node.file('/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', '[Service]\nExecStart=/hidden\n');
    node.file('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', '[Service]\nEnvironment="KUBELET_KUBECONFIG_ARGS=--kubeconfig=/srv/kc --token=geheim" TOKEN=other\nEnvironmentFile=-/srv/flags.env\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS \\\n  --password geheim\n', 0o600);
    node.file('/usr/lib/systemd/system/kubelet.service.d/20-b.conf', '[Service]\n');
    node.file('/srv/flags.env', 'KUBELET_KUBEADM_ARGS="--pod-infra-container-image=x --client-ca-file=/srv/ca.crt"\n');
    node.link('/etc/systemd/system/kube-proxy.service', '/dev/null');
    node.file('/dev/null', '');
    const evidence = collected();
    const kubelet = evidence.units.items.find(({ name }) => name === 'kubelet.service');
    expect(kubelet!.files.map(({ path, role }) => [path, role])).toEqual([
      ['/usr/lib/systemd/system/kubelet.service', 'unit'],
      ['/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', 'drop-in'],
      ['/usr/lib/systemd/system/kubelet.service.d/20-b.conf', 'drop-in'],
    ]);
    expect(kubelet!.files[1]!.content).toEqual({
      state: 'read',
      value: {
        execStart: [[], ['/usr/bin/kubelet', '$KUBELET_KUBECONFIG_ARGS', '--password', '[withheld]']],
        withheld: ['password'],
        environment: [{ name: 'KUBELET_KUBECONFIG_ARGS', value: '--kubeconfig=/srv/kc --token=[withheld]' }],
        environmentFiles: ['/srv/flags.env'],
      },
    });
    expect(evidence.units.items.find(({ name }) => name === 'kube-proxy.service')).toMatchObject({ isMasked: true });
    expect(configAt(evidence, 'environment-file', '/srv/flags.env')).toMatchObject({ state: 'read' });
    for (const path of ['/srv/k.yaml', '/srv/kc', '/srv/ca.crt']) expect(fileAt(evidence, path)).toMatchObject({ state: 'absent' });
    expect(JSON.stringify(evidence)).not.toContain('geheim');
  });

  it('reads k3s where its arguments say that its data is, also in short', () => {
    node.process({ pid: 930, argv: ['/usr/local/bin/k3s', 'server', '-d', '/data/k3s'] });
    node.file('/data/k3s/server/db/etcd/config', 'client-transport-security: {client-cert-auth: true}\n');
    expect(configAt(collected(), 'etcd', '/data/k3s/server/db/etcd/config')).toMatchObject({ state: 'read' });
  });

  it('reads k3s by its configuration, and what that names', () => {
    node.file('/etc/rancher/k3s/config.yaml', 'token: K10deadbeef\ndata-dir: /data/k3s\nkube-apiserver-arg:\n  - audit-policy-file=/srv/audit.yaml\n  - oidc-client-secret=geheim\ndatastore-endpoint: mysql://u:geheim@tcp(db:3306)/k\n');
    node.file('/etc/rancher/k3s/config.yaml.d/10.yaml', 'kubelet-arg+: [read-only-port=0]\n');
    node.file('/srv/audit.yaml', 'kind: Policy\napiVersion: audit.k8s.io/v1\nrules: []\n');
    node.file('/data/k3s/server/db/etcd/config', 'client-transport-security: {client-cert-auth: true, trusted-ca-file: /data/k3s/ca.crt}\n');
    node.file('/data/k3s/server/cred/encryption-config.json', JSON.stringify({ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', resources: [{ resources: ['secrets'], providers: [{ aescbc: { keys: [{ name: 'k1', secret: 'Z2VoZWlt' }] } }, { identity: {} }] }] }));
    const evidence = collected();
    expect(configAt(evidence, 'rancher', '/etc/rancher/k3s/config.yaml')).toEqual({
      state: 'read',
      value: {
        options: [
          { name: 'data-dir', values: ['/data/k3s'], appends: false },
          { name: 'kube-apiserver-arg', values: ['audit-policy-file=/srv/audit.yaml', 'oidc-client-secret=[withheld]'], appends: false },
          { name: 'datastore-endpoint', values: ['mysql://[withheld]'], appends: false },
        ],
        others: ['token'],
      },
    });
    expect(configAt(evidence, 'rancher', '/etc/rancher/k3s/config.yaml.d/10.yaml')).toMatchObject({ value: { options: [{ name: 'kubelet-arg', appends: true }] } });
    expect(configAt(evidence, 'audit', '/srv/audit.yaml')).toMatchObject({ state: 'read' });
    expect(configAt(evidence, 'etcd', '/data/k3s/server/db/etcd/config')).toMatchObject({ value: { apiVersion: '', settings: [{ key: 'client-transport-security.client-cert-auth', value: true }, { key: 'client-transport-security.trusted-ca-file', value: '/data/k3s/ca.crt' }] } });
    expect(configAt(evidence, 'encryption', '/data/k3s/server/cred/encryption-config.json')).toEqual({ state: 'read', value: { apiVersion: 'apiserver.config.k8s.io/v1', rules: [{ resources: ['secrets'], providers: [{ provider: 'aescbc', keyNames: ['k1'] }, { provider: 'identity', keyNames: [] }] }] } });
    expect(certificatesAt(evidence, '/data/k3s/ca.crt')).toMatchObject({ state: 'absent' });
    expect(evidence.platforms).toContainEqual({ platform: 'k3s', by: '/etc/rancher/k3s' });
    expect(JSON.stringify(evidence)).not.toMatch(/geheim|Z2VoZWlt|deadbeef/);
  });

  it('keeps of a kubeconfig how it signs in, and never with what', () => {
    node.file('/etc/kubernetes/admin.conf', 'kind: Config\napiVersion: v1\ncurrent-context: b\ncontexts: [{name: a, context: {cluster: a, user: a}}, {name: b, context: {cluster: b, user: b}}]\nclusters: [{name: b, cluster: {server: "https://u:geheim@k:6443", certificate-authority-data: eA==}}]\nusers: [{name: b, user: {token: geheim, client-key-data: geheim}}]\n');
    const evidence = collected();
    expect(configAt(evidence, 'kubeconfig', '/etc/kubernetes/admin.conf')).toEqual({ state: 'read', value: { server: 'https://[withheld]@k:6443', skipsTlsVerify: false, hasEmbeddedAuthority: true, userKind: 'token' } });
    expect(JSON.stringify(evidence)).not.toContain('geheim');
  });

  it('reads versions from the package database', () => {
    node.file('/var/lib/dpkg/status', 'Package: kubelet\nStatus: install ok installed\nVersion: 1.33.1-1.1\n\nPackage: vim\nStatus: install ok installed\nVersion: 9\n\nPackage: containerd.io\nStatus: deinstall ok config-files\nVersion: 1.7\n');
    expect(collected().packages).toEqual({ state: 'read', value: [{ name: 'kubelet', version: '1.33.1-1.1' }] });
  });
});
