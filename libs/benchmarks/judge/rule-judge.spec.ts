import { describe, expect, it } from 'vitest';
import type { ComponentProcess } from '#nodes/component-process.js';
import type { ConfigFact } from '#nodes/config-facts.js';
import type { FileFact, TreeFact } from '#nodes/file-fact.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { readCloudDescription } from '../cloud/cloud-description.js';
import { sensitiveRequests } from '../rules/audit-need.js';
import { all, any, fileMode, firstKnown, flag, kubelet, notApplicable, ownedByRoot, undecidable, type CloudProvider, type Rule, type RuleKind } from '../rules/rule.js';
import { equal, has, isSet, isUnset, lacks, loopback, oneOf } from '../rules/value-test.js';
import type { SubjectStatus } from '../outcomes/subject-verdict.js';
import { ClusterView } from './cluster/cluster-view.js';
import { NodeView } from './node/node-view.js';
import { isAboutNodes, judgeRule } from './rule-judge.js';

interface Given {
  readonly node?: Partial<NodeEvidence>;
  readonly yaml?: string;
  readonly lists?: InventoryOptions;
  readonly cloud?: readonly [CloudProvider, unknown];
  readonly version?: string;
}

function judge(rule: Rule, { node, yaml, lists, cloud, version = 'v1.33.0' }: Given): SubjectStatus {
  const inventory = yaml === undefined ? undefined : inventoryOf(objectsOf(yaml), { version, ...lists });
  const clouds = new Map(cloud ? [[cloud[0], readCloudDescription(cloud[0], cloud[1])] as const] : []);
  const view = node && new NodeView(evidenceOf(node), { name: 'n', platform: 'kubeadm', kubeletVersion: version, serverVersion: version });
  return judgeRule(rule, { cluster: new ClusterView(inventory, clouds), nodeName: 'n', ...(view && { node: view }) }).status;
}

const listed = <T>(...items: readonly T[]): { readonly items: readonly T[]; readonly truncated: boolean } => ({ items, truncated: false });
const cutOff = { items: [], truncated: true };
const present = (path: string, mode = 0o600, uid = 0, more: Partial<Extract<FileFact, { state: 'present' }>> = {}): FileFact => ({ path, state: 'present', kind: 'file', mode, uid, gid: uid, ...(uid === 0 && { owner: 'root', group: 'root' }), ...more });
const absent = (path: string): FileFact => ({ path, state: 'absent', detail: '' });
const denied = (path: string): FileFact => ({ path, state: 'denied', detail: 'run it as root' });
const tree = (path: string, ...paths: readonly string[]): TreeFact => ({ path, depth: 8, state: 'read', paths, truncated: false });
const running = (component: ComponentProcess['component'], ...flags: readonly string[]): Pick<NodeEvidence, 'processes'> => ({
  processes: listed({
    component, pid: 1, argv: [component, ...flags], isArgvTruncated: false, isArgvTitle: false, withheld: [], exe: { state: 'absent' as const, detail: '' }, uid: 0,
    environment: { state: 'read' as const, value: [] }, mounts: { state: 'read' as const, value: [] },
  }),
});
const config = (fact: Omit<ConfigFact, 'content'> & { readonly content: unknown }): Pick<NodeEvidence, 'configs' | 'files'> => ({ configs: listed({ ...fact, content: { state: 'read', value: fact.content } } as ConfigFact), files: listed(present(fact.path)) });
const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const bundle = (path: string, fingerprint: string) => ({ path, content: { state: 'read' as const, value: listed({ fingerprint, subject: 'a', organizations: [], issuer: 'a', isAuthority: true, notBefore: '', notAfter: '', keyType: 'ec' }) } });
const forbidden = (...keys: readonly string[]): InventoryOptions => ({ outcomes: Object.fromEntries(keys.map((key) => [key, { state: 'missing', reason: 'forbidden', detail: 'forbidden' }])) });
const object = (kind: string, metadata: string, rest = ''): string => `---\napiVersion: ${kind.split(' ')[0]}\nkind: ${kind.split(' ')[1]}\nmetadata: ${metadata}\n${rest}\n`;
const cluster = object('v1 Namespace', '{name: shop}');
const inFlow = (value: unknown): string => JSON.stringify(value);
const eks = (fields: object) => ['eks', { cluster: { name: 'c', resourcesVpcConfig: {}, ...fields } }] as const;

