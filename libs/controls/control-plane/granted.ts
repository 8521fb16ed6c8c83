import type { PolicyRule, RoleFacts, Subject } from '#inventory/facts.js';
import { allowsEverything } from '#inventory/readers/policy-rule.js';
import type { Severity } from '../engine/control.js';
import { notApplicable, pass, provenPass, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { boundRoles, roles } from '../indexes/roles.js';
import type { Grant } from '../scopes/each-grant.js';
import { isBootstrapRole, isBootstrapSubject, isFarReaching, isMaster, subjectText } from './bootstrap-rbac.js';

/** What a grant gives, and to whom beside those who have it by Kubernetes' own hand. */
export interface Granted {
  /** Undefined where the binding's role does not exist: then it gives nothing. */
  readonly role: RoleFacts | undefined;
  readonly rules: readonly PolicyRule[];
  /** '' where the rights hold in every namespace and for what has none. */
  readonly namespace: string;
  readonly subjects: readonly Subject[];
  /** Nobody holds it at present. */
  readonly isUnbound: boolean;
  /** The rule that is cluster-admin in all but name. */
  readonly everything: PolicyRule | undefined;
  /** Why nothing is to be said of it, should nothing far-reaching be found in it: it is Kubernetes' own. */
  readonly builtIn?: string;
}

const fullRights: readonly PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] }];
const noRights: readonly PolicyRule[] = [];

/** Reads a grant; the reason where it gives nobody anything that Kubernetes did not give them. */
export function grantedBy({ binding, role }: Grant, world: World): Granted | { readonly nothingAdded: string } {
  if (role) {
    // That nothing binds it rests on both lists of bindings.
    world.use(boundRoles);
    const builtIn = isBootstrapRole(role) ? 'a role that Kubernetes creates, and nobody is bound to it' : undefined;
    if (builtIn !== undefined && isFarReaching(role.name)) return { nothingAdded: builtIn };
    return { role, rules: role.rules, namespace: role.namespace, subjects: [], isUnbound: true, everything: role.rules.find(allowsEverything), ...(builtIn !== undefined && { builtIn }) };
  }
  if (binding.subjects.length === 0) return { nothingAdded: 'a binding without subjects gives nobody anything' };
  const added = binding.subjects.filter((subject) => !isBootstrapSubject(binding, subject));
  const builtIn = added.length === 0 ? 'a binding that every cluster starts with, and nobody was added to it' : undefined;
  if (builtIn !== undefined && (isFarReaching(binding.roleName) || binding.subjects.every((subject) => isMaster(binding, subject)))) return { nothingAdded: builtIn };
  const subjects = builtIn === undefined ? added : binding.subjects;
  const found = world.use(roles).of(binding);
  // Known by name, even where only the binding was read or sent in.
  const isClusterAdmin = binding.roleKind === 'ClusterRole' && binding.roleName === 'cluster-admin';
  const rules = isClusterAdmin ? fullRights : (found?.rules ?? noRights);
  return { role: found, rules, namespace: binding.namespace, subjects, isUnbound: false, everything: rules.find(allowsEverything), ...(builtIn !== undefined && { builtIn }) };
}

/** What is to be said where nothing far-reaching was found. */
export function nothingFound({ role, builtIn, isUnbound }: Granted): Verdict {
  // A role that was not found may be one that nobody has read; one that is put together from others may have been sent in without them.
  if (!role || role.aggregates) return pass;
  if (builtIn !== undefined) return notApplicable(builtIn);
  // Whether nobody is bound to it, or its bindings are judged in its place, rests on lists.
  return isUnbound ? pass : provenPass;
}

/** The sentence that a grant lets somebody do something: `what` completes "may …". */
export function grantText({ binding, role }: Grant, { subjects }: Granted, what: string): string {
  if (role) return `whoever is bound to ${role.kind} ${role.name} may ${what}; nobody is at present`;
  const [first, ...others] = subjects.map(subjectText);
  return `${first ?? 'nobody'}${others.length > 0 ? ` and ${others.length} more` : ''} may ${what}, by ${binding.roleKind} ${binding.roleName}`;
}

/** Subjects, the role, the rule and how one leads to the other. */
export function grantDetail({ binding, role }: Grant, granted: Granted, rules: readonly PolicyRule[]): Readonly<Record<string, unknown>> {
  const roleText = role ? `${role.kind} ${role.name}` : `${binding.roleKind} ${binding.roleName}`;
  const bindingText = binding && `${binding.kind} ${binding.namespace === '' ? '' : `${binding.namespace}/`}${binding.name}`;
  const subjects = granted.subjects.slice(0, 50).map(subjectText);
  return {
    role: roleText,
    subjects,
    ...(granted.subjects.length > subjects.length && { subjectCount: granted.subjects.length }),
    rules: rules.map(briefly),
    chain: [...(bindingText === undefined ? [] : [bindingText]), roleText, ...rules.map(ruleText)],
  };
}

/** Rules of generated roles may name hundreds of objects. */
const briefly = (rule: PolicyRule): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(rule).filter(([, list]) => list.length > 0).map(([key, list]) => [key, list.slice(0, 20)]));

function ruleText({ verbs, apiGroups, resources, resourceNames }: PolicyRule): string {
  const groups = apiGroups.map((group) => (group === '' ? 'core' : group));
  const names = resourceNames.length > 0 ? ` named ${listed(resourceNames)}` : '';
  return `${listed(verbs)} ${listed(resources)} of ${listed(groups)}${names}`;
}

const listed = (items: readonly string[]): string => `${items.slice(0, 8).join(', ')}${items.length > 8 ? ' …' : ''}`;

const lower: Record<Severity, Severity> = { critical: 'high', high: 'medium', medium: 'low', low: 'info', info: 'info' };

/** One step less for what nobody holds yet. */
export const severityOf = (severity: Severity, granted: Granted): Severity => (granted.isUnbound ? lower[severity] : severity);
