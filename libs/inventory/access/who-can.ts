import type { Subject } from '../facts.js';
import type { AccessIndex, Match } from './access-index.js';
import type { AccessRequest, GrantChain } from './access-facts.js';
import { superuser, type AnswerOptions } from './can-i.js';

export interface Holder {
  readonly subject: Subject;
  /** The first chain that grants: cluster-wide before one namespace, then by the binding's name. */
  readonly chain: GrantChain;
}

/** Subjects that bindings allow a request, each once; `system:masters` first unless left out. A group stands for its members. */
export function whoCan(index: AccessIndex, request: AccessRequest, options: Pick<AnswerOptions, 'superusers'> = {}): readonly Holder[] {
  const words = index.wordsOf(request);
  const holders: Holder[] = [];
  const seen = new Uint8Array(index.subjects.length);
  if (options.superusers !== false) {
    holders.push({ subject: superuser, chain: { by: 'superuser', subject: superuser } });
    const id = index.groupId(superuser.name);
    if (id >= 0) seen[id] = 1;
  }
  const matches = new Map<number, Match | undefined>();
  const matchOf = (role: number): Match | undefined => {
    if (!matches.has(role)) matches.set(role, index.matchRole(role, words));
    return matches.get(role);
  };
  const namespace = request.path ? 0 : index.namespaceId(request.namespace ?? '');
  for (const place of namespace > 0 ? [0, namespace] : [0]) {
    const [from, to] = index.bindingsIn(place);
    for (let binding = from; binding < to; binding++) {
      const role = index.bindingRole[binding]!;
      const match = role < 0 ? undefined : matchOf(role);
      if (!match) continue;
      for (let at = index.subjectsOf.from[binding]!; at < index.subjectsOf.from[binding + 1]!; at++) {
        const id = index.subjectsOf.items[at]!;
        if (seen[id] === 1) continue;
        seen[id] = 1;
        const subject = index.subjects[id]!;
        holders.push({ subject, chain: index.chain(subject, binding, match) });
      }
    }
  }
  return holders;
}
