import { expectedToFail } from '#controls/engine/expected.js';
import { shownValue } from '#controls/engine/shown-value.js';
import { isPlatformNamespace } from '#controls/supply-chain/secret-origins.js';
import type { BindingFacts, Container, PolicyRule } from '#inventory/facts.js';
import { isPublicAddress } from '#inventory/readers/public-address.js';
import { refOf, refText } from '#inventory/resource-ref.js';
import { workloadKeys } from '#inventory/inventory.js';
import { fieldAt } from '../../rules/field-at.js';
import type { RuleOf } from '../../rules/rule.js';
import { holds } from '../../rules/value-test.js';
import { doesNotApply, failsBy, passes, right, unknownFor, type Finding } from '../finding.js';
import type { AnyObject, ClusterView } from './cluster-view.js';

const NAMED = 5;
const listed = (names: readonly string[]): string => (names.length <= NAMED ? names.map(shownValue).join(', ') : `${names.slice(0, NAMED).map(shownValue).join(', ')} and ${names.length - NAMED} more`);

export function judgePrivateNodes(view: ClusterView): Finding {
  const { items, missing } = view.listed('nodes');
  const open = items.flatMap(({ name, addresses }) => (addresses.some(isPublicAddress) ? [name] : []));
  if (open.length > 0) return failsBy(`nodes with a public address: ${listed(open)}`, { source: 'api', at: 'nodes', found: `${open.length} of ${items.length}` });
  if (missing !== undefined) return unknownFor(missing, right('nodes'));
  const silent = items.filter(({ addresses }) => addresses.length === 0).map(({ name }) => name);
  if (silent.length > 0) return unknownFor(`the addresses of ${listed(silent)}`, right('nodes'));
  return items.length === 0 ? doesNotApply('there is no node', { source: 'api', at: 'nodes' }) : passes({ source: 'api', at: 'nodes', found: `${items.length} nodes` });
}

export function judgeRoutes(view: ClusterView, { annotations, naming }: RuleOf<'routes-have-certificates'>): Finding {
  const [ingresses, services] = [view.listed('ingresses.networking.k8s.io'), view.listed('services')];
  const certificates = naming && view.objects(naming.resource);
  const there = new Set(certificates?.items.map(({ namespace, name }) => `${namespace}/${name}`));
  const namesIn = (value: string): readonly string[] => value.split(',').map((name) => name.trim()).filter((name) => name !== '');
  /** By an annotation whose objects were all seen, or, where others may be there, may have been. */
  const isCertified = (namespace: string, given: Readonly<Record<string, string>> = {}, ifUnseen = false): boolean =>
    annotations.some((name) => {
      const names = namesIn(given[name] ?? '');
      return names.length > 0 && (name !== naming?.annotation || ifUnseen || names.every((one) => there.has(`${namespace}/${one}`)));
    });
  const balancers = services.items.filter(({ type }) => type === 'LoadBalancer');
  const without = (ifUnseen: boolean): readonly string[] => [
    ...ingresses.items.filter((ingress) => ingress.tls.length === 0 && !isCertified(ingress.namespace, ingress.annotations, ifUnseen)).map(({ namespace, name }) => `Ingress ${namespace}/${name}`),
    ...balancers.filter((service) => !isCertified(service.namespace, service.annotations, ifUnseen)).map(({ namespace, name }) => `Service ${namespace}/${name}`),
  ];
  const plain = without(certificates?.missing !== undefined);
  if (plain.length > 0) return failsBy(`without a certificate: ${listed(plain)}`, { source: 'api', at: 'ingresses.networking.k8s.io, services', found: `${plain.length}` });
  const missing = ingresses.missing ?? services.missing;
  if (missing !== undefined) return unknownFor(missing, right(ingresses.missing === undefined ? 'services' : 'ingresses.networking.k8s.io'));
  if (certificates?.missing !== undefined && without(false).length > 0) return unknownFor(certificates.missing, right(naming!.resource));
  const all = ingresses.items.length + balancers.length;
  return all === 0 ? doesNotApply('there is no Ingress and no Service of type LoadBalancer', { source: 'api' }) : passes({ source: 'api', at: 'ingresses.networking.k8s.io, services', found: `${all}` });
}

