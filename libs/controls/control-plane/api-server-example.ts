import { manifests, type Example } from '../engine/example.js';

/** The static pod of an API server with these flags, as kubeadm writes it. */
export const apiServer = (flags: readonly string[], options: Omit<Example, 'manifests'> = {}): Example =>
  manifests(`apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}, labels: {component: kube-apiserver, tier: control-plane}}
spec:
  hostNetwork: true
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.35.2
    command: ${JSON.stringify(['kube-apiserver', ...flags])}`, options);

/** A cluster whose provider runs the control plane. */
export const managedCluster = manifests(`
apiVersion: v1
kind: Node
metadata: {name: a, labels: {eks.amazonaws.com/nodegroup: workers}}
status: {nodeInfo: {kubeletVersion: v1.35.2-eks-1234567}}`);

/** The same on a node whose collector read the file that a flag names. */
export function apiServerWithFile(flag: string, kind: string, text: string, { flags = [], ...options }: Omit<Example, 'manifests'> & { readonly flags?: readonly string[] } = {}): Example {
  const path = `/etc/kubernetes/${kind}.yaml`;
  const given = [`--${flag}=${path}`, ...flags];
  return apiServer(given, { ...options, nodes: { a: { staticPods: [['kube-apiserver', ...given]], configs: { [path]: { kind, text } } } } });
}
