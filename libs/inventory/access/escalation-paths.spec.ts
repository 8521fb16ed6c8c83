import { describe, expect, it } from 'vitest';
import type { BindingFacts, PolicyRule, Subject } from '../facts.js';
import { AccessIndex } from './access-index.js';
import type { AccessFacts } from './access-facts.js';
import { EscalationPaths } from './escalation-paths.js';
import type { EscalationPath, EscalationWorkload, EscalationWorld } from './escalation-world.js';
import { account, allRights, clusterRole, facts, group, narrow, role, rule, user, wide } from './testing/written-facts.js';

const rbac = { apiGroups: ['rbac.authorization.k8s.io'] };
const jane = user('jane');
const boss = account('ops', 'boss');
const workload = (namespace: string, name: string, serviceAccount: string, more: Partial<EscalationWorkload> = {}): EscalationWorkload =>
  ({ kind: 'Deployment', namespace, name, serviceAccount, mountsToken: true, reachesHost: false, ...more });
const world = (more: Partial<EscalationWorld> = {}): EscalationWorld => ({
  namespaces: [{ name: 'ops', enforce: 'restricted' }, { name: 'shop', enforce: 'restricted' }],
  workloads: [workload('ops', 'boss', 'boss'), workload('shop', 'web', 'web')], nodes: [], tokenSecrets: [], ...more,
});

/** Boss may do everything; jane what the rules say, everywhere or in one namespace. */
function withRights(rules: readonly PolicyRule[], more: { readonly namespace?: string; readonly to?: Subject; readonly facts?: Partial<AccessFacts>; readonly bindings?: readonly BindingFacts[] } = {}): AccessIndex {
  const { namespace, to = jane } = more;
  return new AccessIndex(facts({
    clusterRoles: [clusterRole('top', [allRights]), clusterRole('given', rules), ...(more.facts?.clusterRoles ?? [])],
    clusterRoleBindings: [wide('top', 'top', boss), ...(namespace === undefined ? [wide('given', 'given', to)] : []), ...(more.facts?.clusterRoleBindings ?? [])],
    roleBindings: [...(namespace === undefined ? [] : [narrow(namespace, 'given', 'ClusterRole/given', to)]), ...(more.facts?.roleBindings ?? [])],
    roles: more.facts?.roles ?? [],
  }));
}
const reasons = (path: EscalationPath | undefined): string[] | undefined => path?.steps.map(({ reason }) => reason);
const ofJane = (rules: readonly PolicyRule[], more: Parameters<typeof withRights>[1] = {}, around = world()): string[] | undefined => reasons(new EscalationPaths(withRights(rules, more), around).ofSubject(jane));