export function judgeNamespaces(view: ClusterView, { resources }: RuleOf<'namespaces-have'>): Finding {
  const namespaces = view.listed('namespaces');
  const lists = resources.map((resource) => ({ resource, ...view.objects(resource) }));
  const covered = new Set(lists.flatMap(({ items }) => items.map(({ namespace }) => namespace)));
  const meant = namespaces.items.filter(({ name, terminating }) => !terminating && !isPlatformNamespace(name)).map(({ name }) => name);
  const bare = meant.filter((name) => !covered.has(name));
  const unread = lists.find(({ missing }) => missing !== undefined);
  if (bare.length > 0 && unread) return unknownFor(`${unread.missing!}, of which ${listed(bare)} may have some`, right(unread.resource));
  if (bare.length > 0) return failsBy(`namespaces without one: ${listed(bare)}`, { source: 'api', at: 'namespaces', found: `${bare.length} of ${meant.length}` });
  if (namespaces.missing !== undefined) return unknownFor(namespaces.missing, right('namespaces'));
  return meant.length === 0 ? doesNotApply('there is no namespace but the platform\'s own', { source: 'api', at: 'namespaces' }) : passes({ source: 'api', at: 'namespaces', found: `${meant.length} namespaces` });
}

const bindingKeys = ['clusterrolebindings.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io'] as const;

export function judgeBindings(view: ClusterView, { subject, except }: RuleOf<'no-binding'>): Finding {
  const lists = bindingKeys.map((key) => ({ key, ...view.listed(key) }));
  const given = lists.flatMap(({ items }) => items.filter((binding) => binding.subjects.some(({ kind, name }) => kind === subject.kind && name === subject.name) && !isBuiltIn(binding, except)));
  if (given.length > 0) return failsBy(`${subject.name} is bound to ${listed(given.map(({ roleName, kind, namespace, name }) => `${roleName} (${kind} ${namespace === '' ? '' : `${namespace}/`}${name})`))}`, { source: 'api', at: 'bindings', found: `${given.length}` });
  const lack = lists.find(({ missing }) => missing !== undefined);
  return lack ? unknownFor(lack.missing!, right(lack.key)) : passes({ source: 'api', at: 'bindings' });
}

const isBuiltIn = ({ roleKind, roleName }: BindingFacts, except: readonly string[]): boolean => roleKind === 'ClusterRole' && except.includes(roleName);

export function judgeCapability(view: ClusterView, { capability }: RuleOf<'capability-dropped'>): Finding {
  const { inventory } = view;
  if (!inventory) return unknownFor('pods, of which nothing was read', right('pods'));
  const holders = new Set<string>();
  let judged = 0;
  for (const workload of inventory.workloads) {
    for (const id of workload.templates) {
      const template = inventory.templates.get(id);
      if (template.os === 'windows') continue;
      for (const container of template.containers) {
        if (expectedToFail('workloads/capabilities-drop-all', refOf(workload), container.name, { isMirror: workload.isMirror }) !== undefined) continue;
        judged++;
        if (keeps(container, capability)) holders.add(refText(refOf(workload)));
      }
    }
  }
  if (holders.size > 0) return failsBy(`${capability} is left to containers of ${listed([...holders])}`, { source: 'api', at: 'pods', found: `${holders.size} workloads` });
  const unread = workloadKeys.find((key) => view.missingOf(key) !== undefined);
  if (unread) return unknownFor(view.missingOf(unread)!, right(unread));
  return judged === 0 ? doesNotApply('there is no container', { source: 'api', at: 'pods' }) : passes({ source: 'api', at: 'pods', found: `${judged} containers` });
}

