// Evidence of nodes as their bundles have it, made up by a seed: one in a hundred is of the control plane, some are careless.
import { mix } from './random.mjs';

const at = '2026-01-01T00:00:00.000Z';
const pki = '/etc/kubernetes/pki';
const read = (value) => ({ state: 'read', value });
const listed = (items) => ({ items, truncated: false });
const present = (path, mode, more = {}) => ({ path, state: 'present', kind: 'file', mode, uid: 0, gid: 0, owner: 'root', group: 'root', size: 1_000, ...more });
const directory = (path, mode = 0o755) => present(path, mode, { kind: 'directory' });
const absent = (path) => ({ path, state: 'absent', detail: '' });
const tree = (path, paths) => ({ path, depth: 8, state: 'read', paths, truncated: false });
const noTree = (path) => ({ path, depth: 8, state: 'absent', detail: '', paths: [], truncated: false });
const certificate = (path, fingerprint) => ({
  path, content: read(listed([{ fingerprint: fingerprint.padEnd(64, '0'), subject: 'kubernetes', organizations: [], issuer: 'kubernetes', isAuthority: true, notBefore: at, notAfter: at, keyType: 'rsa', keyBits: 2048 }])),
});
const processOf = (component, pid, flags, more = {}) => ({
  component, pid, argv: [`/usr/bin/${component}`, ...flags], isArgvTruncated: false, isArgvTitle: false, withheld: [], exe: read(`/usr/bin/${component}`), uid: 0, environment: read([]), mounts: read([]), ...more,
});

const serverFlags = {
  'kube-apiserver': ['--anonymous-auth=false', '--authorization-mode=Node,RBAC', `--client-ca-file=${pki}/ca.crt`, '--enable-admission-plugins=NodeRestriction', `--etcd-cafile=${pki}/etcd/ca.crt`, `--etcd-certfile=${pki}/1.crt`, `--etcd-keyfile=${pki}/1.key`, '--etcd-servers=https://127.0.0.1:2379', '--profiling=false', `--tls-cert-file=${pki}/2.crt`, `--tls-private-key-file=${pki}/2.key`, `--service-account-key-file=${pki}/sa.pub`, '--audit-log-path=/var/log/audit.log', '--audit-policy-file=/etc/kubernetes/audit.yaml', '--encryption-provider-config=/etc/kubernetes/enc.yaml', ...Array.from({ length: 30 }, (_, i) => `--service-option-${i}=${i}`)],
  'kube-controller-manager': ['--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/controller-manager.conf', `--root-ca-file=${pki}/ca.crt`, '--use-service-account-credentials=true'],
  'kube-scheduler': ['--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/scheduler.conf'],
  etcd: [`--cert-file=${pki}/etcd/server.crt`, `--key-file=${pki}/etcd/server.key`, '--client-cert-auth=true', `--trusted-ca-file=${pki}/etcd/ca.crt`, '--data-dir=/var/lib/etcd', `--peer-cert-file=${pki}/etcd/peer.crt`, '--peer-client-cert-auth=true'],
};