const address: Rule = { kind: 'object', object: { resource: 'nodes' }, path: ['status', 'nodeInfo', 'osImage'], is: equal('COS') };
const nodeWith = (osImage: string): string => object('v1 Node', '{name: n}', `status: {nodeInfo: {osImage: ${osImage}}, addresses: [{type: InternalIP, address: 10.0.0.1}]}`);
const authorizers: Rule = { kind: 'authorizers', file: 'authorization-config', is: has('Node') };
const encryption: Rule = { kind: 'encryption-provider', file: 'encryption-config', resource: 'secrets', first: ['kms', 'secretbox'] };
const audit: Rule = { kind: 'audit-policy', file: 'audit-policy', covers: sensitiveRequests };
const scheduler: Rule = { kind: 'config-file', file: 'scheduler-config', path: ['enableProfiling'], is: equal(false), absent: true };
const etcdFile: Rule = { kind: 'config-file', file: 'etcd-config', path: ['client-transport-security', 'cert-file'], is: isSet, noFile: 'the server has no etcd' };
const authorities: Rule = { kind: 'authorities-differ', one: 'etcd-client-ca', other: 'api-server-client-ca' };
const bothServers = { processes: listed(...running('etcd', '--trusted-ca-file=/e.crt').processes.items, { ...running('kube-apiserver', '--client-ca-file=/c.crt').processes.items[0]!, pid: 2 }), files: listed(present('/e.crt'), present('/c.crt')) };
const operator: Rule = { kind: 'operator-config', namespace: 'openshift-kube-apiserver', path: ['apiServerArguments', 'authorization-mode'], is: has('RBAC') };
const operatorMap = (config: unknown, namespace = 'openshift-kube-apiserver'): string => object('v1 ConfigMap', `{name: config, namespace: ${namespace}}`, `data: ${inFlow({ 'config.yaml': typeof config === 'string' ? config : JSON.stringify(config) })}`);
const condition: Rule = { kind: 'condition', object: { resource: 'kubeapiservers.operator.openshift.io', name: 'cluster' }, type: 'Encrypted', status: 'True' };
const kubeApiServer = (status: string): string => object('operator.openshift.io/v1 KubeAPIServer', '{name: cluster}', `status: ${status}`);
const profile: Rule = { kind: 'tls-profile', object: { resource: 'ingresscontrollers.operator.openshift.io', namespace: 'openshift-ingress-operator' } };
const controller = (tlsSecurityProfile: unknown, name = 'default'): string => object('operator.openshift.io/v1 IngressController', `{name: ${name}, namespace: openshift-ingress-operator}`, `spec: ${inFlow({ tlsSecurityProfile })}`);
const forwarded: Rule = { kind: 'audit-log-forwarded' };
const forwarder = (spec: unknown, group = 'observability.openshift.io', status: unknown = {}): string => object(`${group}/v1 ClusterLogForwarder`, '{name: collector, namespace: openshift-logging}', `spec: ${inFlow(spec)}\nstatus: ${inFlow(status)}`);
const joined: Rule = { kind: 'joined-without-aws-auth' };
const eksNode = (ready = 'True'): string => object('v1 Node', '{name: n}', `spec: {providerID: "aws:///eu-west-1a/i-0abc"}\nstatus: {conditions: [{type: Ready, status: "${ready}"}]}`);
const awsAuth = object('v1 ConfigMap', '{name: aws-auth, namespace: kube-system}', 'data: {mapRoles: "[]"}');
const dashboard: Rule = { kind: 'objects-named', resources: ['deployments.apps'], names: ['kubernetes-dashboard'], exist: false };
const deployment = (name: string): string => object('apps/v1 Deployment', `{name: ${name}, namespace: shop}`, `spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: x}]}}}`);
const routes: Rule = { kind: 'routes-have-certificates', annotations: ['certificate'] };
const ingress = (annotations: string, spec: string): string => object('networking.k8s.io/v1 Ingress', `{name: i, namespace: shop, annotations: ${annotations}}`, `spec: ${spec}`);
const policies: Rule = { kind: 'namespaces-have', resources: ['networkpolicies.networking.k8s.io'] };
const unbound: Rule = { kind: 'no-binding', subject: { kind: 'Group', name: 'system:unauthenticated' }, except: ['system:public-info-viewer'] };
const binding = (role: string): string => object('rbac.authorization.k8s.io/v1 ClusterRoleBinding', '{name: b}', `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${role}"}\nsubjects: [{kind: Group, name: "system:unauthenticated", apiGroup: rbac.authorization.k8s.io}]`);
const raws: Rule = { kind: 'capability-dropped', capability: 'NET_RAW' };
const pod = (securityContext: string): string => object('v1 Pod', '{name: p, namespace: shop}', `spec: {containers: [{name: c, image: x, securityContext: ${securityContext}}]}`);
const constraints: Rule = { kind: 'constraints', strict: [{ path: ['allowPrivilegedContainer'], is: equal(false) }] };
const scc = (allow: unknown, users: readonly string[] = []): string => object('security.openshift.io/v1 SecurityContextConstraints', '{name: s}', `allowPrivilegedContainer: ${inFlow(allow)}\nusers: ${inFlow(users)}`);
const cloud: Rule = { kind: 'cloud', provider: 'eks', paths: [['cluster', 'resourcesVpcConfig', 'endpointPublicAccess']], is: equal(false) };
const logs: Rule = { kind: 'control-plane-logs', types: ['audit'] };
const proxy: Rule = { kind: 'kube-proxy', path: ['metricsBindAddress'], is: loopback };
const before: Rule = { kind: 'before', version: '1.30', since: 'it is gone', rule: flag('kube-apiserver', 'enable-admission-plugins', has('SecurityContextDeny')) };

