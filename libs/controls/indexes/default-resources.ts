import type { Labels } from '#inventory/facts.js';
import { defineIndex } from '../engine/world.js';

export interface DefaultResources {
  readonly limits: Labels;
  readonly requests: Labels;
}

/** What the limit ranges of each namespace give to containers that ask for nothing. */
export const defaultResources = defineIndex(['limitranges'], (world): ReadonlyMap<string, DefaultResources> => {
  const byNamespace = new Map<string, DefaultResources>();
  for (const { namespace, defaultLimits, defaultRequests } of world.list('limitranges')) {
    const known = byNamespace.get(namespace);
    byNamespace.set(namespace, { limits: { ...known?.limits, ...defaultLimits }, requests: { ...known?.requests, ...defaultRequests } });
  }
  return byNamespace;
});
