import type { AccessRequest } from './access-facts.js';

const rbac = 'rbac.authorization.k8s.io';
const certificates = 'certificates.k8s.io';
const admission = 'admissionregistration.k8s.io';

const each = (verbs: readonly string[], group: string, resources: readonly string[]): readonly AccessRequest[] =>
  resources.flatMap((entry) => verbs.map((verb) => {
    const [resource = '', subresource] = entry.split('/');
    return subresource === undefined ? { verb, group, resource } : { verb, group, resource, subresource };
  }));

const write = ['create', 'update', 'patch'];
const change = ['update', 'patch'];
const read = ['get', 'list', 'watch'];

/** Where a right leads. Of a namespace where it was given for one, else of the whole cluster. */
export type Reach = 'cluster-admin' | 'accounts' | 'pods' | 'token-secrets' | 'users' | 'nodes' | 'injected' | 'operators' | 'workloads';

/** One right, any of some requests, that alone leads on. */
export interface Ability {
  readonly anyOf: readonly AccessRequest[];
  readonly reach: Reach;
  /** A RoleBinding does not give it: its resources have no namespace. */
  readonly isClusterWide?: true;
  /**
   * What a rule for some names is good for: those of what is reached (`reached`), the object to change, which suffices
   * (`enough`), or nothing. Default: nothing.
   */
  readonly names?: 'reached' | 'enough';
  readonly needs?: string;
  readonly isConditional?: true;
}

/** Custom resources whose controllers start pods as their spec says, in their own namespace. */
const podMakers = [
  ...each(write, 'argoproj.io', ['workflows', 'cronworkflows', 'workflowtemplates', 'rollouts']),
  ...each(write, 'tekton.dev', ['taskruns', 'pipelineruns']),
  ...each(write, 'serving.knative.dev', ['services', 'configurations']),
  ...each(write, 'batch.volcano.sh', ['jobs']),
  ...each(write, 'kubeflow.org', ['notebooks', 'pytorchjobs', 'tfjobs']),
  ...each(write, 'sparkoperator.k8s.io', ['sparkapplications']),
  ...each(write, 'ray.io', ['rayclusters', 'rayjobs']),
];

/** Custom resources whose operators write any object that the spec names, with the operator's own rights. */
export const delegatedKinds: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  { group: 'argoproj.io', resources: ['applications', 'applicationsets'] },
  { group: 'kustomize.toolkit.fluxcd.io', resources: ['kustomizations'] },
  { group: 'helm.toolkit.fluxcd.io', resources: ['helmreleases'] },
  { group: 'helm.cattle.io', resources: ['helmcharts'] },
  { group: 'pkg.crossplane.io', resources: ['providers', 'configurations', 'functions'] },
  { group: 'kubernetes.crossplane.io', resources: ['objects'] },
  { group: 'operators.coreos.com', resources: ['subscriptions', 'clusterserviceversions'] },
  { group: 'fleet.cattle.io', resources: ['bundles', 'gitrepos'] },
];

const controllers = [...each(write, 'apps', ['deployments', 'daemonsets', 'statefulsets', 'replicasets']), ...each(write, 'batch', ['jobs', 'cronjobs']), ...each(write, '', ['replicationcontrollers'])];
const anyWorkload = [...each(['create'], '', ['pods']), ...controllers, ...podMakers];

export const abilities = {
  'everything': { anyOf: [], reach: 'cluster-admin', isClusterWide: true },
  'create-workloads': { anyOf: anyWorkload, reach: 'workloads', names: 'enough' },
  'change-pods': { anyOf: each(change, '', ['pods', 'pods/ephemeralcontainers']), reach: 'pods', names: 'reached' },
  'exec': { anyOf: each(['create', 'get'], '', ['pods/exec', 'pods/attach']), reach: 'pods', names: 'reached' },
  'reach-ports': {
    anyOf: each(['create', 'get'], '', ['pods/portforward', 'pods/proxy']), reach: 'pods', names: 'reached',
    needs: 'a port of the pod behind which its account can be used', isConditional: true,
  },
  'mint-tokens': { anyOf: each(['create'], '', ['serviceaccounts/token']), reach: 'accounts', names: 'reached' },
  'impersonate-accounts': { anyOf: each(['impersonate'], '', ['serviceaccounts']), reach: 'accounts', names: 'reached' },
  'impersonate-users': { anyOf: each(['impersonate'], '', ['users']), reach: 'users', isClusterWide: true, names: 'reached' },
  'read-secrets': { anyOf: each(read, '', ['secrets']), reach: 'token-secrets', names: 'reached', needs: 'a Secret that holds a token of the account' },
  'nodes-proxy': { anyOf: each(['get', 'create', 'update', 'patch', 'delete'], '', ['nodes/proxy']), reach: 'nodes', isClusterWide: true, names: 'reached' },
  'mutating-webhooks': { anyOf: each(write, admission, ['mutatingwebhookconfigurations']), reach: 'injected', isClusterWide: true, names: 'enough', needs: 'an endpoint of its own that the API server can call' },
  'crd-conversion': {
    anyOf: each(change, 'apiextensions.k8s.io', ['customresourcedefinitions']), reach: 'operators', isClusterWide: true, names: 'enough',
    needs: 'an operator that acts on the custom resources, which a conversion webhook can rewrite', isConditional: true,
  },
  'operator-resources': {
    anyOf: delegatedKinds.flatMap(({ group, resources }) => each(write, group, resources)), reach: 'operators', names: 'enough',
    needs: 'an operator that applies what the object says with its own account', isConditional: true,
  },
  'node-status': { anyOf: each(change, '', ['nodes', 'nodes/status']), reach: 'nodes', isClusterWide: true, needs: 'control of one node, to which labels and status draw the pods', isConditional: true },
  'pod-status': { anyOf: each(change, '', ['pods/status']), reach: 'pods', names: 'reached', needs: 'clients that give their credentials to the address in the status', isConditional: true },
} as const satisfies Record<string, Ability>;
export type AbilityId = keyof typeof abilities;