/** One node's evidence; the same for the same index and seed. */
export function evidenceOf(index, seed) {
  const chance = (salt) => mix(index * 31 + salt, seed) / 2 ** 32;
  const isServer = index % 100 === 0;
  const careless = chance(1) < 0.1;
  const networks = Array.from({ length: 110 }, (_, i) => `/var/lib/cni/networks/cbr0/10.244.${index % 250}.${i}`);
  const keys = isServer ? Array.from({ length: 60 }, (_, i) => `${pki}/${i}.${i % 2 ? 'key' : 'crt'}`) : [`${pki}/ca.crt`];
  const drops = Array.from({ length: 3 }, (_, i) => `/etc/kubernetes/kubelet.conf.d/${i}0.conf`);
  const dropIn = '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf';
  const kubelet = (settings) => read({ apiVersion: 'kubelet.config.k8s.io/v1beta1', settings });
  const manifests = isServer ? Object.keys(serverFlags) : [];
  return {
    collection: { startedAt: at, finishedAt: at, uid: 0, seesAllProcesses: true, notes: [] },
    platforms: [{ platform: 'kubeadm', by: '/var/lib/kubelet/kubeadm-flags.env' }], os: read({ id: 'debian', version: '12', name: 'Debian' }), kernel: read('6.1.0'), packages: read([{ name: 'kubelet', version: '1.33.4-1.1' }]),
    processes: listed([
      processOf('kubelet', 700, ['--config=/var/lib/kubelet/config.yaml', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--config-dir=/etc/kubernetes/kubelet.conf.d', ...(careless ? ['--read-only-port=10255'] : [])]),
      processOf('kube-proxy', 701, ['--config=/var/lib/kube-proxy/config.conf', '--hostname-override=n'], { container: { podUid: '0a1b2c3d-0000-4000-8000-00000000000a' }, mounts: read([{ at: '/' }, { at: '/var/lib/kube-proxy', host: '/var/lib/kubelet/pods/x/volumes/kubernetes.io~configmap/kube-proxy' }]) }),
      processOf('containerd', 702, []),
      ...manifests.map((name, i) => processOf(name, 800 + i, serverFlags[name])),
    ]),
    files: listed([
      present('/var/lib/kubelet/config.yaml', careless ? 0o644 : 0o600), present('/etc/kubernetes/kubelet.conf', chance(2) < 0.05 ? 0o644 : 0o600), present(dropIn, 0o644), directory(dropIn.slice(0, dropIn.lastIndexOf('/'))),
      ...drops.map((path) => present(path, 0o600)), ...networks.map((path) => present(path, 0o644)), directory(pki), ...keys.map((path) => present(path, path.endsWith('.key') ? 0o600 : 0o644)),
      ...Array.from({ length: 40 }, (_, i) => absent(`/var/lib/rancher/none-${i}`)),
      ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => (isServer ? present(`/etc/kubernetes/manifests/${name}.yaml`, 0o600) : absent(`/etc/kubernetes/manifests/${name}.yaml`))),
      ...['admin.conf', 'super-admin.conf', 'scheduler.conf', 'controller-manager.conf'].map((name) => (isServer ? present(`/etc/kubernetes/${name}`, 0o600) : absent(`/etc/kubernetes/${name}`))),
      isServer ? directory('/var/lib/etcd', 0o700) : absent('/var/lib/etcd'), isServer ? present(`${pki}/apiserver.crt`, 0o644) : absent(`${pki}/apiserver.crt`),
    ]),
    trees: listed([
      tree(pki, keys), tree('/var/lib/cni/networks', networks), tree('/etc/cni/net.d', []), tree('/etc/kubernetes/kubelet.conf.d', drops), tree('/etc/kubernetes/manifests', manifests.map((name) => `/etc/kubernetes/manifests/${name}.yaml`)),
      ...Array.from({ length: 20 }, (_, i) => noTree(`/var/lib/rancher/none-${i}`)),
    ]),
    configs: listed([
      {
        kind: 'kubelet', path: '/var/lib/kubelet/config.yaml',
        content: kubelet([{ key: 'authentication.anonymous.enabled', value: false }, { key: 'authentication.x509.clientCAFile', value: `${pki}/ca.crt` }, { key: 'rotateCertificates', value: true }, { key: 'serverTLSBootstrap', value: true }, { key: 'staticPodPath', value: '/etc/kubernetes/manifests' }, { key: 'tlsCipherSuites', value: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] }]),
      },
      ...drops.map((path, i) => ({ kind: 'kubelet', path, content: kubelet([{ key: 'podPidsLimit', value: 1_000 + i }, { key: 'seccompDefault', value: i !== 1 }]) })),
      { kind: 'kube-proxy', path: '/var/lib/kubelet/pods/x/volumes/kubernetes.io~configmap/kube-proxy/config.conf', content: read({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', settings: [{ key: 'metricsBindAddress', value: careless ? '0.0.0.0:10249' : '' }] }) },
      ...manifests.map((name) => ({ kind: 'static-pod', path: `/etc/kubernetes/manifests/${name}.yaml`, content: read({ apiVersion: 'v1', name, namespace: 'kube-system', hostNetwork: true, containers: [{ name, image: `registry.k8s.io/${name}:v1.33.4`, argv: [name, ...serverFlags[name]], withheld: [], environment: [], mounts: [] }] }) })),
      ...(isServer ? [
        { kind: 'encryption', path: '/etc/kubernetes/enc.yaml', content: read({ apiVersion: 'apiserver.config.k8s.io/v1', rules: [{ resources: ['secrets'], providers: [{ provider: 'secretbox', keyNames: ['a'] }, { provider: 'identity', keyNames: [] }] }] }) },
        { kind: 'audit', path: '/etc/kubernetes/audit.yaml', content: read({ apiVersion: 'audit.k8s.io/v1', omitStages: [], rules: [{ level: 'Metadata' }] }) },
      ] : []),
    ]),
    certificates: listed([certificate(`${pki}/ca.crt`, 'aa'), certificate(`${pki}/etcd/ca.crt`, 'bb')]),
    units: listed([{ name: 'kubelet.service', files: [{ path: '/usr/lib/systemd/system/kubelet.service', role: 'unit', content: read({ execStart: [['/usr/bin/kubelet']], withheld: [], environment: [], environmentFiles: [] }) }, { path: dropIn, role: 'drop-in', content: read({ execStart: [[], ['/usr/bin/kubelet', '$KUBELET_CONFIG_ARGS']], withheld: [], environment: [], environmentFiles: [] }) }], isMasked: false, truncated: false }]),
    sockets: read(listed([])), accounts: read(true),
  };
}
