import { MOST_GROWN, MOST_RULES, type AccessAnswers, type AccessQuestions, type RulesOf } from '#application/rbac/access-questions.js';
import { accessDifference } from '#inventory/access/access-difference.js';
import type { AccessIndex } from '#inventory/access/access-index.js';
import { canI } from '#inventory/access/can-i.js';
import { covers } from '#inventory/access/covers.js';
import { rightSize } from '#inventory/access/right-size.js';
import { unused } from '#inventory/access/unused.js';
import { whatCan } from '#inventory/access/what-can.js';
import { whoCan } from '#inventory/access/who-can.js';
import type { PolicyRule } from '#inventory/facts.js';
import type { Engine } from './engine.js';
import { accessIndexOf, basisOf } from './access-index-of.js';

/** Lists of RBAC alone decide; accounts tell which subjects are nobody. */
const sorts = [
  'head', 'serviceaccounts', 'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

export const accessEngine: Engine<'access', AccessIndex> = {
  sorts: new Set(sorts),
  build: accessIndexOf,
  answers: {
    'can-i': (index, queries): AccessAnswers['can-i'] => {
      const basis = basisOf(index);
      const isWhole = basis.incomplete.length === 0 && basis.unresolved.length === 0;
      return {
        ...basis,
        answers: queries.map((query) => {
          const answer = canI(index, query);
          return answer.allowed ? { allowed: true, chain: answer.chain } : { allowed: isWhole ? false : null, chain: null };
        }),
      };
    },
    'who-can': (index, request) => ({ ...basisOf(index), holders: whoCan(index, request) }),
    'what-can': (index, { subject, namespace }) => {
      const rules = [...take(whatCan(index, subject, namespace), MOST_RULES + 1)];
      return { ...basisOf(index), rules: rules.slice(0, MOST_RULES), hasMore: rules.length > MOST_RULES };
    },
    covers: (index, { owner, servant }) => ({ ...basisOf(index), coverage: covers(rulesOf(index, owner), rulesOf(index, servant)) }),
    difference(index, _question, before) {
      if (!before) throw new Error('a comparison is of two scans');
      const [now, then] = [basisOf(index), basisOf(before)];
      return {
        incomplete: [...new Set([...now.incomplete, ...then.incomplete])], unresolved: [...now.unresolved, ...then.unresolved],
        difference: accessDifference(before, index, MOST_GROWN),
      };
    },
    'right-size': (index, { subject, used, byName }) => ({ ...basisOf(index), rightSized: rightSize(index, subject, used, { byName }) }),
    unused: (index) => ({ ...basisOf(index), unused: unused(index) }),
  } satisfies { readonly [Q in keyof AccessQuestions]: (index: AccessIndex, question: AccessQuestions[Q], before?: AccessIndex) => AccessAnswers[Q] },
};

const rulesOf = (index: AccessIndex, side: RulesOf): readonly PolicyRule[] =>
  'rules' in side ? side.rules : Array.from(whatCan(index, side.subject, side.namespace), ({ rule }) => rule);

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