/** By kind of rule: what makes it pass, fail, unknown and not apply. `never`: it has no such outcome by its nature. */
const cases: Readonly<Record<RuleKind, Readonly<Record<'pass' | 'fail' | 'unknown' | 'not-applicable', readonly [Rule, Given] | 'never'>>>> = {
  'file-mode': {
    pass: [fileMode(0o600, 'api-server-manifest'), { node: { files: listed(present(manifest)) } }],
    fail: [fileMode(0o600, 'api-server-manifest'), { node: { files: listed(present(manifest, 0o640)) } }],
    unknown: [fileMode(0o600, 'api-server-manifest'), { node: { files: listed(denied(manifest)) } }],
    'not-applicable': [fileMode(0o600, 'api-server-manifest'), { node: { files: listed(absent(manifest)) } }],
  },
  'file-owner': {
    pass: [ownedByRoot('api-server-manifest'), { node: { files: listed(present(manifest)) } }],
    fail: [ownedByRoot('api-server-manifest'), { node: { files: listed(present(manifest, 0o600, 7)) } }],
    unknown: [{ kind: 'file-owner', paths: ['api-server-manifest'], owner: 'etcd', group: 'etcd' }, { node: { files: listed(present(manifest, 0o600, 7)), accounts: { state: 'denied', detail: '' } } }],
    'not-applicable': [ownedByRoot('api-server-manifest'), { node: { trees: listed(tree('/etc/kubernetes/manifests')) } }],
  },
  flag: {
    pass: [flag('kubelet', 'hostname-override', isUnset), { node: running('kubelet') }],
    fail: [flag('kubelet', 'hostname-override', isUnset), { node: running('kubelet', '--hostname-override=n') }],
    unknown: [flag('kubelet', 'hostname-override', isUnset), { node: { processes: cutOff } }],
    'not-applicable': [flag('kube-apiserver', 'enable-bootstrap-token-auth', equal(false)), { node: {} }],
  },
  kubelet: {
    pass: [kubelet(['eventRecordQPS'], equal(0)), { node: running('kubelet', '--event-qps=0') }],
    fail: [kubelet(['eventRecordQPS'], equal(0)), { node: running('kubelet') }],
    unknown: [kubelet(['eventRecordQPS'], equal(0)), { node: running('kubelet', '--config=/k.yaml') }],
    'not-applicable': 'never',
  },
  'kube-proxy': {
    pass: [proxy, { node: running('kube-proxy') }],
    fail: [proxy, { node: running('kube-proxy', '--metrics-bind-address=0.0.0.0:10249') }],
    unknown: [proxy, { node: running('kube-proxy', '--config=/p.conf') }],
    'not-applicable': [proxy, { node: {} }],
  },
  'config-file': {
    pass: [scheduler, { node: { ...running('kube-scheduler', '--config=/s.yaml'), ...config({ kind: 'kube-scheduler', path: '/s.yaml', content: { apiVersion: 'kubescheduler.config.k8s.io/v1', settings: [{ key: 'enableProfiling', value: false }] } }) } }],
    fail: [scheduler, { node: { ...running('kube-scheduler', '--config=/s.yaml'), ...config({ kind: 'kube-scheduler', path: '/s.yaml', content: { apiVersion: 'kubescheduler.config.k8s.io/v1', settings: [] } }) } }],
    unknown: [scheduler, { node: running('kube-scheduler') }],
    'not-applicable': [etcdFile, { node: running('etcd') }],
  },
  authorizers: {
    pass: [authorizers, { node: { ...running('kube-apiserver', '--authorization-config=/a.yaml'), ...config({ kind: 'authorization', path: '/a.yaml', content: { apiVersion: 'apiserver.config.k8s.io/v1', authorizers: [{ type: 'Node' }] } }) } }],
    fail: [authorizers, { node: { ...running('kube-apiserver', '--authorization-config=/a.yaml'), ...config({ kind: 'authorization', path: '/a.yaml', content: { apiVersion: 'apiserver.config.k8s.io/v1', authorizers: [{ type: 'RBAC' }] } }) } }],
    unknown: [authorizers, { node: { ...running('kube-apiserver', '--authorization-config=/a.yaml'), files: listed(present('/a.yaml')) } }],
    'not-applicable': 'never',
  },
  'encryption-provider': {
    pass: [encryption, { node: { ...running('kube-apiserver', '--encryption-provider-config=/e.yaml'), ...config({ kind: 'encryption', path: '/e.yaml', content: { apiVersion: 'apiserver.config.k8s.io/v1', rules: [{ resources: ['*.*'], providers: [{ provider: 'kms', keyNames: [], kms: { apiVersion: 'v2' } }] }] } }) } }],
    fail: [encryption, { node: { ...running('kube-apiserver', '--encryption-provider-config=/e.yaml'), ...config({ kind: 'encryption', path: '/e.yaml', content: { apiVersion: 'apiserver.config.k8s.io/v1', rules: [{ resources: ['configmaps'], providers: [{ provider: 'secretbox', keyNames: ['a'] }] }] } }) } }],
    unknown: [encryption, { node: { ...running('kube-apiserver', '--encryption-provider-config=/e.yaml'), files: listed(denied('/e.yaml')) } }],
    'not-applicable': 'never',
  },
  'audit-policy': {
    pass: [audit, { node: { ...running('kube-apiserver', '--audit-policy-file=/p.yaml'), ...config({ kind: 'audit', path: '/p.yaml', content: { apiVersion: 'audit.k8s.io/v1', omitStages: [], rules: [{ level: 'Metadata' }] } }) } }],
    fail: [audit, { node: { ...running('kube-apiserver', '--audit-policy-file=/p.yaml'), ...config({ kind: 'audit', path: '/p.yaml', content: { apiVersion: 'audit.k8s.io/v1', omitStages: [], rules: [{ level: 'None', users: ['a'] }, { level: 'Metadata' }] } }) } }],
    unknown: [audit, { node: running('kube-apiserver', '--audit-policy-file=/p.yaml') }],
    'not-applicable': 'never',
  },
  'authorities-differ': {
    pass: [authorities, { node: { ...bothServers, certificates: listed(bundle('/e.crt', 'aa'), bundle('/c.crt', 'bb')) } }],
    fail: [authorities, { node: { ...bothServers, certificates: listed(bundle('/e.crt', 'aa'), bundle('/c.crt', 'aa')) } }],
    unknown: [authorities, { node: { ...bothServers, certificates: listed(bundle('/e.crt', 'aa')) } }],
    'not-applicable': 'never',
  },
  'operator-config': {
    pass: [operator, { yaml: operatorMap({ apiServerArguments: { 'authorization-mode': ['Scope', 'RBAC'] } }) }],
    fail: [operator, { yaml: operatorMap({ apiServerArguments: { 'authorization-mode': ['Scope'] } }) }],
    unknown: [operator, { yaml: cluster }],
    'not-applicable': 'never',
  },
  object: {
    pass: [address, { yaml: nodeWith('COS') }], fail: [address, { yaml: nodeWith('Ubuntu') }],
    unknown: [address, { yaml: nodeWith('COS'), lists: forbidden('nodes') }], 'not-applicable': [address, { yaml: cluster }],
  },
  'tls-profile': {
    pass: [profile, { yaml: controller({ type: 'Modern', modern: {} }) + controller(null, 'internal') }], fail: [profile, { yaml: controller({ type: 'Old', old: {} }) }],
    unknown: [profile, { yaml: cluster }], 'not-applicable': 'never',
  },
  'audit-log-forwarded': {
    pass: [forwarded, { yaml: forwarder({ pipelines: [{ name: 'all', inputRefs: ['application', 'audit'], outputRefs: ['siem'] }] }) }],
    fail: [forwarded, { yaml: forwarder({ outputs: [{ name: 'siem', type: 'http' }], pipelines: [{ name: 'apps', inputRefs: ['application'], outputRefs: ['siem'] }] }) }],
    unknown: [forwarded, { yaml: cluster, lists: forbidden('clusterlogforwarders.observability.openshift.io') }], 'not-applicable': 'never',
  },
  'joined-without-aws-auth': {
    pass: [joined, { yaml: eksNode() }], fail: 'never', unknown: [joined, { yaml: eksNode() + awsAuth }], 'not-applicable': 'never',
  },
  condition: {
    pass: [condition, { yaml: kubeApiServer('{conditions: [{type: Available, status: "True"}, {type: Encrypted, status: "True"}]}') }],
    fail: [condition, { yaml: kubeApiServer('{conditions: [{type: Encrypted, status: "False"}]}') }],
    unknown: [condition, { yaml: kubeApiServer('{}') }], 'not-applicable': 'never',
  },
  'objects-named': {
    pass: [dashboard, { yaml: deployment('web') }], fail: [dashboard, { yaml: deployment('kubernetes-dashboard') }],
    unknown: [dashboard, { yaml: deployment('web'), lists: forbidden('deployments.apps') }], 'not-applicable': 'never',
  },
  'nodes-are-private': {
    pass: [{ kind: 'nodes-are-private' }, { yaml: nodeWith('COS') }],
    fail: [{ kind: 'nodes-are-private' }, { yaml: object('v1 Node', '{name: n}', 'status: {addresses: [{type: ExternalIP, address: 8.8.8.8}]}') }],
    unknown: [{ kind: 'nodes-are-private' }, { yaml: object('v1 Node', '{name: n}') }], 'not-applicable': [{ kind: 'nodes-are-private' }, { yaml: cluster }],
  },
  'routes-have-certificates': {
    pass: [routes, { yaml: ingress('{certificate: arn}', '{rules: []}') + ingress('{}', '{tls: [{hosts: [a]}]}').replace('name: i', 'name: j') }],
    fail: [routes, { yaml: ingress('{}', '{rules: []}') }],
    unknown: [routes, { yaml: cluster, lists: forbidden('services') }], 'not-applicable': [routes, { yaml: cluster }],
  },
  'namespaces-have': {
    pass: [policies, { yaml: cluster + object('networking.k8s.io/v1 NetworkPolicy', '{name: p, namespace: shop}', 'spec: {podSelector: {}}') }],
    fail: [policies, { yaml: cluster }], unknown: [policies, { yaml: cluster, lists: forbidden('networkpolicies.networking.k8s.io') }],
    'not-applicable': [policies, { yaml: object('v1 Namespace', '{name: kube-system}') }],
  },
  'no-binding': {
    pass: [unbound, { yaml: binding('system:public-info-viewer') }], fail: [unbound, { yaml: binding('view') }],
    unknown: [unbound, { yaml: cluster, lists: forbidden('rolebindings.rbac.authorization.k8s.io') }], 'not-applicable': 'never',
  },
  'capability-dropped': {
    pass: [raws, { yaml: pod('{capabilities: {drop: [net_raw]}}') }], fail: [raws, { yaml: pod('{capabilities: {drop: [ALL], add: [NET_RAW]}}') }],
    unknown: [raws, { yaml: pod('{capabilities: {drop: [ALL]}}'), lists: forbidden('daemonsets.apps') }], 'not-applicable': [raws, { yaml: cluster }],
  },
  constraints: {
    pass: [constraints, { yaml: scc(true, ['system:serviceaccount:openshift-infra:build']) }],
    fail: [constraints, { yaml: scc(true, ['alice']) }],
    unknown: [constraints, { yaml: scc(false, ['alice']), lists: forbidden('clusterroles.rbac.authorization.k8s.io') }], 'not-applicable': 'never',
  },
  cloud: {
    pass: [cloud, { cloud: eks({ resourcesVpcConfig: { endpointPublicAccess: false } }) }], fail: [cloud, { cloud: eks({ resourcesVpcConfig: { endpointPublicAccess: true } }) }],
    unknown: [cloud, {}], 'not-applicable': 'never',
  },
  'control-plane-logs': {
    pass: [logs, { cloud: eks({ logging: { clusterLogging: [{ types: ['audit'], enabled: true }] } }) }], fail: [logs, { cloud: eks({ logging: { clusterLogging: [{ types: ['audit'], enabled: false }] } }) }],
    unknown: [logs, { cloud: eks({}) }], 'not-applicable': 'never',
  },
  before: {
    pass: [before, { version: 'v1.29.0', node: running('kube-apiserver', '--enable-admission-plugins=SecurityContextDeny') }], fail: [before, { version: 'v1.29.0', node: running('kube-apiserver') }],
    unknown: [before, { version: '', node: running('kube-apiserver') }], 'not-applicable': [before, { version: 'v1.30.1', node: running('kube-apiserver') }],
  },
  all: {
    pass: [all(proxy, notApplicable('x')), { node: running('kube-proxy') }], fail: [all(proxy, undecidable('x')), { node: running('kube-proxy', '--metrics-bind-address=0.0.0.0:1') }],
    unknown: [all(proxy, cloud), { node: running('kube-proxy') }], 'not-applicable': [all(notApplicable('x'), proxy), { node: {} }],
  },
  any: {
    pass: [any(proxy, cloud), { node: running('kube-proxy') }], fail: [any(proxy, dashboard), { node: running('kube-proxy', '--metrics-bind-address=0.0.0.0:1'), yaml: deployment('kubernetes-dashboard') }],
    unknown: [any(cloud, undecidable('x')), {}], 'not-applicable': [any(notApplicable('x')), {}],
  },
  'first-known': {
    pass: [firstKnown(cloud, joined), { yaml: eksNode() }], fail: [firstKnown(cloud, joined), { yaml: eksNode(), cloud: eks({ resourcesVpcConfig: { endpointPublicAccess: true } }) }],
    unknown: [firstKnown(cloud, joined), { yaml: eksNode() + awsAuth }], 'not-applicable': [firstKnown(cloud, notApplicable('x')), {}],
  },
  'not-applicable': { pass: 'never', fail: 'never', unknown: 'never', 'not-applicable': [notApplicable('x'), {}] },
  undecidable: { pass: 'never', fail: 'never', unknown: 'never', 'not-applicable': 'never' },
};

