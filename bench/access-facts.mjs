import { chanceOf } from './chance.mjs';

const resources = ['pods', 'pods/exec', 'secrets', 'configmaps', 'deployments', 'services', 'jobs', 'nodes', 'serviceaccounts', 'serviceaccounts/token', 'roles', 'rolebindings', 'pods/log', 'pods/status', 'ingresses', 'events', 'endpoints', 'leases'];
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const groups = ['', 'apps', 'batch', 'rbac.authorization.k8s.io', 'networking.k8s.io'];

/**
 * RBAC of a large cluster, and what runs in it: 5,000 roles of 2 to 19 rules (a fifth of them cluster roles), 10,000
 * bindings (a tenth cluster-wide) that name 20,000 subjects, two new ones each and up to two others, in 200 namespaces
 * with 5,000 workloads on 100 nodes. `scale` multiplies all of it.
 */
export function accessFacts({ scale = 1, seed = 1 }) {
  const { below, pick, some, oneIn } = chanceOf(seed);
  const sized = (count) => Math.max(1, Math.round(count * scale));
  const sizes = { roles: sized(5_000), bindings: sized(10_000), subjects: 2 * sized(10_000), namespaces: sized(200), workloads: sized(5_000), nodes: sized(100) };
  const namespaces = Array.from({ length: sizes.namespaces }, (_, i) => `team-${i}`);
  const rule = () => ({
    verbs: oneIn(50) ? ['*'] : some(verbs, 3), apiGroups: [oneIn(50) ? '*' : pick(groups)], resources: oneIn(50) ? ['*'] : some(resources, 3),
    resourceNames: oneIn(10) ? [`object-${below(50)}`] : [], nonResourceURLs: [],
  });
  const roles = [];
  const clusterRoles = [];
  for (let i = 0; i < sizes.roles; i++) {
    const rules = Array.from({ length: 2 + below(18) }, rule);
    if (i % 5 === 0) clusterRoles.push({ kind: 'ClusterRole', namespace: '', name: `role-${i}`, rules });
    else roles.push({ kind: 'Role', namespace: pick(namespaces), name: `role-${i}`, rules });
  }
  const anyRole = () => (below(10) < 3 ? pick(clusterRoles) : pick(roles));
  const admin = { kind: 'ClusterRole', namespace: '', name: 'cluster-admin', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] }] };
  const subject = (i) => {
    if (i % 4 === 0) return { kind: 'User', name: `user-${i}`, namespace: '' };
    if (i % 40 === 1) return { kind: 'Group', name: `group-${i}`, namespace: '' };
    return account(i);
  };
  const account = (i) => ({ kind: 'ServiceAccount', name: `app-${i}`, namespace: namespaces[i % namespaces.length] });
  const roleBindings = [];
  const clusterRoleBindings = [];
  for (let i = 0; i < sizes.bindings; i++) {
    const subjects = [2 * i, 2 * i + 1, ...Array.from({ length: below(3) }, () => below(sizes.subjects))].map(subject);
    const isClusterWide = i % 10 === 0;
    const role = i % 2_000 === 0 ? admin : isClusterWide ? pick(clusterRoles) : anyRole();
    const named = { name: `binding-${i}`, roleKind: role.kind, roleName: role.name, subjects };
    if (isClusterWide) clusterRoleBindings.push({ kind: 'ClusterRoleBinding', namespace: '', ...named });
    else roleBindings.push({ kind: 'RoleBinding', namespace: role.namespace || pick(namespaces), ...named });
  }
  clusterRoles.push(admin);

  const nodes = Array.from({ length: sizes.nodes }, (_, i) => ({ name: `node-${i}`, isControlPlane: i < 3 }));
  const workloads = Array.from({ length: sizes.workloads }, (_, i) => {
    const { name, namespace } = account(4 * i + 3);
    return { kind: 'Deployment', namespace, name: `app-${i}`, serviceAccount: name, mountsToken: below(10) < 7, reachesHost: oneIn(50), nodes: [pick(nodes).name, pick(nodes).name] };
  });
  const world = { namespaces: namespaces.map((name, i) => ({ name, ...(i % 3 === 0 && { enforce: 'restricted' }) })), workloads, nodes, tokenSecrets: [] };

  const question = () => {
    const { kind, namespace, name } = subject(below(sizes.subjects));
    const [resource, subresource] = pick(resources).split('/');
    return {
      user: kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name, groups: kind === 'User' ? ['system:authenticated', 'group-1'] : [],
      verb: pick(verbs), group: pick(groups), resource, ...(subresource !== undefined && { subresource }), namespace: pick(namespaces), name: 'object-1',
    };
  };
  return { sizes, facts: { roles, clusterRoles, roleBindings, clusterRoleBindings }, world, questions: (count) => Array.from({ length: count }, question) };
}
