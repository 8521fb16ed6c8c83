import type { Subject } from '../facts.js';
import type { AccessIndex } from './access-index.js';
import { SUPERUSERS, type AccessQuery, type GrantChain } from './access-facts.js';
import { accountOf, groupsOfAccount, groupsOfLogin } from './implied-groups.js';

export interface AnswerOptions {
  /**
   * Groups added to those a query names. `service-accounts` (default): a service account is in its own groups and in
   * `system:authenticated`; nobody else is in a group that is not named. `login`: also what a login brings, so every
   * user but the anonymous is in `system:authenticated`. `none`: as upstream's authorizer, which is handed all groups.
   */
  readonly implied?: 'service-accounts' | 'login' | 'none';
  /** Whether `system:masters` may do everything, as the API server lets it before it asks RBAC. Default: true. */
  readonly superusers?: boolean;
}

export type Answer =
  | { readonly allowed: true; readonly chain: GrantChain }
  | { readonly allowed: false };

const denied: Answer = { allowed: false };
const noGroups: readonly string[] = [];

export const superuser: Subject = { kind: 'Group', name: SUPERUSERS, namespace: '' };

/** Groups a query's user is in without being named in it. */
export function impliedGroups(user: string, implied: AnswerOptions['implied'] = 'service-accounts'): readonly string[] {
  if (implied === 'none') return noGroups;
  if (implied === 'login') return groupsOfLogin(user);
  const account = accountOf(user);
  return account ? groupsOfAccount(account.namespace) : noGroups;
}

/**
 * Whether RBAC allows a request, and by which chain: cluster-wide bindings before those of the namespace, the user before
 * its groups. Decides as upstream's RBAC authorizer does; Node, ABAC and webhook authorizers may allow more.
 */
export function canI(index: AccessIndex, query: AccessQuery, options: AnswerOptions = {}): Answer {
  const groups = query.groups ?? noGroups;
  if (options.superusers !== false && groups.includes(SUPERUSERS)) return { allowed: true, chain: { by: 'superuser', subject: superuser } };
  const words = index.wordsOf(query);
  const implied = impliedGroups(query.user, options.implied);
  const namespace = query.path ? 0 : index.namespaceId(query.namespace ?? '');
  const user = index.userId(query.user);

  const ask = (subject: number, place: number): Answer | undefined =>
    subject < 0 ? undefined : index.findBinding(subject, place, words, (binding, match) => ({ allowed: true, chain: index.chain(index.subjects[subject]!, binding, match) }));
  // Most of what is asked is asked of one namespace, yet cluster-wide grants come first, as upstream reads them.
  for (const place of namespace > 0 ? [0, namespace] : [0]) {
    const own = ask(user, place);
    if (own) return own;
    for (const group of groups) {
      const answer = ask(index.groupId(group), place);
      if (answer) return answer;
    }
    for (const group of implied) {
      const answer = ask(index.groupId(group), place);
      if (answer) return answer;
    }
  }
  return denied;
}
