import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudDescriptionError } from './cloud-description-error.js';
import { fieldAt } from '../rules/field-at.js';
import { pathsOf, readCloudDescription } from './cloud-description.js';

const eks = { cluster: { name: 'shop', arn: 'arn:aws:eks:eu-west-1:1:cluster/shop', certificateAuthority: { data: 'c2VjcmV0' }, resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'], subnetIds: ['a'] }, logging: { clusterLogging: [{ types: ['api', 'audit'], enabled: true }] }, encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: 'arn:aws:kms:x' } }], tags: { token: 'hunter2' } } };
const aks = { name: 'shop', type: 'Microsoft.ContainerService/ManagedClusters', nodeResourceGroup: 'g', agentPoolProfiles: [], apiServerAccessProfile: { enablePrivateCluster: true }, servicePrincipalProfile: { secret: 'hunter2' } };
const gke = { name: 'shop', selfLink: 'https://container.googleapis.com/v1/projects/p/locations/l/clusters/shop', masterAuth: { clientCertificate: `-----BEGIN CERTIFICATE-----${'A'.repeat(900)}`, clientKey: 'hunter2', password: 'hunter2' }, nodePools: [{ name: 'a', management: { autoRepair: true } }] };

const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof CloudDescriptionError) return error.code;
    throw error;
  }
  return 'none';
};

describe('what a provider says of a cluster', () => {
  it('is read from what its tool prints, and only what items ask is kept', () => {
    const { name, fields } = readCloudDescription('eks', JSON.stringify(eks));
    expect(name).toBe('shop');
    expect(fieldAt(fields, ['cluster', 'resourcesVpcConfig', 'publicAccessCidrs'])).toEqual(['0.0.0.0/0']);
    expect(fieldAt(fields, ['cluster', 'logging', 'clusterLogging'])).toEqual([{ types: ['api', 'audit'], enabled: true }]);
    expect(fieldAt(fields, ['cluster', 'encryptionConfig'])).toEqual([{ resources: ['secrets'], provider: { keyArn: 'arn:aws:kms:x' } }]);
    expect(JSON.stringify(fields)).not.toMatch(/hunter2|c2VjcmV0|subnetIds|tags/);
    expect(fieldAt(readCloudDescription('aks', aks).fields, ['apiServerAccessProfile', 'enablePrivateCluster'])).toBe(true);
  });

  it('keeps no certificate and no key, and still says that there is one', () => {
    const { fields } = readCloudDescription('gke', gke);
    expect(fieldAt(fields, ['masterAuth', 'clientCertificate'])).toBe('[set]');
    expect(JSON.stringify(fields)).not.toMatch(/BEGIN|hunter2/);
    expect(fieldAt(fields, ['nodePools'])).toEqual([{ management: { autoRepair: true } }]);
  });

  it('is taken as bytes, and with the mark that some shells write before it', () => {
    expect(readCloudDescription('eks', new TextEncoder().encode(`\uFEFF${JSON.stringify(eks)}`)).name).toBe('shop');
  });

  it.each([
    ['no JSON', 'eks', '{"cluster":', 'not-json'], ['bytes that are no text', 'eks', new Uint8Array([0xff, 0xfe]), 'not-json'],
    ['another cloud\'s', 'eks', aks, 'other-description'], ['a list', 'gke', [gke], 'other-description'], ['nothing', 'aks', null, 'other-description'],
    ['a part that is no object', 'eks', { cluster: { ...eks.cluster, logging: 'yes' } }, 'other-shape'],
    ['a list without end', 'gke', { ...gke, nodePools: Array.from({ length: 3_000 }, () => ({})) }, 'too-large'], ['a file without end', 'eks', ' '.repeat(5 * 1024 * 1024), 'too-large'],
  ] as const)('is refused where it is %s', (_, provider, given, code) => {
    expect(codeOf(() => readCloudDescription(provider, given))).toBe(code);
  });

  it('makes nothing but a typed error of whatever is sent', () => {
    fc.assert(fc.property(fc.constantFrom('eks', 'aks', 'gke'), fc.oneof(fc.json(), fc.string(), fc.uint8Array()), (provider, given) => {
      expect(codeOf(() => readCloudDescription(provider, given))).toMatch(/^(none|not-json|too-large|other-description|other-shape)$/);
    }));
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(codeOf(() => readCloudDescription('eks', { cluster: { resourcesVpcConfig: value, logging: value, encryptionConfig: value, accessConfig: value, arn: 'arn:aws:eks:x' } }))).toMatch(/^(none|other-description|other-shape)$/);
    }));
  });

  it('has no field that comes from a prototype', () => {
    const { fields } = readCloudDescription('eks', JSON.parse('{"cluster":{"resourcesVpcConfig":{},"__proto__":{"logging":{"clusterLogging":[]}}}}'));
    expect(fieldAt(fields, ['cluster', 'logging'])).toBeUndefined();
    expect(fieldAt(fields, ['cluster', 'constructor'])).toBeUndefined();
  });
});

it('asks each provider for something', () => {
  for (const provider of ['eks', 'aks', 'gke'] as const) expect(pathsOf(provider).length).toBeGreaterThan(4);
});
