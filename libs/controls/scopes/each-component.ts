import type { ClusterFacts, ComponentFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { ListScope } from '../engine/scope.js';
import { lackOf, type World } from '../engine/world.js';

/**
 * Every running process of one control plane component, by the command line of its static pod. A provider that
 * runs the control plane hides it: then there is nothing to judge and nothing to blame.
 */
export const eachComponent = (component: ComponentFacts['component']): ListScope<ComponentFacts> => ({
  name: component,
  family: 'list',
  needs: ['pods'],
  *subjects(world) {
    for (const facts of world.components) {
      if (facts.component !== component) continue;
      yield { subject: facts, resource: { group: facts.group, kind: facts.kind, namespace: facts.namespace, name: facts.pod }, part: '' };
    }
  },
  ifNone: (world) => ({ missing: unreadPods(world) ?? hiddenFlags(world.cluster, component) }),
});

/** Why nobody can say whether there is such a pod; where a provider hides them, reading pods would not help. */
function unreadPods(world: World): MissingEvidence | undefined {
  const lack = world.cluster.isManaged ? undefined : lackOf(world, 'pods');
  return lack?.reason === 'not-in-upload' ? undefined : lack;
}

/** Why the command line of a component is not to be seen. */
export function hiddenFlags({ platform, isManaged }: ClusterFacts, component: ComponentFacts['component']): MissingEvidence {
  return {
    fact: 'component-flags',
    reason: isManaged ? 'not-requested' : 'not-in-upload',
    detail: isManaged
      ? `the control plane of ${platform} is run by its provider, which does not show the flags of ${component}`
      : `no static pod of ${component} is visible over the API; its flags need evidence from the node`,
  };
}

/** The value in force: the last one given. */
export const flagOf = (component: ComponentFacts, name: string): string | undefined => component.flags[name]?.at(-1);

/** Values of a comma-separated list flag, however often it was given. */
export const listFlagOf = (component: ComponentFacts, name: string): readonly string[] =>
  (component.flags[name] ?? []).flatMap((value) => value.split(',')).map((value) => value.trim()).filter((value) => value !== '');
