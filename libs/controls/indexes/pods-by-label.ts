import type { Labels } from '#inventory/facts.js';
import { keyOf } from '#inventory/key-of.js';
import { controllerLabels } from '#inventory/readers/controller-labels.js';
import { defineIndex, type World } from '../engine/world.js';

/** Labels of pod templates by each of their labels, whether or not pods of them run just now. As far as workloads were read. */
const templatesByLabel = defineIndex([], (world): ReadonlyMap<string, Labels | readonly Labels[]> => {
  const index = new Map<string, Labels | Labels[]>();
  for (const { namespace, templates } of world.seenWorkloads()) {
    for (const id of templates) {
      const { labels } = world.network(id);
      for (const [key, value] of Object.entries(labels)) {
        const place = keyOf(namespace, key, value);
        const known = index.get(place);
        // Most are of one template, which needs no list.
        if (!known) index.set(place, labels);
        else if (!isList(known)) index.set(place, known === labels ? known : [known, labels]);
        else if (known.at(-1) !== labels) known.push(labels);
      }
    }
  }
  return index;
});

const isList = (known: Labels | readonly Labels[]): known is Labels[] => Array.isArray(known);

const podName = 'statefulset.kubernetes.io/pod-name';

const workloadNames = defineIndex([], (world) => new Set(world.seenWorkloads().map(({ namespace, name }) => `${namespace}/${name}`)));

/** Whether there is a set whose pods are numbered, and this would be one of them. */
const isNumbered = (world: World, namespace: string, name: string): boolean => world.use(workloadNames).has(`${namespace}/${name.replace(/-\d+$/, '')}`);

/**
 * Whether some pod, or a workload that would make one, bears all of these labels. Undefined where that hangs on a label which
 * controllers give single pods: those are not kept.
 */
export function isSelected(world: World, namespace: string, selector: Labels): boolean | undefined {
  const all = Object.entries(selector);
  const told = all.filter(([key]) => !controllerLabels.has(key));
  const untold = all.filter(([key, value]) => controllerLabels.has(key) && !(key === podName && isNumbered(world, namespace, value)));
  const [first] = told;
  if (!first) return untold.length > 0 ? undefined : all.length > 0;
  const known = world.use(templatesByLabel).get(keyOf(namespace, ...first)) ?? [];
  const found = (isList(known) ? known : [known as Labels]).some((labels) => told.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value));
  return found && untold.length > 0 ? undefined : found;
}
