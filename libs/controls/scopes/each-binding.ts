import type { BindingFacts, Subject } from '#inventory/facts.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { ListScope } from '../engine/scope.js';
import type { World } from '../engine/world.js';

const rbac = 'rbac.authorization.k8s.io';
const needs = ['rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io'] as const;

const refOf = (binding: BindingFacts): ResourceRef => ({ group: rbac, kind: binding.kind, namespace: binding.namespace, name: binding.name });

function* bindings(world: World): Iterable<BindingFacts> {
  for (const key of needs) yield* world.seen(key);
}

/** Every RoleBinding and ClusterRoleBinding. */
export const eachBinding: ListScope<BindingFacts> = {
  name: 'binding',
  family: 'list',
  needs,
  *subjects(world) {
    for (const binding of bindings(world)) yield { subject: binding, resource: refOf(binding), part: '' };
  },
};

export interface BoundSubject {
  readonly binding: BindingFacts;
  readonly subject: Subject;
}

/** Every subject of every binding: the result names the binding, its part the subject. */
export const eachSubject: ListScope<BoundSubject> = {
  name: 'bound subject',
  family: 'list',
  needs,
  *subjects(world) {
    for (const binding of bindings(world)) {
      for (const subject of binding.subjects) {
        const name = subject.namespace === '' ? subject.name : `${subject.namespace}/${subject.name}`;
        yield { subject: { binding, subject }, resource: refOf(binding), part: `${subject.kind}:${name}` };
      }
    }
  },
};
