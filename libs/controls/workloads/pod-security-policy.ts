import type { NamespaceFacts, PolicyRule, RoleFacts } from '#inventory/facts.js';
import { enforcedLevel, enforceLabel } from '#inventory/pod-security/namespace-labels.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { apiServer } from '../control-plane/api-server-example.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, pass, provenFail, unknown } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { seenListFlagOf } from '../scopes/each-component.js';
import { wholeCluster } from '../scopes/whole-cluster.js';

/** Roles that a finding lists; of more it gives the number. */
const LISTED = 20;
const removedIn = { major: 1, minor: 25 };
const roleLists = ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'] as const;

const isOneOf = (list: readonly string[], ...wanted: readonly string[]): boolean => list.some((entry) => entry === '*' || wanted.includes(entry));

/** Only rules that name the resource: one for every resource was not written for policies. */
const letsUse = ({ verbs, apiGroups, resources }: PolicyRule): boolean =>
  resources.includes('podsecuritypolicies') && isOneOf(verbs, 'use') && isOneOf(apiGroups, 'policy', 'extensions');

const roleText = ({ kind, namespace, name }: RoleFacts): string => `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** Kubernetes' own, which need their nodes or hold no pods. */
const ofKubernetes = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
const enforces = ({ labels }: NamespaceFacts): boolean => (enforcedLevel(labels) ?? 'privileged') !== 'privileged';

/** The traces that policies leave: rights to use them, and the plugin where the API server's flags are to be seen. */
function tracesOf(world: World) {
  const roles = roleLists.flatMap((key) => world.seen(key).filter(({ rules }) => rules.some(letsUse)).map(roleText)).toSorted();
  const isEnabled = world.components.some((component) => component.component === 'kube-apiserver' && seenListFlagOf(component, 'enable-admission-plugins').includes('PodSecurityPolicy'));
  const rights = roles.length === 0 ? [] : [roles.length === 1 ? `${roles[0]} grants the use of policies` : `${roles.length} roles grant the use of policies`];
  return { roles, isEnabled, text: [...(isEnabled ? ['the plugin PodSecurityPolicy is switched on'] : []), ...rights].join(' and ') };
}

const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: psp-restricted}
rules: [{apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [restricted], verbs: [use]}]`;
const namespace = (labels: string) => `\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {${labels}}}`;
const enforcing = namespace(`${enforceLabel}: baseline`);

export const podSecurityPolicy = defineControl({
  id: 'workloads/pod-security-policy',
  title: 'Nothing relies on PodSecurityPolicy',
  severity: 'high',
  why: 'Kubernetes 1.25 removed PodSecurityPolicy. Its objects went with the upgrade and without a word: pods that a policy had refused are admitted since, while the roles that are left make it look as if something guarded them.',
  remediation: 'Label each namespace with the Pod Security level that its policy stood for (`pod-security.kubernetes.io/enforce`), before the upgrade to 1.25 where that is still ahead. Then take PodSecurityPolicy out of `--enable-admission-plugins` and delete the roles and bindings that grant its use.',
  frameworks: {
    'cis-kubernetes': ['5.2.1'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3'], 'nist-800-53': ['CM-6', 'SA-22'],
    'mitre-attack': ['T1610', 'T1611'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api', 'flags'],
  scope: wholeCluster([...roleLists, 'namespaces']),
  check(_cluster, world) {
    const { roles, isEnabled, text } = tracesOf(world);
    if (text === '') {
      for (const key of roleLists) world.list(key);
      return notApplicable('nothing in the cluster refers to PodSecurityPolicy');
    }
    const { version } = world.cluster;
    const server = minorOf(version ?? '');
    const isRemoved = server && !isBefore(server, removedIn);
    const detail = { isEnabled, roles: roles.slice(0, LISTED), ...(roles.length > LISTED && { more: roles.length - LISTED }), ...(version !== undefined && { server: version.slice(0, 50) }) };
    const state = isRemoved ? `PodSecurityPolicy is gone since 1.25 and enforces nothing, yet ${text}` : `${text}, and PodSecurityPolicy is removed in 1.25`;
    const namespaces = world.list('namespaces');
    const bare = namespaces.filter((one) => !ofKubernetes.has(one.name) && !one.terminating && !enforces(one)).map(({ name }) => name).toSorted();
    if (!namespaces.some(enforces)) return (bare.length > 0 ? provenFail : fail)(`${state}; no namespace enforces a Pod Security level in its place`, { detail });
    if (bare.length > 0) {
      const listed = { namespaces: bare.slice(0, LISTED), ...(bare.length > LISTED && { moreNamespaces: bare.length - LISTED }) };
      return provenFail(`${state}; ${bare.length === 1 ? `namespace ${bare[0]} enforces` : `${bare.length} namespaces enforce`} no Pod Security level in its place`, { detail: { ...detail, ...listed } });
    }
    if (!server) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is whether PodSecurityPolicy is still there' });
    return isRemoved ? provenFail(`${state}: a leftover to delete`, { severity: 'low', detail }) : pass;
  },
  examples: {
    passes: [manifests(`${role}${enforcing}`, { version: 'v1.24.17', title: 'Pod Security admission takes over before the upgrade' })],
    fails: [
      manifests(`${role}${namespace('team: web')}`, { version: 'v1.24.17' }),
      manifests(`${apiServer(['--enable-admission-plugins=NodeRestriction,PodSecurityPolicy']).manifests}${namespace('team: web').slice(1)}`, { version: 'v1.24.17', title: 'The plugin is switched on' }),
      manifests(`${role}${namespace('team: web')}`, { version: 'v1.35.2', title: 'Left over, with nothing in its place' }),
      manifests(`${role}${enforcing}`, { version: 'v1.35.2', title: 'low: left over' }),
    ],
    unknown: [
      manifests(`${role}${enforcing}`, { title: 'Whether the server still has policies' }),
      manifests(`${role}${namespace('team: web')}`, { version: 'v1.35.2', missing: { namespaces: 'forbidden' } }),
    ],
    notApplicable: [
      manifests(namespace('team: web').slice(5), { version: 'v1.35.2' }),
      manifests('apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\nrules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]', { title: 'A role for everything was not written for policies' }),
    ],
  },
});
