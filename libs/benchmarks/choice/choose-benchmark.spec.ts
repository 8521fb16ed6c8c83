import { describe, expect, it } from 'vitest';
import { chooseBenchmark, type Choice, type DetectedCluster } from './choose-benchmark.js';
import { aks, eks, gke, k3s, kubernetes, openshift, rke2 } from './published.js';

const chosen = (cluster: DetectedCluster, pinned?: string): Extract<Choice, { state: 'chosen' }> => {
  const choice = chooseBenchmark(cluster, pinned);
  if (choice.state === 'refused') throw new Error(choice.reason);
  return choice;
};

describe('the benchmark of a cluster', () => {
  it.each([
    [{ platform: 'kubeadm', version: 'v1.32.4' }, 'cis-1.12'],
    [{ platform: 'kubeadm', version: 'v1.33.0-rc.1' }, 'cis-1.12'],
    [{ platform: 'kubeadm', version: 'v1.34.1' }, 'cis-2.0'],
    [{ platform: 'kubeadm', version: 'v1.35.0' }, 'cis-2.0'],
    [{ platform: 'kind', version: 'v1.33.1' }, 'cis-1.12'],
    [{ platform: 'k3s', version: 'v1.28.15+k3s10' }, 'k3s-cis-1.9'],
    [{ platform: 'rke2', version: 'v1.26.9+rke2r10' }, 'rke2-cis-1.8'],
    [{ platform: 'eks', version: 'v1.33.4-eks-99d6cc0' }, 'eks-1.8.0'],
    [{ platform: 'aks', version: 'v1.32.6' }, 'aks-1.8'],
    [{ platform: 'gke', version: 'v1.33.3-gke.1136000' }, 'gke-1.9.0'],
    [{ platform: 'openshift', version: 'v1.29.8+f10c92d', openshiftVersion: '4.16.12' }, 'rh-1.8'],
    [{ platform: 'openshift', version: 'v1.29.8+f10c92d' }, 'rh-1.8'],
  ] as const)('%j is judged by %s, without a caveat', (cluster, id) => {
    const { benchmark, reason, caveat } = chosen(cluster);
    expect(benchmark.id).toBe(id);
    expect(reason).toContain(benchmark.title);
    expect(caveat).toBeUndefined();
  });

  it.each([
    [{ platform: 'kubeadm', version: 'v1.28.3' }, 'cis-1.12', 'cis-1.10'],
    [{ platform: 'kubeadm', version: 'v1.31.9' }, 'cis-1.12', 'cis-1.11'],
    [{ platform: 'k3s', version: 'v1.26.1+k3s1' }, 'k3s-cis-1.9', 'k3s-cis-1.8'],
    [{ platform: 'rke2', version: 'v1.31.1+rke2r1' }, 'rke2-cis-1.8', 'rke2-cis-1.9'],
    [{ platform: 'eks', version: 'v1.30.4-eks-1' }, 'eks-1.8.0', 'eks-1.7.0'],
    [{ platform: 'eks', version: 'v1.35.1-eks-1' }, 'eks-1.8.0', 'eks-2.0.0'],
    [{ platform: 'aks', version: 'v1.30.1' }, 'aks-1.8', 'aks-1.7'],
    [{ platform: 'gke', version: 'v1.29.1-gke.5' }, 'gke-1.9.0', 'gke-1.6.0'],
    [{ platform: 'openshift', openshiftVersion: '4.11.3' }, 'rh-1.8', 'rh-1.4'],
  ] as const)('%j is judged by %s and told that %s is not carried', (cluster, id, own) => {
    const { benchmark, caveat } = chosen(cluster);
    expect(benchmark.id).toBe(id);
    expect(caveat).toBe(`Judged by ${benchmark.title}: your version's benchmark, ${own}, is not carried.`);
  });

  it.each([
    [{ platform: 'kubeadm', version: 'v1.36.0' }, 'cis-2.0'],
    [{ platform: 'k3s', version: 'v1.34.1+k3s1' }, 'k3s-cis-1.9'],
  ] as const)('%j is judged by the newest, and told so', (cluster, id) => {
    const { benchmark, caveat } = chosen(cluster);
    expect(benchmark.id).toBe(id);
    expect(caveat).toMatch(/^No benchmark for .* is carried yet: judged by/);
  });

  it('takes a cluster with a control plane of its own for plain Kubernetes, whatever its version says', () => {
    const { benchmark, reason } = chosen({ platform: 'eks', version: 'v1.33.1-eks-1-33-8', hasStaticControlPlane: true });
    expect(benchmark.id).toBe('cis-1.12');
    expect(reason).toContain('a control plane of its own');
  });

  it.each(['talos', 'unknown'] as const)('says of %s where files are looked for', (platform) => {
    expect(chosen({ platform, version: 'v1.34.0' })).toMatchObject({ benchmark: { id: 'cis-2.0' }, caveat: 'Files are looked for where kubeadm has them, unless a running process names them.' });
    expect(chosen({ platform, version: 'v1.30.0' }).caveat).toMatch(/^Judged by .* is not carried\. Files are looked for/);
  });

  it('says so where nobody knows who installed the cluster', () => {
    expect(chosen({ platform: 'unknown', version: 'v1.33.1' }).reason).toContain('was not recognised');
  });

  it.each([
    [{ platform: 'kubeadm' }, 'is not known'],
    [{ platform: 'kubeadm', version: 'fourty-two' }, 'is not known'],
    [{ platform: 'openshift' }, 'is not known'],
    [{ platform: 'kubeadm', version: 'v1.14.9' }, 'Kubernetes 1.14 is outside'],
    [{ platform: 'kubeadm', version: 'v2.0.0' }, 'Kubernetes 2.0 is outside'],
    [{ platform: 'k3s', version: 'v1.21.1+k3s1' }, 'k3s 1.21 is outside'],
    [{ platform: 'openshift', openshiftVersion: '3.11.0' }, 'OpenShift 3.11 is outside'],
  ] as const)('%j is refused, saying what to do', (cluster, reason) => {
    const choice = chooseBenchmark(cluster);
    expect(choice.state).toBe('refused');
    expect(choice.reason).toContain(reason);
    expect(choice.reason).toContain('pin');
  });
});

describe('a pinned benchmark', () => {
  it('counts before the version', () => {
    const { benchmark, reason, caveat } = chosen({ platform: 'kubeadm', version: 'v1.34.1' }, 'cis-1.12');
    expect(benchmark.id).toBe('cis-1.12');
    expect(reason).toContain('pinned');
    expect(caveat).toContain('CIS Kubernetes Benchmark 2.0 would have been chosen');
  });

  it('needs no caveat where it would have been chosen', () => {
    expect(chosen({ platform: 'k3s', version: 'v1.29.0+k3s1' }, 'k3s-cis-1.9').caveat).toBeUndefined();
  });

  it('counts where nothing would have been chosen, and says so', () => {
    expect(chosen({ platform: 'kubeadm' }, 'cis-2.0').caveat).toContain('is not known');
  });

  it('is refused where it is none', () => {
    expect(chooseBenchmark({ platform: 'kubeadm', version: 'v1.33.1' }, 'cis-9')).toEqual({ state: 'refused', reason: expect.stringContaining('There is no benchmark "cis-9": pin one of cis-2.0, cis-1.12') });
  });
});

it('has what was published in the order of versions', () => {
  for (const { first, published } of [kubernetes, k3s, rke2, eks, aks, gke, openshift]) {
    const last = published.map((publication) => publication.last);
    expect(last).toEqual(last.toSorted((a, b) => a - b));
    expect(first).toBeLessThanOrEqual(last[0]!);
  }
});
