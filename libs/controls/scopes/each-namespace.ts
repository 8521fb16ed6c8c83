import type { NamespaceFacts } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';

export interface NamespaceSubject {
  readonly name: string;
  /** Absent where only its contents were seen. */
  readonly facts?: NamespaceFacts;
}

/** Every namespace: those that were read, and those that workloads were seen in. */
export const eachNamespace: ListScope<NamespaceSubject> = {
  name: 'namespace',
  family: 'list',
  needs: ['namespaces'],
  *subjects(world) {
    const seen = new Set<string>();
    for (const facts of world.seen('namespaces')) {
      seen.add(facts.name);
      yield subject(facts.name, facts);
    }
    for (const { namespace } of world.seenWorkloads()) {
      if (seen.has(namespace)) continue;
      seen.add(namespace);
      yield subject(namespace, undefined);
    }
  },
};

const subject = (name: string, facts: NamespaceFacts | undefined) =>
  ({ subject: { name, ...(facts && { facts }) }, resource: { group: '', kind: 'Namespace', namespace: '', name }, part: '' });
