import type { AccessIndex } from '#inventory/access/access-index.js';
import { accessIndexOf, basisOf } from './access-index-of.js';
import type { Engine } from './engine.js';
import { Escalation, escalationAnswer } from './escalation-answer.js';

/** RBAC, and what tells how far a right goes. */
const sorts = [
  'head', 'namespaces', 'workloads', 'templates', 'pods', 'nodes', 'secrets', 'serviceaccounts',
  'roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io',
] as const;

interface EscalationIndex {
  readonly index: AccessIndex;
  readonly escalation: Escalation;
}

export const escalationEngine: Engine<'escalation', EscalationIndex> = {
  sorts: new Set(sorts),
  build(inventory) {
    const index = accessIndexOf(inventory);
    return { index, escalation: new Escalation(index, inventory) };
  },
  answers: {
    paths({ index, escalation }, question) {
      const basis = basisOf(index);
      return { ...basis, incomplete: [...basis.incomplete, ...escalation.incomplete], escalation: escalationAnswer(escalation, question, basis.incomplete.length === 0) };
    },
  },
};