const examples = Object.entries(cases).flatMap(([kind, outcomes]) => Object.entries(outcomes).flatMap(([status, given]) => (given === 'never' ? [] : [[kind, status, given] as const])));

it.each(examples)('%s comes to %s', (_, status, [rule, ground]) => {
  expect(judge(rule, ground)).toBe(status);
});

it('leaves to a person what nothing decides', () => {
  expect(judge(undecidable('Look.'), {})).toBe('manual');
  expect(judge(any(proxy, undecidable('Look.')), { node: running('kube-proxy', '--metrics-bind-address=0.0.0.0:1') })).toBe('manual');
});

it('passes nothing where there is no evidence', () => {
  expect(examples.filter(([, , [rule]]) => ['pass', 'fail'].includes(judge(rule, {}))).map(([kind]) => kind)).toEqual([]);
});

describe('a file', () => {
  const rule = fileMode(0o600, 'api-server-manifest');
  it('that nobody looked at is unknown, and one that its directory does not list is not there', () => {
    expect(judge(rule, { node: {} })).toBe('unknown');
    expect(judge(rule, { node: { trees: listed(tree('/etc/kubernetes/manifests')) } })).toBe('not-applicable');
    expect(judge(rule, { node: { trees: listed({ ...tree('/etc/kubernetes/manifests'), truncated: true }) } })).toBe('unknown');
    expect(judge(rule, { node: { trees: listed(tree('/etc/kubernetes/manifests', manifest)) } })).toBe('unknown');
  });

  it('has no set-user bit either', () => {
    expect(judge(rule, { node: { files: listed(present(manifest, 0o4600)) } })).toBe('fail');
  });

  it('that a link names is judged, and so is who may replace the link', () => {
    const link = (directory: number | undefined, mode = 0o600): Given => ({
      node: { files: listed(present(manifest, mode, 0, { real: '/srv/x', link: { target: '/srv/x', uid: 0, gid: 0 } }), ...(directory === undefined ? [] : [present('/etc/kubernetes/manifests', directory, 0, { kind: 'directory' })])) },
    });
    expect([judge(rule, link(0o755)), judge(rule, link(0o775)), judge(rule, link(0o755, 0o644)), judge(rule, link(undefined))]).toEqual(['pass', 'fail', 'fail', 'unknown']);
    const broken: FileFact = { path: manifest, state: 'absent', detail: '', link: { target: '/nowhere', uid: 0, gid: 0 } };
    expect(judge(rule, { node: { files: listed(broken) } })).toBe('unknown');
  });

  it('is where the process says, on the node and not in its container', () => {
    const kubeconfig = fileMode(0o600, 'scheduler-kubeconfig');
    const scheduled = (mounts: ComponentProcess['mounts'], ...files: readonly FileFact[]): Given => {
      const [process] = running('kube-scheduler', '--kubeconfig=/conf/s.conf').processes.items;
      return { node: { processes: listed({ ...process!, mounts, container: { id: 'a' } }), files: listed(present('/etc/kubernetes/scheduler.conf', 0o644), ...files) } };
    };
    expect(judge(kubeconfig, scheduled({ state: 'read', value: [{ at: '/' }, { at: '/conf', host: '/opt/conf' }] }, present('/opt/conf/s.conf')))).toBe('pass');
    expect(judge(kubeconfig, scheduled({ state: 'read', value: [{ at: '/' }] }))).toBe('not-applicable');
    expect(judge(kubeconfig, scheduled({ state: 'denied', detail: '' }))).toBe('unknown');
    expect(judge(kubeconfig, scheduled({ state: 'read', value: [{ at: '/conf', host: '/var/lib/kubelet/pods/x/volumes/kubernetes.io~configmap/c' }] }))).toBe('not-applicable');
  });

  it('of a component whose process nobody saw does not pass by its usual place', () => {
    const kubeconfig = fileMode(0o600, 'kubelet-kubeconfig');
    expect(judge(kubeconfig, { node: { files: listed(present('/etc/kubernetes/kubelet.conf')) } })).toBe('unknown');
    expect(judge(kubeconfig, { node: { files: listed(present('/etc/kubernetes/kubelet.conf', 0o666)) } })).toBe('fail');
  });
});

