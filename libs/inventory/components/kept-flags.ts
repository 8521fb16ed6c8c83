import type { ComponentFacts } from '../facts.js';
import { flagDefinitions } from './flag-definitions.js';

/** Flags that controls read beside those of benchmark items. */
const more: ReadonlySet<string> = new Set(['advertise-address', 'authentication-token-webhook-config-file', 'basic-auth-file', 'endpoint-reconciler-type', 'insecure-bind-address', 'insecure-port', 'openshift-config']);

export const isKeptFlag = (component: ComponentFacts['component'], name: string): boolean => Object.hasOwn(flagDefinitions[component], name) || more.has(name);

/** Of flags that others tell of, those that somebody reads. */
export const keptFlags = (component: ComponentFacts['component'], flags: ComponentFacts['flags']): ComponentFacts['flags'] =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => isKeptFlag(component, name)));
