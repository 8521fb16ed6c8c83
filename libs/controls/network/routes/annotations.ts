import type { Labels } from '#inventory/facts.js';

/** Whether one of these annotations says anything but no. */
export const isSet = (annotations: Labels, ...names: readonly string[]): boolean => names.some((name) => Object.hasOwn(annotations, name) && !['', '0', 'false'].includes(annotations[name]!.trim()));

/** Whether a snippet among the annotations with a beginning writes a directive. */
export const writes = (annotations: Labels, prefix: string, directive: RegExp): boolean =>
  Object.entries(annotations).some(([name, value]) => name.startsWith(prefix) && /snippet|config-backend/.test(name) && directive.test(value));
