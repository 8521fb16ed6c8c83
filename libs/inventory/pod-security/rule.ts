import type { Container, PodTemplate } from '../facts.js';

/**
 * One check's rule as it holds from some version on: the fields that break it, none where it is kept. Fields are
 * written as in the object that holds the template's `metadata` and `spec`: `spec.hostNetwork`,
 * `spec.initContainers[0].securityContext.privileged`, `metadata.annotations[key]`. A field that should be there is named too.
 */
export type Rule = (template: PodTemplate) => readonly string[];

export const kept: readonly string[] = Object.freeze([]);

const lists = { container: 'containers', init: 'initContainers', ephemeral: 'ephemeralContainers' } as const satisfies Record<Container['type'], string>;

/** A rule on each container, of whatever type; `fieldsOf` names fields as the container sees them. */
export const eachContainer = (fieldsOf: (container: Container) => readonly string[]): Rule => ({ containers }) => brokenIn(containers, fieldsOf);

/** Containers of a type lie together, in the order of their list. */
export function brokenIn(containers: readonly Container[], fieldsOf: (container: Container) => readonly string[]): readonly string[] {
  let broken: string[] | undefined;
  let type: Container['type'] | undefined;
  let index = 0;
  for (const container of containers) {
    index = container.type === type ? index + 1 : 0;
    type = container.type;
    const fields = fieldsOf(container);
    if (fields.length === 0) continue;
    broken ??= [];
    for (const field of fields) broken.push(`spec.${lists[type]}[${index}].${field}`);
  }
  return broken ?? kept;
}

/** One list of two, without a copy where one of them is empty, as nearly all are. */
export const both = (first: readonly string[], second: readonly string[]): readonly string[] => (second.length === 0 ? first : first.length === 0 ? second : [...first, ...second]);

/** From 1.25 on, what only Linux has is not asked of pods that say they are for Windows. */
export const unlessWindows = (rule: Rule): Rule => (template) => (template.os === 'windows' ? kept : rule(template));

/** From 1.35 on, a pod with users of its own is not root on its node, whatever it is inside. */
export const unlessOwnUsers = (rule: Rule): Rule => (template) => (template.hostUsers === false ? kept : rule(template));
