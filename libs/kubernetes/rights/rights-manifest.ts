import { stringify } from 'yaml';
import type { RightCheck } from '#application/ports/cluster-collector.js';
import { resourceKeys, resourceType, type ResourceType } from '#inventory/resources.js';

export type ManifestName = RightCheck['manifest'];

/** What each manifest really gives away, said where it is applied. */
const notes: Readonly<Record<ManifestName, string>> = {
  base: 'Lists everything that scans read, except Secrets, and changes nothing. It reads ConfigMaps, and the literal env values, arguments and annotations of what runs, in full, as whoever holds this right can: scans look in them for credentials in plain text, in memory, and keep where one stands, never its value. The right to get /flagz shows the flags of the API server; take it out where that is too much, and items that rest on it stay unknown.',
  secrets: 'Lists Secrets. Scans only ask for their metadata, but Kubernetes has no smaller right: whoever holds it can read every Secret of the cluster.',
  'node-config': 'Reads through nodes/proxy the live configuration of kubelets and, where they serve /flagz (by default from 1.36 on), their flags. The smaller right nodes/configz is for whoever calls kubelets directly: the API server, which passes requests on to them, asks for nodes/proxy. Any verb on nodes/proxy is command execution in every pod of the node: grant it only where you would grant that.',
};

/** Printed below the note of `base`. */
const tokenNote = 'A token for it, good for a year at most: kubectl create token bulwark --namespace bulwark --duration 8760h';

type Rule =
  | { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] }
  | { readonly nonResourceURLs: readonly string[]; readonly verbs: readonly string[] };

/** What every account may read unless somebody took it away; without it nothing can be told apart from what is not there. */
const discoveryRule: Rule = { nonResourceURLs: ['/version', '/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] };

/** What the API server that answers says of its own flags, defaults included; no flag holds a credential. Scans do without. */
const flagzRule: Rule = { nonResourceURLs: ['/flagz'], verbs: ['get'] };

/** The ClusterRole with its binding, ready to apply; `base` also makes the account that all three are bound to. */
export function rightsManifest(name: ManifestName): string {
  const documents = [...(name === 'base' ? accountObjects : []), role(name), binding(name)];
  const comments = [notes[name], ...(name === 'base' ? [tokenNote] : [])];
  return [...comments.map((comment) => `# ${comment}`), ...documents.map((document) => `---\n${stringify(document)}`)].join('\n');
}

const account = { name: 'bulwark', namespace: 'bulwark' } as const;
const labels = { 'app.kubernetes.io/name': 'bulwark' } as const;

const accountObjects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: account.namespace, labels } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...account, labels }, automountServiceAccountToken: false },
];

const roleName = (name: ManifestName): string => `bulwark-${name}`;

const role = (name: ManifestName) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: roleName(name), labels },
  rules: rulesOf(name),
});

const binding = (name: ManifestName) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: roleName(name), labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName(name) },
  subjects: [{ kind: 'ServiceAccount', ...account }],
});

function rulesOf(name: ManifestName): readonly Rule[] {
  switch (name) {
    case 'base':
      return [...listRules(name), discoveryRule, flagzRule];
    case 'secrets':
      return listRules(name);
    case 'node-config':
      return [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }];
  }
}

function listRules(name: ManifestName): readonly Rule[] {
  const types: readonly ResourceType[] = resourceKeys.map(resourceType).filter(({ right = 'base' }) => right === name);
  const groups = [...new Set(types.map(({ group }) => group))].sort();
  return groups.map((group) => ({ apiGroups: [group], resources: types.filter((type) => type.group === group).map(({ resource }) => resource).sort(), verbs: ['list'] }));
}
