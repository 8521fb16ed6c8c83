import { describe, expect, it } from 'vitest';
import type { ConfigFact } from '#nodes/config-facts.js';
import type { PlatformHint } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { detectByNodes, kubeletVersionOf, newestOf } from './detect-by-nodes.js';

const pod = (name: string, image: string): ConfigFact => ({
  kind: 'static-pod', path: { path: `/etc/kubernetes/manifests/${name}.yaml`, seen: true }, content: { state: 'read', value: { name, hostNetwork: true, containers: [{ name, image, argv: [], withheld: [], environment: [], mounts: [] }] } },
} as unknown as ConfigFact);
const node = (platforms: readonly PlatformHint[], ...configs: readonly ConfigFact[]) => evidenceOf({ platforms: platforms.map((platform) => ({ platform, by: '/x' })), configs: { items: configs, truncated: false } });

describe('what nodes tell of their cluster', () => {
  it.each([
    ['registry.k8s.io/kube-apiserver:v1.33.4', 'v1.33.4'],
    ['registry.k8s.io/kube-apiserver:v1.33.4@sha256:abc', 'v1.33.4'],
    ['rancher/hardened-kubernetes:v1.31.1-rke2r1-build20240912', 'v1.31.1+rke2r1-build20240912'],
    ['registry.example:5000/kube-apiserver', undefined],
    ['registry.example:5000/kube-apiserver:latest', undefined],
  ])('%s is of %s', (image, version) => {
    expect(detectByNodes([node(['kubeadm'], pod('kube-apiserver', image))])).toEqual({ platform: 'kubeadm', hasStaticControlPlane: true, ...(version !== undefined && { version }) });
  });

  it('is the newest of several, and the platform of most', () => {
    const nodes = [node(['kubeadm'], pod('kube-apiserver', 'x:v1.9.0')), node(['kubeadm'], pod('kube-scheduler', 'x:v1.33.0')), node(['k3s'])];
    expect(detectByNodes(nodes)).toMatchObject({ platform: 'kubeadm', version: 'v1.33.0' });
  });

  it('is nothing of nodes that tell nothing, and of no other static pod', () => {
    expect(detectByNodes([])).toEqual({ platform: 'unknown' });
    expect(detectByNodes([node(['microk8s'], pod('etcd', 'x:v3.5.0'))])).toEqual({ platform: 'unknown' });
  });

  it('has the kubelet of the node\'s package', () => {
    const packaged = (version: string) => evidenceOf({ packages: { state: 'read', value: [{ name: 'kubelet', version }] } });
    expect(kubeletVersionOf(packaged('1.33.4-1.1'))).toBe('v1.33.4');
    expect(kubeletVersionOf(packaged('unknown'))).toBeUndefined();
    expect(kubeletVersionOf(evidenceOf())).toBeUndefined();
    expect(newestOf(['v1.9.3', 'nonsense', 'v1.32.0'])).toBe('v1.32.0');
  });
});
