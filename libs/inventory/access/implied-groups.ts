import type { Subject } from '../facts.js';
const PREFIX = 'system:serviceaccount:';
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export const ANONYMOUS = 'system:anonymous';
export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
export const ALL_ACCOUNTS = 'system:serviceaccounts';

/** User name by which a service account is known to the API server. */
export const accountUser = (namespace: string, name: string): string => `${PREFIX}${namespace}:${name}`;

export const accountsOfNamespace = (namespace: string): string => `${ALL_ACCOUNTS}:${namespace}`;

/** The service account that a user name means; undefined where it means none. */
export function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(PREFIX)) return undefined;
  const split = user.indexOf(':', PREFIX.length);
  if (split < 0) return undefined;
  const namespace = user.slice(PREFIX.length, split);
  const name = user.slice(split + 1);
  return name.length <= 253 && label.test(namespace) && subdomain.test(name) ? { namespace, name } : undefined;
}

/** Groups that every service account of a namespace is in. */
export const groupsOfAccount = (namespace: string): readonly string[] => [ALL_ACCOUNTS, accountsOfNamespace(namespace), AUTHENTICATED];

/**
 * Groups that a login brings by itself: those of a service account; `system:authenticated` for everybody else but the
 * anonymous, who are in `system:unauthenticated`. Upstream's authorizer adds none of them: its authenticators do.
 */
export function groupsOfLogin(user: string): readonly string[] {
  const account = accountOf(user);
  if (account) return groupsOfAccount(account.namespace);
  return [user === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED];
}

/** Groups that every login of the subject is in; a group stands for one of its members. */
export function groupsOfSubject({ kind, namespace, name }: Subject): readonly string[] {
  if (kind === 'ServiceAccount') return groupsOfAccount(namespace);
  if (kind === 'Group') return name === AUTHENTICATED || name === UNAUTHENTICATED ? [] : [AUTHENTICATED];
  return groupsOfLogin(name);
}
