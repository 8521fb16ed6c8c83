import type { ComponentFacts, ServiceFacts } from '#inventory/facts.js';
import { defineIndex, type World } from '../engine/world.js';

/** Services that were read and select pods of a control plane component. Of a list that was cut there may be more. */
export const componentServices = defineIndex([], (world): ReadonlyMap<ComponentFacts['component'], readonly ServiceFacts[]> => {
  const found = new Map<ComponentFacts['component'], Set<ServiceFacts>>();
  const services = world.seen('services').filter(({ selector }) => Object.keys(selector).length > 0);
  for (const { component, namespace, labels } of componentPods(world)) {
    const own = found.get(component) ?? new Set();
    found.set(component, own);
    for (const service of services) if (service.namespace === namespace && Object.entries(service.selector).every(([key, value]) => labels[key] === value)) own.add(service);
  }
  return new Map([...found].map(([component, own]) => [component, [...own]]));
});

function* componentPods(world: World): Generator<Pick<ComponentFacts, 'component' | 'namespace'> & { readonly labels: Readonly<Record<string, string>> }> {
  const byOwner = new Map(world.components.map((facts) => [keyOf(facts.group, facts.kind, facts.namespace, facts.pod), facts.component]));
  if (byOwner.size === 0) return;
  for (const { group, kind, namespace, name, templates } of world.seenWorkloads()) {
    const component = byOwner.get(keyOf(group, kind, namespace, name));
    if (component !== undefined) for (const id of templates) yield { component, namespace, labels: world.template(id).labels };
  }
}

const keyOf = (group: string, kind: string, namespace: string, name: string): string => `${group}/${kind}/${namespace}/${name}`;
