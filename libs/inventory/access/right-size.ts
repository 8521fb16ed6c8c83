import type { BindingFacts, PolicyRule, RoleFacts, Subject } from '../facts.js';
import { groupBy } from '../group-by.js';
import { byText } from '../text-order.js';
import type { AccessRequest, Identity, RbacRef } from './access-facts.js';
import type { AccessIndex } from './access-index.js';
import { canI, impliedGroups } from './can-i.js';
import { accountOf } from './implied-groups.js';

/** The rights that a subject was seen to use, as roles of their own. */
export interface RightSized {
  /** One Role for every namespace, and one ClusterRole for what was asked of the whole cluster; each bound to the subject alone. */
  readonly roles: readonly RoleFacts[];
  readonly bindings: readonly BindingFacts[];
  /** Places in `used` of what the subject may not do today, which is in no role. */
  readonly notGranted: readonly number[];
  /** Bindings by which the used rights came, that name the subject itself: it can be taken out of them, once nothing else is used. */
  readonly replaces: readonly RbacRef[];
  /** Bindings of the subject itself by which none of the used rights came. */
  readonly surplus: readonly RbacRef[];
  /** Bindings by which the subject has rights as a member of a group: they stay with it. */
  readonly byGroup: readonly RbacRef[];
}

export interface RightSizeOptions {
  /** Rules name the objects that were used, for verbs that ask for one object. */
  readonly byName?: boolean;
}

/** Verbs that ask for objects that have no name yet, or for many: a rule with names never allows them by a request without one. */
const unnamedVerbs: ReadonlySet<string> = new Set(['create', 'list', 'watch', 'deletecollection']);

/**
 * Roles that allow what was used, as far as it is allowed today, and nothing that is not. What was not used is not in them: how
 * long one has to look before that means anything is not known here.
 */
export function rightSize(index: AccessIndex, subject: Identity, used: readonly AccessRequest[], { byName = false }: RightSizeOptions = {}): RightSized {
  const notGranted: number[] = [];
  const granting = new Map<string, RbacRef>();
  const places = new Map<string, Needs>();
  for (const [at, request] of used.entries()) {
    const answer = canI(index, { ...subject, ...request });
    if (!answer.allowed) {
      notGranted.push(at);
      continue;
    }
    if (answer.chain.by === 'binding') granting.set(refOf(answer.chain.binding), answer.chain.binding);
    const namespace = request.path === undefined ? (request.namespace ?? '') : '';
    let needs = places.get(namespace);
    if (!needs) places.set(namespace, (needs = new Needs()));
    const { name = '', ...unnamed } = request;
    // A right to one object must not become one to all of them.
    const isOfOne = name !== '' && ((byName && !unnamedVerbs.has(request.verb)) || !canI(index, { ...subject, ...unnamed }).allowed);
    needs.add(unnamed, isOfOne ? name : '');
  }
  const name = roleNameOf(subject.user);
  const bound = subjectOf(subject.user);
  const inOrder = [...places].sort(([a], [b]) => byText(a, b));
  const { own, byGroup } = bindingsOf(index, subject);
  return {
    roles: inOrder.map(([namespace, needs]) => ({ kind: namespace === '' ? 'ClusterRole' : 'Role', namespace, name, rules: needs.rules() })),
    bindings: inOrder.map(([namespace]) => ({
      kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding', namespace, name, roleKind: namespace === '' ? 'ClusterRole' : 'Role', roleName: name, subjects: [bound],
    })),
    notGranted,
    replaces: own.filter((ref) => granting.has(refOf(ref))),
    surplus: own.filter((ref) => !granting.has(refOf(ref))),
    byGroup,
  };
}

/** What is needed in one place: verbs by resource and objects. */
class Needs {
  private readonly verbs = new Map<string, { readonly group: string; readonly resource: string; readonly name: string; readonly verbs: Set<string> }>();
  private readonly paths = new Map<string, Set<string>>();