describe('escalation paths', () => {
  it('lead nowhere from ordinary rights, and nowhere from nobody', () => {
    expect(ofJane([rule('get,list,watch', 'pods,configmaps,services')])).toBeUndefined();
    expect(ofJane([rule('create', 'pods')], { namespace: 'shop' })).toBeUndefined();
    expect(new EscalationPaths(withRights([]), world()).ofSubject(user('stranger'))).toBeUndefined();
  });

  it.each<[string, PolicyRule[], string[], string?]>([
    ['all rights', [allRights], ['everything']],
    ['creating pods', [rule('create', 'pods')], ['create-workloads', 'everything'], 'ops'],
    ['patching one deployment', [rule('patch', 'deployments', { apiGroups: ['apps'], resourceNames: ['boss'] })], ['create-workloads', 'everything'], 'ops'],
    ['creating workflows', [rule('create', 'workflows', { apiGroups: ['argoproj.io'] })], ['create-workloads', 'everything'], 'ops'],
    ['exec', [rule('create', 'pods/exec')], ['exec', 'mounted-token', 'everything'], 'ops'],
    ['ephemeral containers', [rule('patch', 'pods/ephemeralcontainers')], ['change-pods', 'mounted-token', 'everything'], 'ops'],
    ['port-forward', [rule('create', 'pods/portforward')], ['reach-ports', 'mounted-token', 'everything'], 'ops'],
    ['tokens of one account', [rule('create', 'serviceaccounts/token', { resourceNames: ['boss'] })], ['mint-tokens', 'everything'], 'ops'],
    ['acting as accounts', [rule('impersonate', 'serviceaccounts')], ['impersonate-accounts', 'everything'], 'ops'],
    ['acting as groups and users', [rule('impersonate', 'users,groups')], ['impersonate-masters']],
    ['binding any role', [rule('create', 'clusterrolebindings', rbac), rule('bind', 'clusterroles', rbac)], ['bind-cluster-role']],
    ['binding the top role', [rule('create', 'clusterrolebindings', rbac), rule('bind', 'clusterroles', { ...rbac, resourceNames: ['top'] })], ['bind-cluster-role']],
    ['binding in a namespace', [rule('create', 'rolebindings', rbac), rule('bind', 'clusterroles', rbac)], ['bind-role', 'namespace-admin', 'everything'], 'ops'],
    ['rewriting its own role', [rule('patch,escalate', 'clusterroles', { ...rbac, resourceNames: ['given'] })], ['escalate-cluster-role']],
    ['making token Secrets', [rule('create,list', 'secrets')], ['make-token-secrets', 'everything'], 'ops'],
    ['node proxies', [rule('get', 'nodes/proxy')], ['nodes-proxy', 'mounted-token', 'everything']],
    ['webhooks', [rule('patch', 'mutatingwebhookconfigurations', { apiGroups: ['admissionregistration.k8s.io'] })], ['mutating-webhooks', 'everything']],
    ['certificates', [
      rule('create', 'certificatesigningrequests', { apiGroups: ['certificates.k8s.io'] }), rule('update', 'certificatesigningrequests/approval', { apiGroups: ['certificates.k8s.io'] }),
      rule('approve', 'signers', { apiGroups: ['certificates.k8s.io'], resourceNames: ['kubernetes.io/kube-apiserver-client'] }),
    ], ['approve-certificates', 'everything']],
    ['node status', [rule('patch', 'nodes/status')], ['node-status', 'everything']],
  ])('lead from %s to the top', (_, rules, steps, namespace) => {
    expect(ofJane(rules, namespace === undefined ? {} : { namespace })).toEqual(steps);
  });

  it.each<[string, PolicyRule[], string?]>([
    ['binding without a right to write bindings', [rule('bind', 'clusterroles', rbac)]],
    ['binding a role that is missing', [rule('create', 'clusterrolebindings', rbac), rule('bind', 'clusterroles', { ...rbac, resourceNames: ['gone'] })]],
    ['writing bindings alone', [rule('create', 'clusterrolebindings', rbac)]],
    ['rewriting other roles', [rule('patch,escalate', 'clusterroles', { ...rbac, resourceNames: ['other'] })]],
    ['acting as groups without a user', [rule('impersonate', 'groups')]],
    ['cluster-wide kinds through a RoleBinding', [rule('get', 'nodes/proxy'), rule('impersonate', 'users'), rule('create', 'clusterrolebindings', rbac), rule('bind', 'clusterroles', rbac)], 'ops'],
    ['approving for another signer', [
      rule('create', 'certificatesigningrequests', { apiGroups: ['certificates.k8s.io'] }), rule('update', 'certificatesigningrequests/approval', { apiGroups: ['certificates.k8s.io'] }),
      rule('approve', 'signers', { apiGroups: ['certificates.k8s.io'], resourceNames: ['example.com/x'] }),
    ]],
    ['creating pods of one name, which no rule can allow', [rule('create', 'pods', { resourceNames: ['a'] })]],
  ])('do not lead from %s', (_, rules, namespace) => {
    expect(ofJane(rules, namespace === undefined ? {} : { namespace })).toBeUndefined();
  });

  it('put halves from a user and its groups together', () => {
    const index = withRights([rule('create', 'clusterrolebindings', rbac)], {
      facts: { clusterRoles: [clusterRole('binder', [rule('bind', 'clusterroles', rbac)])], clusterRoleBindings: [wide('binders', 'binder', group('system:authenticated'))] },
    });
    const path = new EscalationPaths(index, world()).ofSubject(jane);
    expect(path?.steps[0]?.grants.map((grant) => (grant.by === 'binding' ? grant.binding.name : ''))).toEqual(['given', 'binders']);
  });

  it('go through a role that may be bound, where that leads on', () => {
    const more = { facts: { clusterRoles: [clusterRole('minter', [rule('create', 'serviceaccounts/token')])] } };
    const rules = [rule('create', 'clusterrolebindings', rbac), rule('bind', 'clusterroles', { ...rbac, resourceNames: ['minter'] })];
    expect(ofJane(rules, more)).toEqual(['bind-named-role', 'mint-tokens', 'everything']);
  });

  it('reach the host where admission lets pods do that', () => {
    const nodes = [{ name: 'n1', isControlPlane: true }];
    const open = world({ nodes, namespaces: [{ name: 'shop' }, { name: 'ops', enforce: 'restricted' }] });
    const closed = world({ nodes });
    expect(ofJane([rule('create', 'pods')], { namespace: 'shop' }, open)).toEqual(['create-host-workloads', 'control-plane-keys']);
    expect(ofJane([rule('create', 'pods')], { namespace: 'shop' }, closed)).toBeUndefined();
    expect(ofJane([rule('create', 'pods'), rule('patch', 'namespaces')], { namespace: 'shop' }, closed)).toEqual(['relax-admission', 'control-plane-keys']);
    expect(ofJane([rule('create', 'pods,persistentvolumeclaims,persistentvolumes')], { namespace: 'shop' }, closed)).toBeUndefined();
    expect(ofJane([rule('create', 'persistentvolumes')], { facts: { clusterRoles: [clusterRole('pods', [rule('create', 'pods,persistentvolumeclaims')])], roleBindings: [narrow('shop', 'pods', 'ClusterRole/pods', jane)] } }, closed))
      .toEqual(['host-path-volumes', 'control-plane-keys']);
  });

  it('follow a breached pod to its account, its node and the pods beside it', () => {
    const index = withRights([]);
    const paths = new EscalationPaths(index, world({
      workloads: [
        workload('ops', 'boss', 'boss', { nodes: ['n1'] }), workload('ops', 'tokenless', 'boss', { mountsToken: false, nodes: ['n2'] }),
        workload('shop', 'agent', 'web', { reachesHost: true, nodes: ['n1'] }), workload('shop', 'far', 'web', { reachesHost: true, nodes: ['n2'] }), workload('shop', 'unplaced', 'web', { reachesHost: true }),
      ],
    }));
    const of = (namespace: string, name: string): EscalationPath | undefined => paths.ofWorkload({ kind: 'Deployment', namespace, name });
    expect(reasons(of('ops', 'boss'))).toEqual(['mounted-token', 'everything']);
    expect(of('ops', 'tokenless')).toBeUndefined();
    expect(reasons(of('shop', 'agent'))).toEqual(['host-access', 'node-tokens', 'everything']);
    expect(of('shop', 'far')).toBeUndefined();
    expect(of('shop', 'unplaced')).toMatchObject({ isConditional: true });
  });

  it('take from a node the tokens of its pods, and nothing that their workload has on other nodes', () => {
    const nodes = [{ name: 'control', isControlPlane: true }, { name: 'n1', isControlPlane: false }];
    const agent = workload('shop', 'agent', 'agent', { kind: 'DaemonSet', reachesHost: true, nodes: ['control', 'n1'] });
    const paths = (rules: readonly PolicyRule[], here = agent) => new EscalationPaths(withRights(rules), world({ nodes, workloads: [here, workload('shop', 'strong', 'strong', { reachesHost: true, nodes: ['n1'] })] }));
    const strong = { kind: 'Deployment', namespace: 'shop', name: 'strong' };
    expect(paths([]).ofWorkload(strong)).toBeUndefined();
    expect(paths([rule('get', 'nodes/proxy', { resourceNames: ['n1'] })]).ofSubject(jane)).toBeUndefined();
    expect(reasons(paths([rule('get', 'nodes/proxy', { resourceNames: ['control'] })]).ofSubject(jane))).toEqual(['nodes-proxy', 'control-plane-keys']);
    expect(reasons(paths([rule('get', 'nodes/proxy')]).ofSubject(jane))).toEqual(['nodes-proxy', 'host-access', 'control-plane-keys']);
    expect(paths([rule('patch', 'nodes/status')]).ofSubject(jane)).toBeUndefined();
  });

  it('are, for somebody whom no binding names, those of everybody', () => {
    const paths = new EscalationPaths(new AccessIndex(facts({ clusterRoles: [clusterRole('top', [allRights])], clusterRoleBindings: [wide('all', 'top', group('system:authenticated'))] })), world());
    for (const subject of [user('stranger'), group('strangers'), account('elsewhere', 'bot')]) {
      expect(paths.ofSubject(subject)).toMatchObject({ start: { subject }, steps: [{ reason: 'everything', from: { subject }, grants: [{ subject: { name: 'system:authenticated' } }] }] });
    }
    expect(paths.ofSubject(user('system:anonymous'))).toBeUndefined();
  });

  it('come the shortest first, those of the system last, and without those who are there already', () => {
    const index = withRights([rule('create', 'pods')], { facts: { clusterRoleBindings: [wide('masters', 'top', group('system:masters')), wide('controllers', 'top', account('kube-system', 'controller'))] } });
    const names = (limit: number) => new EscalationPaths(index, world()).shortest(limit).map(({ start }) => (start.at === 'subject' ? start.subject.name : `the pods of ${start.at === 'workload' ? start.name : ''}`));
    expect(names(10)).toEqual(['boss', 'jane', 'the pods of boss', 'controller']);
    expect(names(2)).toEqual(['boss', 'jane']);
    expect(new EscalationPaths(index, world()).counts()).toEqual({ subjects: 3, workloads: 1 });
  });

  it('read tokens from Secrets where there are any', () => {
    const rules = [rule('get', 'secrets', { resourceNames: ['boss-token'] })];
    expect(ofJane(rules)).toBeUndefined();
    expect(ofJane(rules, {}, world({ tokenSecrets: [{ namespace: 'ops', name: 'boss-token', serviceAccount: 'boss' }] }))).toEqual(['read-secrets', 'everything']);
  });

  it('use an operator whose account the objects steer', () => {
    const applications = rule('create', 'applications', { apiGroups: ['argoproj.io'] });
    const own = { facts: { roles: [role('ops', 'operator', [rule('update', 'applications', { apiGroups: ['argoproj.io'] })])], roleBindings: [narrow('ops', 'operator', 'Role/operator', boss)] } };
    expect(ofJane([applications])).toBeUndefined();
    expect(new EscalationPaths(withRights([applications], own), world()).ofSubject(jane)).toMatchObject({ isConditional: true, steps: [{ reason: 'operator-resources', isConditional: true, to: { subject: boss } }, { reason: 'everything' }] });
  });

  it('give for each step the binding and rule, from and to', () => {
    const path = new EscalationPaths(withRights([rule('create', 'pods')], { namespace: 'ops' }), world()).ofSubject(jane);
    expect(path).toMatchObject({
      start: { at: 'subject', subject: jane }, isConditional: false,
      steps: [
        { from: { subject: jane }, to: { at: 'subject', subject: boss }, namespace: 'ops', grants: [{ binding: { namespace: 'ops', name: 'given' }, role: { name: 'given' }, ruleIndex: 0 }] },
        { from: { subject: boss }, to: { at: 'cluster-admin' }, namespace: '', grants: [{ binding: { name: 'top' } }] },
      ],
    });
  });

  it('count groups as their members\' way up', () => {
    const index = new AccessIndex(facts({ clusterRoles: [clusterRole('top', [allRights])], clusterRoleBindings: [wide('oops', 'top', group('system:serviceaccounts:shop')), wide('x', 'none', account('shop', 'web'))] }));
    const path = new EscalationPaths(index, world()).ofWorkload({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(reasons(path)).toEqual(['mounted-token', 'everything']);
    expect(path?.steps[1]).toMatchObject({ from: { subject: account('shop', 'web') }, grants: [{ subject: group('system:serviceaccounts:shop') }] });
  });

  it('name the one binding whose removal closes most ways', () => {
    const index = withRights([rule('create', 'pods')], { namespace: 'ops', to: group('devs'), facts: { clusterRoles: [clusterRole('more', [rule('create', 'pods')])], clusterRoleBindings: [wide('more', 'more', group('devs'), jane)] } });
    const paths = new EscalationPaths(index, world());
    expect(paths.count()).toBe(4);
    expect(paths.bestCut()).toEqual({ binding: { kind: 'ClusterRoleBinding', namespace: '', name: 'top' }, frees: 4, isProven: true });
  });

  it('end on circles and on very large roles', () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `a${at}`);
    const circle = withRights([rule('create', 'serviceaccounts/token', { resourceNames: names }), ...names.map((name) => rule('get', `r${name}`))], {
      to: account('shop', 'web'),
      facts: { roleBindings: Array.from({ length: 300 }, (_, at) => narrow('shop', `b${at}`, 'ClusterRole/given', account('shop', `a${at}`))) },
    });
    const started = performance.now();
    const paths = new EscalationPaths(circle, world());
    expect(paths.ofSubject(account('shop', 'a1'))).toBeUndefined();
    expect(paths.isComplete).toBe(true);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
