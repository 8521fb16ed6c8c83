import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { wantedRights } from '../verify-cluster.js';
import { rightsManifest, type ManifestName } from './rights-manifest.js';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}
interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly name: string };
}

const documentsOf = (name: ManifestName): readonly Document[] => parseAllDocuments(rightsManifest(name)).map((document) => document.toJS() as Document);
const rulesOf = (name: ManifestName): readonly Rule[] => documentsOf(name).flatMap(({ rules = [] }) => rules);
const grants = (name: ManifestName): readonly string[] => rulesOf(name).flatMap(({ apiGroups = [], resources = [], verbs }) => apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)))).sort();

describe('the manifests', () => {
  it('grant exactly the rights that scans use and verifications ask for', () => {
    for (const name of ['base', 'secrets', 'node-config'] as const) {
      const wanted = wantedRights.filter(({ manifest }) => manifest === name).map(({ verb, resource, subresource, group }) => `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}.${group}`);
      expect(grants(name)).toEqual([...wanted].sort());
    }
  });

  it('grant no verb but list on resources, and no Secrets by base', () => {
    expect(new Set(grants('base').map((grant) => grant.split(' ')[0]))).toEqual(new Set(['list']));
    expect(grants('base').some((grant) => /secrets|\*/.test(grant))).toBe(false);
    expect(grants('base')).toHaveLength(resourceKeys.filter((key) => resourceType(key).right === undefined).length);
  });

  it('say what they give away, and bind the one account', () => {
    for (const name of ['base', 'secrets', 'node-config'] as const) {
      expect(rightsManifest(name)).toMatch(/^# \S.{60,}/);
      expect(documentsOf(name).at(-1)).toMatchObject({ kind: 'ClusterRoleBinding', roleRef: { name: `bulwark-${name}` }, subjects: [{ kind: 'ServiceAccount', name: 'bulwark', namespace: 'bulwark' }] });
    }
    expect(rightsManifest('base')).toContain('kubectl create token');
  });
});
