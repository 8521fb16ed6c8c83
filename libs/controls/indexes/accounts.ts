import type { Subject } from '#inventory/facts.js';
import { defineIndex } from '../engine/world.js';

const userPrefix = 'system:serviceaccount:';
const namespaceGroupPrefix = 'system:serviceaccounts:';

/** Whom of the service accounts a subject of a binding means. */
export type AccountSubject =
  | { readonly of: 'account'; readonly namespace: string; readonly name: string }
  | { readonly of: 'namespace'; readonly namespace: string }
  | { readonly of: 'all' };

/** The service accounts that a subject stands for, as the API server resolves names; undefined for people and for what does not exist. */
export function accountsOf({ kind, namespace, name }: Subject): AccountSubject | undefined {
  if (kind === 'ServiceAccount') return { of: 'account', namespace, name };
  if (kind === 'User' && name.startsWith(userPrefix)) {
    const [first = '', ...rest] = name.slice(userPrefix.length).split(':');
    return rest.length === 1 ? { of: 'account', namespace: first, name: rest[0]! } : undefined;
  }
  if (kind !== 'Group') return undefined;
  if (name === 'system:serviceaccounts' || name === 'system:authenticated') return { of: 'all' };
  return name.startsWith(namespaceGroupPrefix) ? { of: 'namespace', namespace: name.slice(namespaceGroupPrefix.length) } : undefined;
}

/** Service accounts by namespace and name, with those that a group of them brings. */
export class AccountSet {
  private readonly accounts = new Set<string>();
  private readonly namespaces = new Set<string>();
  private hasAll = false;

  add(subject: AccountSubject): void {
    switch (subject.of) {
      case 'account': this.accounts.add(`${subject.namespace}/${subject.name}`); return;
      case 'namespace': this.namespaces.add(subject.namespace); return;
      case 'all': this.hasAll = true;
    }
  }

  has(namespace: string, name: string): boolean {
    return this.hasAll || this.namespaces.has(namespace) || this.accounts.has(`${namespace}/${name}`);
  }
}

/** Service accounts as which workloads run, and their namespaces, as far as workloads were read. */
export const accountsInUse = defineIndex([], (world) => {
  const accounts = new Set<string>();
  const namespaces = new Set<string>();
  for (const { namespace, serviceAccount } of world.seenWorkloads()) {
    accounts.add(`${namespace}/${serviceAccount}`);
    namespaces.add(namespace);
  }
  return { accounts, namespaces };
});