describe('a process', () => {
  const rule = flag('kubelet', 'hostname-override', isUnset);
  const [process] = running('kubelet').processes.items;
  it('whose command line was cut off tells nothing', () => {
    expect(judge(rule, { node: { processes: listed({ ...process!, isArgvTruncated: true }) } })).toBe('unknown');
  });

  it('that is one of several must be right like the others', () => {
    expect(judge(rule, { node: { processes: listed(process!, { ...process!, pid: 2, argv: ['kubelet', '--hostname-override=x'] }) } })).toBe('fail');
  });

  it('in a pod that the API made is not taken for the node\'s own', () => {
    const tenant = { ...running('kube-apiserver').processes.items[0]!, container: { podUid: '0a1b2c3d-0000-4000-8000-00000000000a' } };
    expect(judge(flag('kube-apiserver', 'enable-bootstrap-token-auth', equal(false)), { node: { processes: listed(tenant) } })).toBe('unknown');
    const own = { ...tenant, pid: 9, argv: ['kube-apiserver', '--enable-bootstrap-token-auth'], container: { podUid: '5f5c2c8f2cb2aa2b3f1e0d9c8b7a6f5e' } };
    expect(judge(flag('kube-apiserver', 'enable-bootstrap-token-auth', equal(false)), { node: { processes: listed(tenant, own) } })).toBe('fail');
  });

  it('whose value was withheld is unknown, unless it only must be given', () => {
    const withheld = { ...running('kube-apiserver', '--enable-bootstrap-token-auth=[withheld]').processes.items[0]!, withheld: ['enable-bootstrap-token-auth'] };
    expect(judge(flag('kube-apiserver', 'enable-bootstrap-token-auth', equal(true)), { node: { processes: listed(withheld) } })).toBe('unknown');
  });
});

