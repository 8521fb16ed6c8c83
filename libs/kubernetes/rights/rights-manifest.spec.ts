import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { rightsManifest, type ManifestName } from './rights-manifest.js';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const documents = (name: ManifestName) => parseAllDocuments(rightsManifest(name)).map((document) => document.toJS() as { readonly kind: string; readonly rules?: readonly Rule[] });
const rules = (name: ManifestName): readonly Rule[] => documents(name).find(({ kind }) => kind === 'ClusterRole')!.rules!;
const grants = (name: ManifestName): readonly string[] => rules(name).flatMap(({ apiGroups, resources = [] }) => resources.map((resource) => (apiGroups![0] === '' ? resource : `${resource}.${apiGroups![0]}`)));

describe('rightsManifest', () => {
  it('grants to list everything that is read, Secrets apart', () => {
    expect([...grants('base'), ...grants('secrets')].toSorted()).toEqual(resourceKeys.toSorted());
    expect(grants('secrets')).toEqual(['secrets']);
    expect(resourceKeys.filter((key) => resourceType(key).right === 'secrets')).toEqual(['secrets']);
  });

  it('grants no verb that changes anything', () => {
    for (const name of ['base', 'secrets'] as const) {
      for (const { resources, verbs } of rules(name)) expect(verbs).toEqual([resources ? 'list' : 'get']);
    }
    expect(rules('node-config')).toEqual([{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }]);
  });

  it('lets the account ask the API server for its flags, by a rule of its own', () => {
    expect(rules('base').filter(({ nonResourceURLs }) => nonResourceURLs?.includes('/flagz'))).toEqual([{ nonResourceURLs: ['/flagz'], verbs: ['get'] }]);
  });

  it('makes the account once, and binds it each time', () => {
    expect(documents('base').map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding']);
    expect(documents('secrets').map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  });

  it('says what it gives away', () => {
    expect(rightsManifest('node-config')).toMatch(/^# .*command execution in every pod/);
  });
});
