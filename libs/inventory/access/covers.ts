import type { PolicyRule } from '../facts.js';
import { OwnerRules, meet } from './owner-rules.js';

/** Single rights listed as not covered; the rest is counted. */
const MAX_LISTED = 10_000;
/** Machine words compared before a comparison is given up, about half a second: only rules made to be hostile need as many. */
const MAX_WORK = 300_000_000;
/** Machine words of rule sets held at a time: 64 MB. */
const MAX_HELD = 16_000_000;

/** Whether an owner's rules hold all rights of a servant's, as the server asks before it lets somebody write or bind a role. */
export type Coverage =
  | { readonly state: 'covered' }
  | {
    readonly state: 'uncovered';
    /** Single rights (one verb, one group, one resource, at most one name; or one verb, one URL) in the servant's order, at most 10,000. */
    readonly uncovered: readonly PolicyRule[];
    /** How many there are in all. */
    readonly count: number;
  }
  | { readonly state: 'unknown'; readonly reason: 'too-large' };

const tooLarge: Coverage = { state: 'unknown', reason: 'too-large' };

/** Decides as the server's escalation check does, right by right. */
export function covers(owner: readonly PolicyRule[], servant: readonly PolicyRule[]): Coverage {
  const held = new OwnerRules(owner);
  const { width } = held;
  const uncovered: PolicyRule[] = [];
  let count = 0;
  let work = 0;
  const miss = (rule: () => PolicyRule): void => {
    count++;
    if (uncovered.length < MAX_LISTED) uncovered.push(rule());
  };
  for (const rule of servant) {
    const names = rule.resourceNames.length > 0 ? rule.resourceNames : [undefined];
    const verbCount = Math.max(1, rule.verbs.length);
    const rights = rule.apiGroups.length * rule.resources.length * verbCount * names.length + rule.nonResourceURLs.length * verbCount;
    work += rights * width;
    if (work > MAX_WORK || (names.length + rule.verbs.length) * width > MAX_HELD) return tooLarge;
    const verbs = rule.verbs.map((verb) => held.withVerb(verb));
    const named = names.map((name) => held.withName(name));
    for (const group of rule.apiGroups) {
      for (const resource of rule.resources) {
        const place = held.both(held.withGroup(group), held.withResource(resource));
        for (const [v, verb] of rule.verbs.entries()) {
          const act = held.both(place, verbs[v]!);
          for (const [n, name] of names.entries()) {
            if (meet(act, named[n]!)) continue;
            miss(() => ({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: name === undefined ? [] : [name], nonResourceURLs: [] }));
          }
        }
      }
    }
    for (const url of rule.nonResourceURLs) {
      // A rule for some names holds no right without a name, and a URL has none.
      const place = held.both(held.withUrl(url), held.withName(undefined));
      for (const [v, verb] of rule.verbs.entries()) {
        if (!meet(place, verbs[v]!)) miss(() => ({ verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url] }));
      }
    }
  }
  return count === 0 ? { state: 'covered' } : { state: 'uncovered', uncovered, count };
}
