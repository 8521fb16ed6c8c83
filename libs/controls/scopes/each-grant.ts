import type { BindingFacts, RoleFacts } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';
import { boundRoles } from '../indexes/roles.js';
import { eachBinding } from './each-binding.js';
import { eachRole } from './each-role.js';

/** A way in which rights reach subjects: a binding, or a role that nobody is bound to yet. */
export type Grant =
  | { readonly binding: BindingFacts; readonly role?: undefined }
  | { readonly role: RoleFacts; readonly binding?: undefined };

/** Every binding, and every role that no binding gives to anybody: one mistake away from being granted. */
export const eachGrant: ListScope<Grant> = {
  name: 'binding or unbound role',
  family: 'list',
  needs: [...eachBinding.needs, ...eachRole.needs],
  *subjects(world) {
    for (const { subject, resource, part } of eachBinding.subjects(world)) yield { subject: { binding: subject }, resource, part };
    const bound = world.use(boundRoles);
    for (const { subject, resource, part } of eachRole.subjects(world)) if (!bound.has(subject)) yield { subject: { role: subject }, resource, part };
  },
};