  /** `name`: of the one object; '' for all. */
  add({ verb, group = '', resource = '', subresource = '', path }: Omit<AccessRequest, 'name'>, name: string): void {
    if (path !== undefined) {
      const verbs = this.paths.get(path);
      if (verbs) verbs.add(verb);
      else this.paths.set(path, new Set([verb]));
      return;
    }
    const what = subresource === '' ? resource : `${resource}/${subresource}`;
    const key = `${group} ${what} ${name}`;
    const known = this.verbs.get(key);
    if (known) known.verbs.add(verb);
    else this.verbs.set(key, { group, resource: what, name, verbs: new Set([verb]) });
  }

  /** Resources of one group, or objects of one resource, with the same verbs are one rule. */
  rules(): readonly PolicyRule[] {
    const ofNames = groupsOf(this.verbs.values(), ({ group, resource, name, verbs }) => `${group} ${resource} ${name === ''} ${textOf(verbs)}`);
    const merged = ofNames.map((same) => ({ group: same[0]!.group, resource: same[0]!.resource, verbs: sorted(same[0]!.verbs), names: sorted(same.map(({ name }) => name).filter((name) => name !== '')) }));
    const ofResources = groupsOf(merged, ({ group, resource, verbs, names }) => (names.length > 0 ? `${group} ${resource} ${verbs.join()}` : `${group} ${verbs.join()}`));
    const rules = ofResources.map((same): PolicyRule => ({
      verbs: same[0]!.verbs, apiGroups: [same[0]!.group], resources: sorted(same.map(({ resource }) => resource)), resourceNames: same[0]!.names, nonResourceURLs: [],
    }));
    const ofPaths = groupsOf(this.paths, ([, verbs]) => textOf(verbs)).map((same): PolicyRule => ({
      verbs: sorted(same[0]![1]), apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: sorted(same.map(([path]) => path)),
    }));
    return [...rules.sort((a, b) => byText(a.apiGroups[0]!, b.apiGroups[0]!) || byText(a.resources[0]!, b.resources[0]!) || byText(a.verbs.join(), b.verbs.join())), ...ofPaths];
  }
}

function bindingsOf(index: AccessIndex, { user, groups = [] }: Identity): { readonly own: readonly RbacRef[]; readonly byGroup: readonly RbacRef[] } {
  const of = (subject: number): readonly RbacRef[] => (subject < 0 ? [] : [...index.bindingsOf.items.subarray(index.bindingsOf.from[subject], index.bindingsOf.from[subject + 1])].map((id) => index.bindingRef(id)));
  const inOrder = (refs: readonly RbacRef[]): readonly RbacRef[] => [...new Map(refs.map((ref) => [refOf(ref), ref])).values()].sort((a, b) => byText(refOf(a), refOf(b)));
  return { own: inOrder(of(index.userId(user))), byGroup: inOrder([...groups, ...impliedGroups(user)].flatMap((group) => of(index.groupId(group)))) };
}

function subjectOf(user: string): Subject {
  const account = accountOf(user);
  return account ? { kind: 'ServiceAccount', ...account } : { kind: 'User', name: user, namespace: '' };
}

const escapes: Readonly<Record<string, string>> = { '~': '~0', '/': '~1', '%': '~2' };

/** A name that no two subjects share, or the manifest of one would take the place of another's; a role may not have `/` and `%` in it. */
const roleNameOf = (user: string): string => `right-sized:${user.replaceAll(/[~/%]/g, (character) => escapes[character]!)}`;

const refOf = ({ kind, namespace, name }: RbacRef): string => `${kind} ${namespace}/${name}`;
const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort(byText);
const groupsOf = <T>(items: Iterable<T>, keyOf: (item: T) => string): readonly (readonly T[])[] => [...groupBy(items, keyOf).values()];
const textOf = (verbs: ReadonlySet<string>): string => sorted(verbs).join();