it('judges by every version that a kubelet may be of where nobody knows which', () => {
  const view = (settings: readonly { readonly key: string; readonly value: boolean }[]): Given => ({
    version: '', node: {
      ...running('kubelet', '--config-dir=/d'), trees: listed(tree('/d', '/d/1.conf')), files: listed(present('/d/1.conf')),
      configs: listed({ kind: 'kubelet', path: '/d/1.conf', content: { state: 'read', value: { apiVersion: 'kubelet.config.k8s.io/v1beta1', settings } } }),
    },
  });
  // From 1.29 on a drop-in switches things off; before it could not.
  expect(judge(kubelet(['serverTLSBootstrap'], equal(true)), view([{ key: 'serverTLSBootstrap', value: true }]))).toBe('pass');
  expect(judge(kubelet(['makeIPTablesUtilChains'], equal(true)), view([{ key: 'makeIPTablesUtilChains', value: false }]))).toBe('unknown');
});

it('knows which rules are about nodes', () => {
  expect(isAboutNodes(any(cloud, proxy))).toBe(true);
  expect(isAboutNodes(all(cloud, address))).toBe(false);
  expect(judge({ kind: 'object', object: { resource: 'oauths.config.openshift.io', name: 'cluster' }, path: ['spec'], is: lacks('x') }, { yaml: cluster })).toBe('unknown');
  expect(judge({ kind: 'operator-config', namespace: 'openshift-kube-apiserver', path: ['apiServerArguments', 'audit-log-maxbackup'], is: { op: 'at-least', least: 10 } }, { yaml: operatorMap({ apiServerArguments: { 'audit-log-maxbackup': ['10'] } }) })).toBe('pass');
  expect(judge({ kind: 'cloud', provider: 'gke', each: ['nodePools'], paths: [['management', 'autoRepair']], is: oneOf(true), absent: { means: false } }, { cloud: ['gke', { selfLink: 'https://container.googleapis.com/v1/x', nodePools: [{ management: { autoRepair: true } }, {}] }] })).toBe('fail');
});

