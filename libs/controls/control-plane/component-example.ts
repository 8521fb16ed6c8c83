import type { ComponentFacts } from '#inventory/facts.js';
import { manifests, type Example } from '../engine/example.js';

/** The static pods of control plane components with these flags, as kubeadm writes them. */
export const staticPods = (flags: Readonly<Partial<Record<ComponentFacts['component'], readonly string[]>>>, options: Omit<Example, 'manifests'> = {}): Example =>
  manifests(Object.entries(flags).map(([component, given]) => `---
apiVersion: v1
kind: Pod
metadata: {name: ${component}-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}, labels: {component: ${component}, tier: control-plane}}
spec:
  hostNetwork: true
  containers:
  - name: ${component}
    image: registry.k8s.io/${component}:v1.35.2
    command: ${JSON.stringify([component, ...given])}
`).join(''), options);

interface EtcdSketch {
  readonly argv: readonly string[];
  /** Its configuration at /etc/etcd/etcd.yaml; left out where it could not be read. */
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** etcd on a machine outside the cluster, whose collector saw it. */
export const etcdOnHost = ({ argv, file, environment }: EtcdSketch, options: Omit<Example, 'manifests' | 'nodes'> = {}): Example =>
  manifests('apiVersion: v1\nkind: Node\nmetadata: {name: worker}', {
    ...options,
    nodes: { 'etcd-1': { processes: [argv], configs: { '/etc/etcd/etcd.yaml': { kind: 'etcd', ...(file !== undefined && { text: file }) } }, ...(environment && { environment }) } },
  });