/** Runtimes give it unless it is dropped, and privileged containers have all. Names may begin with CAP_. */
function keeps({ securityContext = {} }: Container, capability: string): boolean {
  const { add = [], drop = [] } = securityContext.capabilities ?? {};
  const names = (list: readonly string[], name: string): boolean => list.some((each) => each.toUpperCase().replace(/^CAP_/, '') === name);
  if (securityContext.privileged === true || names(add, capability) || names(add, 'ALL')) return true;
  return !names(drop, capability) && !names(drop, 'ALL');
}

const constraintsKey = 'securitycontextconstraints.security.openshift.io';
const platformUser = /^system:serviceaccount:(openshift(-[\w-]+)?|kube-system):|^system:(admin|apiserver|kube-|openshift-|node:)/;
const platformGroup = /^system:(cluster-admins|masters|nodes|serviceaccounts:openshift[\w-]*)$/;

/** Lax constraints that others than the platform's own accounts may use, by the object's own lists and by roles. */
export function judgeConstraints(view: ClusterView, { strict }: RuleOf<'constraints'>): Finding {
  const { items, missing } = view.objects(constraintsKey);
  const lax = items.filter(({ fields }) => !strict.some(({ path, is }) => holds(is, fieldAt(fields, path) ?? null)));
  const roles = [view.listed('clusterroles.rbac.authorization.k8s.io'), view.listed('roles.rbac.authorization.k8s.io'), ...bindingKeys.map((key) => view.listed(key))];
  const users = lax.flatMap((constraint) => [...usersOf(constraint), ...bound(view, constraint.name)].map((who) => `${constraint.name} by ${who}`));
  if (users.length > 0) return failsBy(`may be used: ${listed(users)}`, { source: 'api', at: constraintsKey, found: `${users.length}` });
  if (missing !== undefined) return unknownFor(missing, right(constraintsKey));
  const unread = roles.find((list) => list.missing !== undefined)?.missing;
  if (unread !== undefined) return unknownFor(unread, right('clusterrolebindings.rbac.authorization.k8s.io'));
  return items.length === 0 ? unknownFor(`${constraintsKey}, of which there is none`, right(constraintsKey)) : passes({ source: 'api', at: constraintsKey, found: `${lax.length} of ${items.length} lax` });
}

function usersOf({ fields }: AnyObject): readonly string[] {
  const texts = (key: string): readonly string[] => (Array.isArray(fields[key]) ? (fields[key] as readonly unknown[]).filter((each) => typeof each === 'string') : []);
  return [...texts('users').filter((user) => !platformUser.test(user)), ...texts('groups').filter((group) => !platformGroup.test(group))];
}

/** Who is bound to a role that names the constraint. Roles that give everything give this too, and are another item's. */
function bound(view: ClusterView, name: string): readonly string[] {
  const granting = new Set<string>();
  const collect = (kind: string, namespace: string, role: string, rules: readonly PolicyRule[]): void => {
    if (rules.some((rule) => grants(rule, name))) granting.add(`${kind}/${namespace}/${role}`);
  };
  for (const role of view.listed('clusterroles.rbac.authorization.k8s.io').items) collect('ClusterRole', '', role.name, role.rules);
  for (const role of view.listed('roles.rbac.authorization.k8s.io').items) collect('Role', role.namespace, role.name, role.rules);
  return bindingKeys.flatMap((key) => view.listed(key).items.flatMap((binding) => {
    if (!granting.has(`${binding.roleKind}/${binding.roleKind === 'Role' ? binding.namespace : ''}/${binding.roleName}`)) return [];
    return binding.subjects.flatMap(({ kind, name: who, namespace }) => {
      if (kind === 'ServiceAccount') return isPlatformNamespace(namespace) ? [] : [`${namespace}/${who}`];
      return (kind === 'Group' ? platformGroup : platformUser).test(who) ? [] : [who];
    });
  }));
}

function grants({ verbs, resources, resourceNames }: PolicyRule, name: string): boolean {
  if (!resources.includes('securitycontextconstraints') || !(verbs.includes('use') || verbs.includes('*'))) return false;
  return resourceNames.length === 0 || resourceNames.includes(name);
}