it('passes no annotation that names a certificate which is not there', () => {
  const rule: Rule = { kind: 'routes-have-certificates', annotations: ['managed'], naming: { annotation: 'managed', resource: 'managedcertificates.networking.gke.io' } };
  const certificate = (namespace: string): string => object('networking.gke.io/v1 ManagedCertificate', `{name: web, namespace: ${namespace}}`, 'spec: {domains: [example.org]}');
  const named = ingress('{managed: "web"}', '{rules: []}');
  expect(judge(rule, { yaml: named + certificate('shop') })).toBe('pass');
  expect(judge(rule, { yaml: named + certificate('other') })).toBe('fail');
  expect(judge(rule, { yaml: named + certificate('shop'), lists: forbidden('managedcertificates.networking.gke.io') })).toBe('unknown');
  expect(judge(rule, { yaml: ingress('{managed: "web, api"}', '{rules: []}') + certificate('shop') })).toBe('fail');
  for (const nothing of [' ', ',']) {
    expect(judge(rule, { yaml: ingress(`{managed: "${nothing}"}`, '{rules: []}') + certificate('shop') })).toBe('fail');
    expect(judge(rule, { yaml: ingress(`{managed: "${nothing}"}`, '{rules: []}'), lists: forbidden('managedcertificates.networking.gke.io') })).toBe('fail');
  }
});

