import type { PolicyRule } from '../facts.js';

/** Some of an owner's rules, a bit each. */
export type RuleSet = Uint32Array;

/** Sets kept for words that come again; more are forgotten, so memory stays bounded. */
const CACHED = 2048;

type Postings = Map<string, number[]>;

function add(postings: Postings, word: string, rule: number): void {
  const known = postings.get(word);
  if (known) known.push(rule);
  else postings.set(word, [rule]);
}

/** Whether two sets have a rule in common. */
export function meet(a: RuleSet, b: RuleSet): boolean {
  for (let i = 0; i < a.length; i++) if ((a[i]! & b[i]!) !== 0) return true;
  return false;
}

/**
 * Rules by the words they hold. A single right is covered where one rule is in the sets of its verb, its group, its
 * resource and its name.
 */
export class OwnerRules {
  /** Machine words of a set. */
  readonly width: number;
  private readonly verbs: Postings = new Map();
  private readonly groups: Postings = new Map();
  private readonly resources: Postings = new Map();
  private readonly names: Postings = new Map();
  private readonly urls: Postings = new Map();
  private readonly urlPrefixes = new Map<number, Postings>();
  private readonly unnamed: number[] = [];
  private readonly cache = new Map<string, RuleSet>();

  constructor(rules: readonly PolicyRule[]) {
    this.width = Math.max(1, (rules.length + 31) >>> 5);
    rules.forEach((rule, id) => {
      for (const verb of rule.verbs) add(this.verbs, verb, id);
      for (const group of rule.apiGroups) add(this.groups, group, id);
      for (const resource of rule.resources) add(this.resources, resource, id);
      for (const name of rule.resourceNames) add(this.names, name, id);
      if (rule.resourceNames.length === 0) this.unnamed.push(id);
      for (const url of rule.nonResourceURLs) {
        add(this.urls, url, id);
        if (!url.endsWith('*')) continue;
        const prefix = url.replace(/\*+$/, '');
        const sameLength: Postings = this.urlPrefixes.get(prefix.length) ?? new Map();
        this.urlPrefixes.set(prefix.length, sameLength);
        add(sameLength, prefix, id);
      }
    });
  }

  withVerb(verb: string): RuleSet {
    return this.cached(`v${verb}`, () => [this.verbs.get('*'), this.verbs.get(verb)]);
  }

  withGroup(group: string): RuleSet {
    return this.cached(`g${group}`, () => [this.groups.get('*'), this.groups.get(group)]);
  }

  withResource(resource: string): RuleSet {
    const slash = resource.indexOf('/');
    return this.cached(`r${resource}`, () => [this.resources.get('*'), this.resources.get(resource), slash < 0 ? undefined : this.resources.get(`*${resource.slice(slash)}`)]);
  }

  /** Rules for every name; with a name, also those for it. */
  withName(name: string | undefined): RuleSet {
    return name === undefined ? this.cached('all', () => [this.unnamed]) : this.cached(`n${name}`, () => [this.unnamed, this.names.get(name)]);
  }

  withUrl(url: string): RuleSet {
    return this.cached(`u${url}`, () => {
      const found = [this.urls.get(url)];
      for (const [length, prefixes] of this.urlPrefixes) if (length <= url.length) found.push(prefixes.get(url.slice(0, length)));
      return found;
    });
  }

  both(a: RuleSet, b: RuleSet): RuleSet {
    const shared = new Uint32Array(this.width);
    for (let i = 0; i < this.width; i++) shared[i] = a[i]! & b[i]!;
    return shared;
  }

  private cached(key: string, postings: () => readonly (readonly number[] | undefined)[]): RuleSet {
    const known = this.cache.get(key);
    if (known) return known;
    const set = new Uint32Array(this.width);
    for (const rules of postings()) for (const rule of rules ?? []) set[rule >>> 5]! |= 1 << (rule & 31);
    if (this.cache.size >= CACHED) this.cache.clear();
    this.cache.set(key, set);
    return set;
  }
}
