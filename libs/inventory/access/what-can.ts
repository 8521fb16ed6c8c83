import type { AccessIndex } from './access-index.js';
import { SUPERUSERS, type GrantChain, type Identity } from './access-facts.js';
import { impliedGroups, superuser, type AnswerOptions } from './can-i.js';
import type { PolicyRule } from '../facts.js';

/** One rule that holds for a subject. */
export interface EffectiveRule {
  /** '' where it holds in the whole cluster. */
  readonly namespace: string;
  readonly rule: PolicyRule;
  readonly chain: GrantChain;
}

const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
  { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
];

/**
 * Every rule that holds for a subject and its groups, once a chain: those of the whole cluster first. With a `namespace`,
 * only what holds there; '' asks for cluster-wide rules alone. Lazy: a subject bound to everything has very many.
 */
export function* whatCan(index: AccessIndex, identity: Identity, namespace?: string, options: AnswerOptions = {}): Generator<EffectiveRule, void, undefined> {
  const groups = identity.groups ?? [];
  if (options.superusers !== false && groups.includes(SUPERUSERS)) {
    for (const rule of everything) yield { namespace: '', rule, chain: { by: 'superuser', subject: superuser } };
  }
  const ids = new Set([index.userId(identity.user), ...[...groups, ...impliedGroups(identity.user, options.implied)].map((group) => index.groupId(group))]);
  const place = namespace === undefined ? undefined : index.namespaceId(namespace);
  for (const isWide of namespace === '' ? [true] : [true, false]) {
    for (const subject of ids) {
      if (subject < 0) continue;
      for (let at = index.bindingsOf.from[subject]!; at < index.bindingsOf.from[subject + 1]!; at++) {
        const binding = index.bindingsOf.items[at]!;
        const there = index.bindingNamespace[binding]!;
        const role = index.bindingRole[binding]!;
        if (role < 0 || (there === 0) !== isWide || (there > 0 && place !== undefined && there !== place)) continue;
        for (const part of index.partsOf(role)) {
          for (const [rule, text] of index.roles[part]!.rules.entries()) {
            yield { namespace: index.namespaces[there]!, rule: text, chain: index.chain(index.subjects[subject]!, binding, { part, rule }) };
          }
        }
      }
    }
  }
}