describe('what configures OpenShift', () => {
  const custom = (minTLSVersion: string, ...ciphers: readonly string[]) => controller({ type: 'Custom', custom: { minTLSVersion, ciphers } });

  it('is judged by what a profile of its own allows', () => {
    expect(judge(profile, { yaml: custom('VersionTLS12', 'ECDHE-RSA-AES128-GCM-SHA256') })).toBe('pass');
    expect(judge(profile, { yaml: custom('VersionTLS10', 'ECDHE-RSA-AES128-GCM-SHA256') })).toBe('fail');
    expect(judge(profile, { yaml: custom('VersionTLS12', 'ECDHE-RSA-AES128-GCM-SHA256', 'DES-CBC3-SHA') })).toBe('fail');
    expect(judge(profile, { yaml: controller({ type: 'Custom', custom: null }) })).toBe('fail');
    expect(judge(profile, { yaml: controller({ type: 'Modern' }) + controller({ type: 'Old' }, 'internal') })).toBe('fail');
  });

  it.each([
    ['another group', forwarder({ pipelines: [{ inputRefs: ['audit'], outputRefs: ['default'] }] }, 'logging.openshift.io'), 'pass'],
    ['an input of its own', forwarder({ inputs: [{ name: 'kube', type: 'audit', audit: { sources: ['kubeAPI'] } }], pipelines: [{ inputRefs: ['kube'], outputRefs: ['siem'] }] }), 'pass'],
    ['an input of others', forwarder({ inputs: [{ name: 'kube', type: 'application' }], pipelines: [{ inputRefs: ['kube'], outputRefs: ['siem'] }] }), 'fail'],
    ['no output', forwarder({ pipelines: [{ inputRefs: ['audit'], outputRefs: [] }] }), 'fail'],
    ['nobody who heeds it', forwarder({ managementState: 'Unmanaged', pipelines: [{ inputRefs: ['audit'], outputRefs: ['siem'] }] }), 'fail'],
    ['an operator that refuses it', forwarder({ pipelines: [{ inputRefs: ['audit'], outputRefs: ['siem'] }] }, undefined, { conditions: [{ type: 'Ready', status: 'False' }] }), 'fail'],
    ['an operator that takes it', forwarder({ pipelines: [{ inputRefs: ['audit'], outputRefs: ['siem'] }] }, undefined, { conditions: [{ type: 'Ready', status: 'True' }] }), 'pass'],
    ['a shape that lies', forwarder({ pipelines: [{ inputRefs: 'audit', outputRefs: ['siem'] }] }), 'unknown'],
  ] as const)('forwards the audit log by %s: %s', (_, yaml, status) => {
    expect(judge(forwarded, { yaml })).toBe(status);
  });

  it('that lies about its shape, or is no configuration at all, is unknown', () => {
    expect(judge(constraints, { yaml: scc('no') })).toBe('unknown');
    expect(judge(condition, { yaml: kubeApiServer('{conditions: {Encrypted: "True"}}') })).toBe('unknown');
    expect(judge(profile, { yaml: controller('Modern') })).toBe('unknown');
    for (const config of ['{', '[]', 'null', { apiServerArguments: ['authorization-mode=RBAC'] }, { apiServerArguments: { 'authorization-mode': 'RBAC' } }, { apiServerArguments: { 'authorization-mode': [1] } }, {}]) {
      expect(judge(operator, { yaml: operatorMap(config) }), JSON.stringify(config)).toBe('unknown');
    }
    expect(judge(operator, { yaml: operatorMap({ apiServerArguments: { 'authorization-mode': ['RBAC'] } }, 'shop') })).toBe('unknown');
  });

  it('is unknown where the evidence was kept before anybody looked', () => {
    const inventory = inventoryOf([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: 'openshift-kube-apiserver' }, data: { 'config.yaml': '{"apiServerArguments":{"authorization-mode":["RBAC"]}}' } }]);
    const older = { ...inventory, list: ((key) => inventory.list(key).map(({ namespace, name }) => ({ namespace, name }))) as typeof inventory.list };
    expect(judgeRule(operator, { cluster: new ClusterView(inventory, new Map()) }).status).toBe('pass');
    expect(judgeRule(operator, { cluster: new ClusterView(older, new Map()) })).toMatchObject({ status: 'unknown', text: expect.stringContaining('scan the cluster anew') });
  });
});

describe('nodes of EKS', () => {
  it('that are not ready, or whose ConfigMaps nobody saw, tell nothing', () => {
    expect(judge(joined, { yaml: eksNode('False') })).toBe('unknown');
    expect(judge(joined, { yaml: cluster })).toBe('unknown');
    expect(judge(joined, { yaml: eksNode(), lists: forbidden('configmaps') })).toBe('unknown');
  });
});

it('takes the newest kubelet for what its server is at least', () => {
  const kubelet = (version: string): string => object('v1 Node', `{name: n-${version}}`, `status: {nodeInfo: {kubeletVersion: ${version}}}`);
  expect(judge(before, { version: '', yaml: kubelet('v1.28.3') + kubelet('v1.31.6') })).toBe('not-applicable');
  expect(judge(before, { version: '', yaml: kubelet('v1.29.9') })).toBe('unknown');
});
