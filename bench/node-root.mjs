// A kubeadm node's root with so many processes, as plain files: components, containers, shims and kernel threads.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mix } from './random.mjs';

const pki = '/etc/kubernetes/pki';
const kubelet = (isCareless) => `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
authentication: {anonymous: {enabled: ${isCareless}}, webhook: {enabled: true}, x509: {clientCAFile: ${pki}/ca.crt}}
authorization: {mode: ${isCareless ? 'AlwaysAllow' : 'Webhook'}}
rotateCertificates: true
serverTLSBootstrap: true
staticPodPath: /etc/kubernetes/manifests
`;
const nodeFlags = { kubelet: ['--config=/var/lib/kubelet/config.yaml', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--config-dir=/etc/kubernetes/kubelet.conf.d'], 'kube-proxy': ['--config=/var/lib/kube-proxy/config.conf'], containerd: [] };
const serverFlags = {
  'kube-apiserver': ['--anonymous-auth=false', '--authorization-mode=Node,RBAC', `--client-ca-file=${pki}/ca.crt`, '--enable-admission-plugins=NodeRestriction', `--etcd-cafile=${pki}/etcd/ca.crt`, `--etcd-certfile=${pki}/1.crt`, `--etcd-keyfile=${pki}/1.key`, '--etcd-servers=https://127.0.0.1:2379', '--profiling=false', `--tls-cert-file=${pki}/2.crt`, `--tls-private-key-file=${pki}/2.key`, `--service-account-key-file=${pki}/sa.pub`, '--audit-log-path=/var/log/audit.log', '--audit-policy-file=/etc/kubernetes/audit.yaml', '--encryption-provider-config=/etc/kubernetes/enc.yaml'],
  'kube-controller-manager': ['--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/controller-manager.conf', `--root-ca-file=${pki}/ca.crt`, '--use-service-account-credentials=true'],
  'kube-scheduler': ['--bind-address=127.0.0.1', '--kubeconfig=/etc/kubernetes/scheduler.conf'],
  etcd: [`--cert-file=${pki}/etcd/server.crt`, `--key-file=${pki}/etcd/server.key`, '--client-cert-auth=true', `--trusted-ca-file=${pki}/etcd/ca.crt`, '--data-dir=/var/lib/etcd', `--peer-cert-file=${pki}/etcd/peer.crt`, '--peer-client-cert-auth=true'],
};
/** With others that nobody judges, as many as components have in the field. */
const commandLine = (name, flags) => [name, ...flags, ...Array.from({ length: 40 }, (_, i) => `--option-${i}=/etc/kubernetes/pki/${i}.crt`)];

/** Its path. `certificate`: PEM that lies where a cluster's certificates do. */
export function nodeRoot({ processes, connections, seed, certificate, isServer = true, isCareless = false }) {
  const path = mkdtempSync(join(tmpdir(), 'bulwark-bench-node-'));
  const file = (name, content) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  file('/etc/passwd', Array.from({ length: 200 }, (_, i) => `u${i}:x:${i}:${i}::/:/bin/sh`).join('\n'));
  file('/etc/group', Array.from({ length: 200 }, (_, i) => `g${i}:x:${i}:`).join('\n'));
  file('/etc/machine-id', `${'ab'.repeat(16)}\n`);
  file('/etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n');
  file('/var/lib/kubelet/config.yaml', kubelet(isCareless));
  file('/etc/kubernetes/kubelet.conf', 'kind: Config\napiVersion: v1\n');
  file('/var/lib/kube-proxy/config.conf', 'kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n');
  file('/var/lib/kubelet/kubeadm-flags.env', 'KUBELET_KUBEADM_ARGS=""\n');
  for (let i = 0; i < 3; i++) file(`/etc/kubernetes/kubelet.conf.d/${i}0.conf`, `kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\npodPidsLimit: ${1_000 + i}\n`);
  file(`${pki}/ca.crt`, certificate);
  if (isServer) {
    file(`${pki}/etcd/ca.crt`, certificate);
    for (let i = 0; i < 60; i++) file(`${pki}/${i}.${i % 2 ? 'key' : 'crt'}`, i % 2 ? 'x'.repeat(1_500) : certificate);
    file('/etc/kubernetes/enc.yaml', 'kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources: [{resources: [secrets], providers: [{secretbox: {keys: [{name: a, secret: eA==}]}}, {identity: {}}]}]\n');
    file('/etc/kubernetes/audit.yaml', 'kind: Policy\napiVersion: audit.k8s.io/v1\nrules: [{level: Metadata}]\n');
    for (const name of ['admin', 'super-admin', 'scheduler', 'controller-manager']) file(`/etc/kubernetes/${name}.conf`, 'kind: Config\napiVersion: v1\n');
  }
  for (let i = 0; i < 110; i++) file(`/var/lib/cni/networks/cbr0/10.244.0.${i}`, 'id');
  for (const [name, flags] of Object.entries(isServer ? serverFlags : {})) file(`/etc/kubernetes/manifests/${name}.yaml`, `kind: Pod\napiVersion: v1\nmetadata: {name: ${name}, namespace: kube-system}\nspec: {hostNetwork: true, containers: [{name: ${name}, image: "registry.k8s.io/${name}:v1.36.3", command: ${JSON.stringify(commandLine(name, flags))}}]}\n`);
  // What a node of some years has installed.
  file('/var/lib/dpkg/status', Array.from({ length: 1_500 }, (_, i) => `Package: package-${i}\nStatus: install ok installed\nVersion: ${i}\nDescription: ${'words '.repeat(150)}\n`).join('\n'));

  const process = (pid, argv) => {
    file(`/proc/${pid}/cmdline`, argv.length === 0 ? '' : `${argv.join('\0')}\0`);
    file(`/proc/${pid}/comm`, `${(argv[0] ?? 'kthread').split('/').at(-1).slice(0, 15)}\n`);
    file(`/proc/${pid}/status`, 'Name:\tx\nUid:\t0\t0\t0\t0\n');
    file(`/proc/${pid}/environ`, 'PATH=/bin\0');
    file(`/proc/${pid}/cgroup`, '0::/system.slice/x.service\n');
    file(`/proc/${pid}/mountinfo`, '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n');
  };
  process(1, ['/sbin/init']);
  file('/proc/1/comm', 'systemd\n');
  file('/proc/2/comm', 'kthreadd\n');
  file('/proc/sys/kernel/osrelease', '6.1.0\n');
  file('/proc/1/net/tcp', `  sl  local_address\n${Array.from({ length: connections }, (_, i) => `   ${i}: 0100007F:${(10_000 + (i % 50_000)).toString(16).toUpperCase()} 0100007F:0050 ${i % 100 ? '01' : '0A'} 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000 100 0 0 10 0`).join('\n')}\n`);
  const components = Object.entries({ ...nodeFlags, ...(isServer && serverFlags) });
  for (const [i, [name, flags]] of components.entries()) process(100 + i, commandLine(`/usr/bin/${name}`, flags));
  for (let i = components.length + 1; i < processes; i++) {
    const kind = mix(i, seed) / 2 ** 32;
    process(1_000 + i, kind < 0.3 ? [] : kind < 0.5 ? ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'ab'.repeat(32)] : ['java', ...Array.from({ length: 80 }, (_, n) => `-Dproperty.${n}=${'v'.repeat(60)}`)]);
  }
  return path;
}
