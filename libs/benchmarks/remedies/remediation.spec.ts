import { describe, expect, it } from 'vitest';
import { itemsOf } from '../benchmark.js';
import { benchmarks } from '../benchmarks.js';

const remediation = (benchmark: keyof typeof benchmarks, id: string): string => itemsOf(benchmarks[benchmark]).find((item) => item.id === id)!.remediation;

describe('a remediation', () => {
  it.each([
    ['cis-1.12', '1.2.15', 'In /etc/kubernetes/manifests/kube-apiserver.yaml of every control plane node set `--profiling=false`, and the same in the ConfigMap kubeadm-config, so that an upgrade keeps it.'],
    ['k3s-cis-1.9', '1.2.15', 'In /etc/rancher/k3s/config.yaml of every server list `profiling=false` under `kube-apiserver-arg`, then restart k3s there.'],
    ['rke2-cis-1.8', '1.2.16', 'In /etc/rancher/rke2/config.yaml of every server list `profiling=false` under `kube-apiserver-arg`, then restart rke2-server there.'],
    ['cis-1.12', '1.2.2', 'In /etc/kubernetes/manifests/kube-apiserver.yaml of every control plane node take out `--token-auth-file`, and the same in the ConfigMap kubeadm-config, so that an upgrade keeps it.'],
    ['cis-1.12', '4.2.1', 'Set `authentication.anonymous.enabled: false` in /var/lib/kubelet/config.yaml of each node and in the ConfigMap kubelet-config, take `--anonymous-auth` out of its command line, and restart the kubelet.'],
    ['cis-1.12', '1.1.1', 'On each node that has it, run `chmod 600 /etc/kubernetes/manifests/kube-apiserver.yaml`.'],
    ['cis-1.12', '1.1.19', 'On each node that has it, run `chown -R root:root /etc/kubernetes/pki`.'],
    ['cis-1.12', '1.1.11', 'On each node that has it, run `chmod 700 /var/lib/etcd`, or the same on what --data-dir of etcd names.'],
    ['cis-1.12', '4.1.3', 'Run `chmod 600` on the file that clientConnection.kubeconfig in the configuration of kube-proxy names.'],
    ['k3s-cis-1.9', '1.1.21', "On each node that has it, run `find /var/lib/rancher/k3s/server/tls -type f -name '*.key' -exec chmod 600 {} +`."],
  ] as const)('of %s %s names the file, the setting and what takes it up', (benchmark, id, text) => {
    expect(remediation(benchmark, id)).toBe(text);
  });

  it('has nothing to do where there is nothing', () => {
    expect(remediation('k3s-cis-1.9', '1.1.1')).toMatch(/^Nothing is to be done: k3s runs kube-apiserver within its own process/);
  });

  it('does not send owners of managed clusters to manifests that they cannot reach', () => {
    for (const id of ['eks-1.8.0', 'aks-1.8', 'gke-1.9.0', 'rh-1.8'] as const) {
      for (const item of itemsOf(benchmarks[id])) expect(item.remediation, `${id} ${item.id}`).not.toMatch(/\/etc\/kubernetes\/manifests|kubeadm-(config|flags)|KUBEADM_ARGS|kubelet-config\b(?!\.)/);
    }
  });

  it('goes by the tools of its provider', () => {
    expect(remediation('eks-1.8.0', '3.2.1')).toContain('NodeConfig');
    expect(remediation('eks-1.8.0', '3.1.1')).toBe('Run `chmod 644 /var/lib/kubelet/kubeconfig` (or on what --kubeconfig of kubelet names) in the user data of the node group\'s launch template, and replace its nodes.');
    expect(remediation('aks-1.8', '3.2.1')).toContain('az aks nodepool upgrade --node-image-only');
    expect(remediation('rh-1.8', '4.2.2')).toContain('KubeletConfig (machineconfiguration.openshift.io/v1)');
    expect(remediation('gke-1.9.0', '5.5.2')).toContain('gcloud container node-pools update');
  });
});
