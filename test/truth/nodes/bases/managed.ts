import { clusterAuthority } from '../authorities.js';
import type { Base } from '../node-case.js';
import { file, type NodePlan, type Running } from '../node-plan.js';
import { outcomes } from '../outcomes.js';
import { kubeconfig, strongSuites } from './kubeadm.js';

export const eksConfig = '/etc/kubernetes/kubelet/config.json';
export const eksDropIn = `${eksConfig}.d/40-nodeadm.conf`;
export const bottlerocketConfig = '/etc/kubernetes/kubelet/config';
export const gkeConfig = '/home/kubernetes/kubelet-config.yaml';
const kubeconfigPath = '/var/lib/kubelet/kubeconfig';

/** As nodeadm writes it: the read-only port and the gate stay at their defaults. */
const nodeadm = {
  kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', address: '0.0.0.0',
  authentication: { anonymous: { enabled: false }, webhook: { cacheTTL: '2m0s', enabled: true }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
  authorization: { mode: 'Webhook' }, cgroupDriver: 'systemd', serverTLSBootstrap: true, tlsCipherSuites: strongSuites.split(','),
};

const kubelet = (program: string, ...args: readonly string[]): Running => ({ name: 'kubelet', program, args });

const eksPlan: NodePlan = {
  platform: 'eks', version: 'v1.33.4-eks-113cf36', benchmark: 'eks-1.8.0', role: 'worker',
  processes: [kubelet('/usr/bin/kubelet', '--cloud-provider=external', `--config=${eksConfig}`, `--config-dir=${eksConfig}.d`, '--hostname-override=i-0123456789abcdef0', `--kubeconfig=${kubeconfigPath}`)],
  entries: {
    '/etc/eks/image-credential-provider/config.json': file('{}', 0o644),
    [kubeconfigPath]: file(kubeconfig('kubelet'), 0o644),
    '/etc/kubernetes/pki/ca.crt': file(clusterAuthority, 0o644),
    [eksConfig]: file(JSON.stringify(nodeadm), 0o644),
    [eksDropIn]: file('{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","maxPods":58}', 0o644),
  },
};

/** Everything that is no node's: the API, of which only the node's object could be read, and the provider's own description of the cluster. */
const eksCluster = { pass: '5.4.3', unknown: '2.1.1 4.1.1-12 4.2.1-5 4.3.1-2 4.4.1-2 4.5.2 5.1.4 5.2.1 5.3.1 5.4.1-2 5.4.4-5', manual: '2.1.2 4.5.1 5.1.1-3 5.5.1' } as const;
const allOfTheNode = '3.1.1-4 3.2.1-9';

export const eksNode: Base = {
  name: 'EKS node', about: 'Amazon Linux 2023 as nodeadm sets it up: JSON, a directory of drop-ins, no key for what is so by default.', plan: eksPlan,
  expected: outcomes({ pass: `${allOfTheNode} ${eksCluster.pass}`, unknown: eksCluster.unknown, manual: eksCluster.manual }),
};

export const bottlerocketNode: Base = {
  name: 'Bottlerocket node', about: 'Bottlerocket: another path for the configuration, YAML, and flags whose values are words of their own.',
  plan: {
    ...eksPlan,
    processes: [kubelet('/usr/bin/kubelet', '--cloud-provider', 'external', '--kubeconfig', '/etc/kubernetes/kubelet/kubeconfig', '--config', bottlerocketConfig, '--container-runtime-endpoint=unix:///run/containerd/containerd.sock', '--root-dir', '/var/lib/kubelet', '--cert-dir', '/var/lib/kubelet/pki')],
    entries: {
      '/etc/eks/bottlerocket': file('', 0o644),
      '/etc/kubernetes/kubelet/kubeconfig': file(kubeconfig('kubelet')),
      '/etc/kubernetes/pki/ca.crt': file(clusterAuthority, 0o644),
      [bottlerocketConfig]: file('kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\nauthentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}\nauthorization: {mode: Webhook}\nreadOnlyPort: 0\nserverTLSBootstrap: true\n'),
    },
  },
  expected: outcomes({ pass: `${allOfTheNode} ${eksCluster.pass}`, unknown: eksCluster.unknown, manual: eksCluster.manual }),
};

export const aksNode: Base = {
  name: 'AKS node', about: 'A node of AKS without a configuration file: every setting is a flag, and what is not set has the defaults of flags.',
  plan: {
    platform: 'aks', version: 'v1.33.4', benchmark: 'aks-1.8', role: 'worker',
    processes: [kubelet('/usr/local/bin/kubelet', '--enable-server', '--v=2', '--kubeconfig', kubeconfigPath, '--bootstrap-kubeconfig', '/var/lib/kubelet/bootstrap-kubeconfig', '--address=0.0.0.0', '--anonymous-auth=false', '--authentication-token-webhook=true',
      '--authorization-mode=Webhook', '--client-ca-file=/etc/kubernetes/certs/ca.crt', '--event-qps=0', '--pod-max-pids=-1', '--read-only-port=0', '--rotate-certificates=true', '--streaming-connection-idle-timeout=4h')],
    entries: {
      '/etc/kubernetes/azure.json': file('{}'), '/etc/kubernetes/certs/ca.crt': file(clusterAuthority, 0o644), [kubeconfigPath]: file(kubeconfig('kubelet'), 0o644),
    },
  },
  expected: outcomes({ pass: `${allOfTheNode} 5.4.3`, unknown: '4.1.1-12 4.2.1-5 4.4.2 4.5.1-2 4.6.2-3 5.1.4 5.2.1 5.3.1 5.4.1-2 5.4.4-5 5.5.1-2', manual: '2.1.1 4.4.1 4.6.1 5.1.1-3' }),
};

export const gkeNode: Base = {
  name: 'GKE node', about: 'Container-Optimized OS as GKE sets it up; its benchmark asks for files of nodes alone.',
  plan: {
    platform: 'gke', version: 'v1.33.4-gke.1172000', benchmark: 'gke-1.9.0', role: 'worker',
    processes: [kubelet('/home/kubernetes/bin/kubelet', '--v=2', `--kubeconfig=${kubeconfigPath}`, `--config=${gkeConfig}`), { name: 'kube-proxy', program: 'kube-proxy', args: ['--kubeconfig=/var/lib/kube-proxy/kubeconfig'], container: { mounts: { '/var/lib/kube-proxy/kubeconfig': '/var/lib/kube-proxy/kubeconfig' } } }],
    entries: {
      [kubeconfigPath]: file(kubeconfig('kubelet')), '/var/lib/kube-proxy/kubeconfig': file(kubeconfig('kube-proxy')),
      [gkeConfig]: file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: false}, x509: {clientCAFile: /etc/srv/kubernetes/pki/ca-certificates.crt}}\nreadOnlyPort: 10255\n', 0o644),
      '/etc/srv/kubernetes/pki/ca-certificates.crt': file(clusterAuthority, 0o644),
    },
  },
  expected: outcomes({
    // The node's object says which image and runtime it has, that it has no public address, and that it hides the cloud's metadata.
    pass: '3.1.1-4 5.4.1 5.5.1 5.6.5',
    unknown: '4.1.1-10 4.2.1 4.3.1-2 4.4.1-2 4.5.1 4.6.2-4 5.1.4 5.2.1-2 5.3.1 5.5.2-7 5.6.1-4 5.6.7 5.7.1-2 5.8.1-3 5.9.1-2 5.10.1-2 5.10.4',
    manual: '4.6.1 5.1.1-3 5.6.6 5.10.3',
  }),
};
