// A control-plane node's root with so many processes, as plain files: components, containers, shims and kernel threads.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mix } from './random.mjs';

const kubelet = `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}
authorization: {mode: Webhook}
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;
const flags = (name, count) => Array.from({ length: count }, (_, i) => `--${name}-option-${i}=/etc/kubernetes/pki/${i}.crt`);

export function nodeRoot({ processes, connections, seed }) {
  const path = mkdtempSync(join(tmpdir(), 'bulwark-bench-node-'));
  const file = (name, content) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  file('/etc/passwd', Array.from({ length: 200 }, (_, i) => `u${i}:x:${i}:${i}::/:/bin/sh`).join('\n'));
  file('/etc/group', Array.from({ length: 200 }, (_, i) => `g${i}:x:${i}:`).join('\n'));
  file('/etc/machine-id', `${'ab'.repeat(16)}\n`);
  file('/etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n');
  file('/var/lib/kubelet/config.yaml', kubelet);
  for (let i = 0; i < 60; i++) file(`/etc/kubernetes/pki/${i}.${i % 2 ? 'key' : 'crt'}`, 'x'.repeat(1_500));
  for (let i = 0; i < 110; i++) file(`/var/lib/cni/networks/cbr0/10.244.0.${i}`, 'id');
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']) file(`/etc/kubernetes/manifests/${name}.yaml`, `kind: Pod\napiVersion: v1\nmetadata: {name: ${name}}\nspec: {containers: [{name: ${name}, image: x, command: ${JSON.stringify([name, ...flags(name, 40)])}}]}\n`);
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
  const components = ['kubelet', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd', 'kube-proxy', 'containerd'];
  for (const [i, name] of components.entries()) process(100 + i, [`/usr/bin/${name}`, ...flags(name, 60)]);
  for (let i = components.length + 1; i < processes; i++) {
    const kind = mix(i, seed) / 2 ** 32;
    process(1_000 + i, kind < 0.3 ? [] : kind < 0.5 ? ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'ab'.repeat(32)] : ['java', ...Array.from({ length: 80 }, (_, n) => `-Dproperty.${n}=${'v'.repeat(60)}`)]);
  }
  return path;
}
