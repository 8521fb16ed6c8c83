import { MOST_RULES, type AccessAnswers, type AccessBasis, type AccessQuestions, type RulesOf } from '#application/rbac/access-questions.js';
import { AccessIndex } from '#inventory/access/access-index.js';
import { accessFactsOf } from '#inventory/access/access-of-inventory.js';
import { canI } from '#inventory/access/can-i.js';
import { covers } from '#inventory/access/covers.js';
import { unused } from '#inventory/access/unused.js';
import { whatCan } from '#inventory/access/what-can.js';
import { whoCan } from '#inventory/access/who-can.js';
import type { PolicyRule } from '#inventory/facts.js';
import type { Engine } from './engine.js';
import { Escalation, escalationAnswer } from './escalation-answer.js';

/** Lists of RBAC alone decide; accounts tell which subjects are nobody. The rest tells how far a right goes. */
const sorts = [
  'head', 'namespaces', 'workloads', 'templates', 'pods', 'nodes', 'secrets', 'serviceaccounts',
  'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

interface AccessEvidence {
  readonly index: AccessIndex;
  /** Made when first asked for, and kept. */
  readonly escalation: () => Escalation;
}

export const accessEngine: Engine<'access', AccessEvidence> = {
  sorts: new Set(sorts),
  build(inventory) {
    // What manifests aggregate no controller has written into their rules yet; a server has.
    const index = new AccessIndex(accessFactsOf(inventory), inventory.basis === 'objects-given' ? 'computed' : 'as-served');
    let made: Escalation | undefined;
    // Once it is made, the evidence is let go.
    let evidence: typeof inventory | undefined = inventory;
    return {
      index,
      escalation() {
        if (!made && evidence) made = new Escalation(index, evidence);
        evidence = undefined;
        return made!;
      },
    };
  },
  answers: {
    'can-i': ({ index }, queries): AccessAnswers['can-i'] => {
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
    'who-can': ({ index }, request) => ({ ...basisOf(index), holders: whoCan(index, request) }),
    'what-can': ({ index }, { subject, namespace }) => {
      const rules = [...take(whatCan(index, subject, namespace), MOST_RULES + 1)];
      return { ...basisOf(index), rules: rules.slice(0, MOST_RULES), hasMore: rules.length > MOST_RULES };
    },
    covers: ({ index }, { owner, servant }) => ({ ...basisOf(index), coverage: covers(rulesOf(index, owner), rulesOf(index, servant)) }),
    unused: ({ index }) => ({ ...basisOf(index), unused: unused(index) }),
    'escalation-paths': ({ index, escalation }, question) => {
      const made = escalation();
      const basis = basisOf(index);
      return { ...basis, incomplete: [...basis.incomplete, ...made.incomplete], escalation: escalationAnswer(made, question, basis.incomplete.length === 0) };
    },
  } satisfies { readonly [Q in keyof AccessQuestions]: (evidence: AccessEvidence, question: AccessQuestions[Q]) => AccessAnswers[Q] },
};

const basisOf = ({ facts, unresolved }: AccessIndex): AccessBasis => ({ incomplete: facts.incomplete ?? [], unresolved });

const rulesOf = (index: AccessIndex, side: RulesOf): readonly PolicyRule[] =>
  'rules' in side ? side.rules : Array.from(whatCan(index, side.subject, side.namespace), ({ rule }) => rule);

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