/** Rights that lead on only together, whichever bindings give them. */
export const halves = {
  'write-cluster-bindings': { anyOf: each(write, rbac, ['clusterrolebindings']), isClusterWide: true },
  'write-bindings': { anyOf: each(write, rbac, ['rolebindings']) },
  'bind': { anyOf: each(['bind'], rbac, ['clusterroles']) },
  'escalate-cluster': { anyOf: each(['escalate'], rbac, ['clusterroles']), isClusterWide: true },
  'write-cluster-roles': { anyOf: each(change, rbac, ['clusterroles']), isClusterWide: true },
  'escalate': { anyOf: each(['escalate'], rbac, ['roles']) },
  'write-roles': { anyOf: each(change, rbac, ['roles']) },
  'impersonate-groups': { anyOf: each(['impersonate'], '', ['groups']), isClusterWide: true },
  'impersonate-somebody': { anyOf: each(['impersonate'], '', ['users', 'serviceaccounts']) },
  'read-secrets': { anyOf: each(read, '', ['secrets']) },
  'create-secrets': { anyOf: each(['create'], '', ['secrets']) },
  'request-certificates': { anyOf: each(['create'], certificates, ['certificatesigningrequests']), isClusterWide: true },
  'approve-requests': { anyOf: each(change, certificates, ['certificatesigningrequests/approval']), isClusterWide: true },
  'approve-for-signer': { anyOf: each(['approve'], certificates, ['signers']), isClusterWide: true },
  'create-volumes': { anyOf: each(['create'], '', ['persistentvolumes']), isClusterWide: true },
  'claim-volumes': { anyOf: each(['create'], '', ['persistentvolumeclaims']) },
  'create-workloads': { anyOf: anyWorkload },
  'label-namespaces': { anyOf: each(change, '', ['namespaces']) },
  'create-namespaces': { anyOf: each(['create'], '', ['namespaces']), isClusterWide: true },
} as const satisfies Record<string, { readonly anyOf: readonly AccessRequest[]; readonly isClusterWide?: true }>;
export type HalfId = keyof typeof halves;
export const halfIds = Object.keys(halves) as readonly HalfId[];

/** Names by which a rule for some names only has a half nevertheless; the role's own name counts for its own rules. */
export const decisiveNames: Partial<Record<HalfId, readonly string[]>> = {
  'approve-for-signer': ['kubernetes.io/kube-apiserver-client', 'kubernetes.io/*'],
  'impersonate-groups': ['system:masters'],
};

export type CombinedReach = 'cluster-admin' | 'namespace-admin' | 'accounts' | 'anybody' | 'host';

/** Halves that together lead on. `cluster`: all must hold in the whole cluster, or, where said, any namespace does. */
export const combinations = {
  'bind-cluster-role': { all: ['write-cluster-bindings', 'bind'], reach: 'cluster-admin', in: 'cluster' },
  'escalate-cluster-role': { all: ['escalate-cluster', 'write-cluster-roles'], reach: 'cluster-admin', in: 'cluster' },
  'impersonate-masters': { all: ['impersonate-groups', 'impersonate-somebody'], reach: 'cluster-admin', in: 'anywhere' },
  'bind-role': { all: ['write-bindings', 'bind'], reach: 'namespace-admin', in: 'namespace' },
  'escalate-role': { all: ['escalate', 'write-roles'], reach: 'namespace-admin', in: 'namespace' },
  'make-token-secrets': { all: ['create-secrets', 'read-secrets'], reach: 'accounts', in: 'namespace' },
  'approve-certificates': { all: ['request-certificates', 'approve-requests', 'approve-for-signer'], reach: 'anybody', in: 'cluster' },
  'host-path-volumes': { all: ['create-volumes', 'claim-volumes', 'create-workloads'], reach: 'host', in: 'namespace' },
  'relax-admission': { all: ['label-namespaces', 'create-workloads'], reach: 'host', in: 'namespace' },
  'open-namespace': { all: ['create-namespaces', 'create-workloads'], reach: 'host', in: 'cluster' },
} as const satisfies Record<string, { readonly all: readonly HalfId[]; readonly reach: CombinedReach; readonly in: 'cluster' | 'namespace' | 'anywhere' }>;
export type CombinationId = keyof typeof combinations;

/** Why a step is possible. */
export type ReasonId =
  | AbilityId
  | CombinationId
  /** A pod of a chosen account that also reaches its host. */
  | 'create-host-workloads'
  | 'superuser'
  | 'mounted-token'
  | 'host-access'
  | 'node-tokens'
  | 'control-plane-keys'
  | 'bind-named-role'
  | 'impersonate-named-groups'
  | 'namespace-admin';
