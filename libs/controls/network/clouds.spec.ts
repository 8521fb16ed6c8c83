import { describe, expect, it } from 'vitest';
import type { NodeFacts } from '#inventory/facts.js';
import { cloudOfPlatform, cloudsOfNodes } from './clouds.js';

const node = (providerId: string): NodeFacts => ({
  namespace: '', name: 'a', labels: {}, taints: [], kubeletVersion: '', osImage: '', kernelVersion: '', containerRuntime: '', operatingSystem: '', architecture: '', addresses: [], ready: true, unschedulable: false, providerId,
});
const namesOf = (...ids: readonly string[]) => {
  const { clouds, areKnown } = cloudsOfNodes(ids.map(node));
  return areKnown ? clouds.map(({ name }) => name) : 'not known';
};

describe('the cloud that nodes are in', () => {
  it.each([
    ['aws:///eu-west-1a/i-0123', ['AWS']],
    ['azure:///subscriptions/s/resourceGroups/g', ['Azure']],
    ['alicloud:///cn-hangzhou/i-bp1', ['Alibaba Cloud']],
    ['cn-hangzhou.i-bp1', ['Alibaba Cloud']],
    ['ocid1.instance.oc1.phx.abc', ['Oracle Cloud']],
    ['vsphere://4230', []],
    ['k3s://a', 'not known'],
    ['', 'not known'],
  ] as const)('is told by %s', (id, expected) => {
    expect(namesOf(id)).toEqual(expected);
  });

  it('may be several, and is not known where only some nodes are in nobody\'s cloud', () => {
    expect(namesOf('aws:///a/i-1', 'hcloud://1')).toEqual(['AWS', 'Hetzner Cloud']);
    expect(namesOf('vsphere://1', '')).toBe('not known');
    expect(namesOf()).toBe('not known');
  });

  it('leaves out on AKS what its nodes block themselves', () => {
    expect(cloudOfPlatform('aks')?.clouds.flatMap(({ metadata }) => metadata)).toEqual(['169.254.169.254']);
    expect(cloudsOfNodes([node('azure:///s')]).clouds.flatMap(({ metadata }) => metadata)).toContain('168.63.129.16');
    expect(cloudOfPlatform('kind')).toEqual({ clouds: [], areKnown: true });
    expect(cloudOfPlatform('kubeadm')).toBeUndefined();
  });
});
