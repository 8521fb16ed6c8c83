import type { Subject } from '../facts.js';
import type { Stage } from './escalation-world.js';
import { accountOf, ALL_ACCOUNTS, ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED } from './implied-groups.js';

const SYSTEM = 'kube-system';

/**
 * Whether it is a part of Kubernetes itself, such as the scheduler, nodes or controllers, many of which are as good as
 * cluster-admin by design. What is everybody, although named `system:`, is not.
 */
export function isOfSystem(stage: Stage): boolean {
  return stage.at === 'subject' ? isSystemSubject(stage.subject) : stage.at === 'workload' && stage.namespace === SYSTEM;
}

function isSystemSubject({ kind, namespace, name }: Subject): boolean {
  if (kind === 'ServiceAccount') return namespace === SYSTEM;
  const account = accountOf(name);
  if (account) return account.namespace === SYSTEM;
  if (!name.startsWith('system:')) return false;
  const isEverybody = name === ANONYMOUS || name === AUTHENTICATED || name === UNAUTHENTICATED || name === ALL_ACCOUNTS;
  return !isEverybody && (!name.startsWith(`${ALL_ACCOUNTS}:`) || name === `${ALL_ACCOUNTS}:${SYSTEM}`);
}
