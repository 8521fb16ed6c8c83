import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { eachGrant } from '../scopes/each-grant.js';
import { judgeRights, type Right } from './rights.js';
import { boundEverywhere, boundIn, controllerGrant, editInNamespace, unboundRole } from './rights-examples.js';

const changes = ['update', 'patch', 'delete', 'deletecollection'];
const writes = ['create', ...changes];

/** ConfigMaps of kube-system by which names resolve, packets go and clients are let in. Locks of leaders are others. */
const strongConfigMaps = new Set(['aws-auth', 'calico-config', 'cilium-config', 'coredns', 'coredns-custom', 'extension-apiserver-authentication', 'kube-proxy', 'kubeadm-config', 'kubelet-config', 'node-local-dns']);
const hasStrongConfigMap = (names: readonly string[]): boolean => names.some((name) => strongConfigMaps.has(name));

/** Who may write some objects by name writes those of a program's own. */
const never = (): boolean => false;

const policies = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'];
const routes = ['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes', 'gateways'];

const collections: Readonly<Record<string, readonly string[]>> = {
  '': ['pods', 'secrets', 'configmaps', 'services', 'serviceaccounts', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces', 'nodes', 'replicationcontrollers'],
  apps: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
  batch: ['jobs', 'cronjobs'],
};
const withoutNamespace = ['persistentvolumes', 'namespaces', 'nodes'];

const rights: readonly Right[] = [
  {
    part: 'system-config', text: 'change the configuration of cluster DNS and other parts of the control plane',
    ways: [[{ verbs: changes, group: '', resources: ['configmaps'], counts: hasStrongConfigMap, isWide: hasStrongConfigMap }]],
    isMeantIn: (namespace) => namespace === '' || namespace === 'kube-system',
  },
  {
    part: 'endpoints', text: 'send the traffic of Services elsewhere',
    ways: [
      [{ verbs: writes, group: '', resources: ['endpoints'], counts: never }],
      [{ verbs: writes, group: 'discovery.k8s.io', resources: ['endpointslices'], counts: never }],
    ],
  },
  { part: 'volumes', text: 'make volumes of any path of a node', ways: [[{ verbs: writes, group: '', resources: ['persistentvolumes'], clusterWide: ['persistentvolumes'] }]] },
  { part: 'network-policies', text: 'open what network policies close', ways: [[{ verbs: writes, group: 'networking.k8s.io', resources: ['networkpolicies'] }]] },
  {
    part: 'ingresses', text: 'publish Services and take over host names',
    ways: [
      [{ verbs: ['create', 'update', 'patch'], group: 'networking.k8s.io', resources: ['ingresses'] }],
      [{ verbs: ['create', 'update', 'patch'], group: 'gateway.networking.k8s.io', resources: routes }],
    ],
  },
  { part: 'admission-policies', text: 'change admission policies, and so what is let in', ways: [[{ verbs: writes, group: 'admissionregistration.k8s.io', resources: policies, clusterWide: policies }]] },
  {
    part: 'events', text: 'delete events, and with them the traces of what was done',
    ways: [
      [{ verbs: ['delete', 'deletecollection'], group: '', resources: ['events'], counts: never }],
      [{ verbs: ['delete', 'deletecollection'], group: 'events.k8s.io', resources: ['events'], counts: never }],
    ],
  },
  {
    part: 'delete-collections', text: 'delete workloads or data by the collection, at one request',
    ways: Object.entries(collections).map(([group, resources]) => [{ verbs: ['deletecollection'], group, resources, clusterWide: withoutNamespace }]),
  },
];

export const riskyWriteRights = defineControl({
  id: 'control-plane/risky-write-rights',
  title: 'Few may write what other parts of the cluster believe in',
  severity: 'high',
  why: 'Some objects are trusted by everything: DNS answers by a ConfigMap, traffic goes where EndpointSlices say, a PersistentVolume may be a directory of a node, a NetworkPolicy is what keeps neighbours apart. Whoever may write them needs no other right to listen in, break out or cover tracks.',
  remediation: 'Take the verb or the resource out of the role, or bind it in the one namespace that needs it, limited by resourceNames where the objects are known. Controllers and provisioners that do this for a living deserve an exception that names them. Changes of admission webhooks are judged by control-plane/escalation-verbs.',
  frameworks: {
    'cis-kubernetes': ['5.1.9#volumes'], 'nsa-cisa': ['access/rbac'], 'nist-800-190': ['4.3.1'], 'nist-800-53': ['AC-3', 'AC-6', 'AU-9#events', 'CM-5'],
    'mitre-attack': ['T1070#events', 'T1485#delete-collections', 'T1611#volumes', 'T1685#network-policies', 'T1685#admission-policies'], 'owasp-kubernetes': ['K02'],
    'pci-dss': ['7.2.2', '7.2.5', '10.3.2#events'], soc2: ['CC6.3'],
  },
  evidence: ['api'],
  parts: { everything: 'a rule that allows everything', ...Object.fromEntries(rights.map(({ part, text }) => [part, `may ${text}`])) },
  scope: eachGrant,
  check: (grant, world) => judgeRights(grant, world, { rights, ofNamespaceRoles: 'the people who run the namespace write its objects' }),
  examples: {
    passes: [
      manifests(boundEverywhere('[{apiGroups: ["", networking.k8s.io], resources: [endpoints, configmaps, ingresses, networkpolicies], verbs: [get, list, watch]}]')),
      manifests(boundIn('shop', '[{apiGroups: [""], resources: [configmaps], verbs: [update]}]')),
      manifests(boundIn('kube-system', '[{apiGroups: [""], resources: [configmaps], resourceNames: [helper-lock], verbs: [update, patch]}]'), { title: 'The lock of its own leader election' }),
      manifests(boundIn('shop', '[{apiGroups: [""], resources: [persistentvolumes], verbs: [create]}]'), { title: 'Volumes have no namespace, so a RoleBinding gives nothing on them' }),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [events], verbs: [create, patch]}]')),
      manifests(boundEverywhere('[{apiGroups: [example.com], resources: [widgets], verbs: ["*"]}]'), { title: 'Every verb, on kinds of its own' }),
    ],
    fails: [
      manifests(boundEverywhere('[{apiGroups: [""], resources: [configmaps], verbs: [get, update]}]')),
      manifests(boundIn('kube-system', '[{apiGroups: [""], resources: [configmaps], resourceNames: [coredns], verbs: [patch]}]')),
      manifests(boundIn('shop', '[{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [create]}]')),
      manifests(boundEverywhere('[{apiGroups: [""], resources: [persistentvolumes], verbs: [create]}]')),
      manifests(boundIn('shop', '[{apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [delete]}]')),
      manifests(boundEverywhere('[{apiGroups: [gateway.networking.k8s.io], resources: ["*"], verbs: [patch]}]')),
      manifests(boundEverywhere('[{apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicybindings], verbs: [delete]}]')),
      manifests(boundEverywhere('[{apiGroups: [events.k8s.io], resources: [events], verbs: [delete]}]')),
      manifests(boundIn('shop', '[{apiGroups: [batch], resources: [jobs], verbs: [deletecollection]}]')),
      manifests(boundEverywhere('[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]')),
      manifests(unboundRole('[{apiGroups: [""], resources: [endpoints], verbs: [update]}]'), { title: 'A role that nobody is bound to: one step less severe' }),
    ],
    unknown: [
      manifests(boundEverywhere('[]'), { missing: { 'clusterroles.rbac.authorization.k8s.io': 'forbidden' } }),
      manifests(unboundRole('[{apiGroups: [""], resources: [endpoints], verbs: [update]}]'), { missing: { 'clusterrolebindings.rbac.authorization.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests(editInNamespace),
      manifests(controllerGrant('endpoint-controller', '[{apiGroups: [""], resources: [endpoints], verbs: [create, delete, get, list, update]}]')),
    ],
  },
});
