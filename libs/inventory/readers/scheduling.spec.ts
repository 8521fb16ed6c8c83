import { describe, expect, it } from 'vitest';
import type { NodeFacts, PodTemplate, Taint } from '../facts.js';
import { projectPodTemplate } from '../projection/pod-template.js';
import { schedulesOn } from './scheduling.js';

const node = (facts: Partial<NodeFacts>): NodeFacts => ({
  namespace: '', name: 'a', labels: {}, taints: [], kubeletVersion: '', osImage: '', kernelVersion: '', containerRuntime: '', operatingSystem: '', architecture: '', providerId: '', addresses: [], ready: true, unschedulable: false, ...facts,
});
const template = (spec: Readonly<Record<string, unknown>>): PodTemplate => projectPodTemplate({}, spec, false);
const taint = (key: string, effect: string, value?: string): Taint => ({ key, effect, ...(value !== undefined && { value }) });
const on = (spec: Readonly<Record<string, unknown>>, facts: Partial<NodeFacts>) => schedulesOn(template(spec), node(facts));

describe('schedulesOn', () => {
  it('lets a plain pod run on a plain node', () => {
    expect(on({}, {})).toBeUndefined();
  });

  it('names the selector that leaves the node out', () => {
    expect(on({ nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'hdd' } })).toContain('disk=ssd');
    expect(on({ nodeSelector: { disk: 'ssd' } }, { labels: { disk: 'ssd' } })).toBeUndefined();
  });

  it.each([
    ['nothing', [], false],
    ['the key and effect', [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }], true],
    ['the key with any effect', [{ key: 'gpu', operator: 'Exists' }], true],
    ['everything', [{ operator: 'Exists' }], true],
    ['everything of another effect', [{ operator: 'Exists', effect: 'NoExecute' }], false],
    ['the value', [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }], true],
    ['another value', [{ key: 'gpu', operator: 'Equal', value: 'no' }], false],
    ['an empty key by Equal, which means nothing', [{ operator: 'Equal', value: 'yes' }], false],
    ['a prefix of the key', [{ key: 'gp', operator: 'Exists' }], false],
  ])('tolerating %s', (_, tolerations, runs) => {
    expect(on({ tolerations }, { taints: [taint('gpu', 'NoSchedule', 'yes')] }) === undefined).toBe(runs);
  });

  it('wants every taint tolerated', () => {
    expect(on({ tolerations: [{ key: 'a', operator: 'Exists' }] }, { taints: [taint('a', 'NoSchedule'), taint('b', 'NoExecute')] })).toContain('b:NoExecute');
  });

  it('lets a preference and conditions of the node be', () => {
    expect(on({}, { taints: [taint('a', 'PreferNoSchedule'), taint('node.kubernetes.io/not-ready', 'NoSchedule')] })).toBeUndefined();
  });

  it('wants one term of an affinity, with all of its expressions', () => {
    const affinity = (...terms: unknown[]) => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } } });
    const zone = (...values: string[]) => ({ key: 'zone', operator: 'In', values });
    const ssd = { key: 'disk', operator: 'Exists' };
    const labels = { zone: 'b' };
    expect(on(affinity({ matchExpressions: [zone('a')] }, { matchExpressions: [zone('b')] }), { labels })).toBeUndefined();
    expect(on(affinity({ matchExpressions: [zone('b'), ssd] }), { labels })).toContain('affinity');
    expect(on(affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['other'] }] }), { labels })).toBeUndefined();
  });
});
