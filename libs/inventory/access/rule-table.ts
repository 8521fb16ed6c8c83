import type { PolicyRule } from '../facts.js';
import type { AccessRequest } from './access-facts.js';
import { lowerBound } from './compact-lists.js';
import { WordTable } from './word-table.js';

/** A request in the words of a rule table; -1 is a word that no rule has, so only `*` allows it. */
export interface RequestWords {
  readonly verb: number;
  readonly group: number;
  /** `resource` or `resource/subresource`. */
  readonly whole: number;
  /** `*` + `/subresource`. */
  readonly anyParent: number;
  readonly name: number;
  /** Set where no resource is asked for. */
  readonly path?: string;
}

const STAR = 0;
const STAR_VERB = 1;
const STAR_GROUP = 2;

/** Lists up to this length are read from end to end: that is faster than halving them. */
const SHORT = 12;

const noTrailingStars = (url: string): string => {
  let end = url.length;
  while (end > 0 && url[end - 1] === '*') end--;
  return url.slice(0, end);
};

/**
 * The rules of many roles, each word a number. A request is answered from the role's resource entries, sorted by word,
 * so a role of 10,000 rules costs little more than one of ten.
 */
export class RuleTable {
  private readonly words = new WordTable();
  private readonly flags: Uint8Array;
  private readonly ruleFrom: Int32Array;
  private readonly verbFrom: Int32Array;
  private readonly verbs: Int32Array;
  private readonly groupFrom: Int32Array;
  private readonly groups: Int32Array;
  private readonly nameFrom: Int32Array;
  private readonly names: Int32Array;
  private readonly entryFrom: Int32Array;
  private readonly entryWord: Int32Array;
  private readonly entryRule: Int32Array;
  private readonly urlFrom: Int32Array;
  private readonly urls: readonly string[];
  private readonly urlRule: Int32Array;

  constructor(rulesOf: readonly (readonly PolicyRule[])[]) {
    this.words.intern('*');
    const flags: number[] = [];
    const ruleFrom = [0];
    const verbFrom = [0];
    const verbs: number[] = [];
    const groupFrom = [0];
    const groups: number[] = [];
    const nameFrom = [0];
    const names: number[] = [];
    const entryFrom = [0];
    const entryWord: number[] = [];
    const entryRule: number[] = [];
    const urlFrom = [0];
    const urls: string[] = [];
    const urlRule: number[] = [];
    const add = (list: readonly string[], into: number[], from: number[]): void => {
      const ids = list.map((text) => this.words.intern(text)).sort((a, b) => a - b);
      for (const id of ids) into.push(id);
      from.push(into.length);
    };
    for (const rules of rulesOf) {
      const entries: (readonly [number, number])[] = [];
      for (const rule of rules) {
        const id = flags.length;
        flags.push((rule.verbs.includes('*') ? STAR_VERB : 0) | (rule.apiGroups.includes('*') ? STAR_GROUP : 0));
        add(rule.verbs, verbs, verbFrom);
        add(rule.apiGroups, groups, groupFrom);
        add(rule.resourceNames, names, nameFrom);
        for (const resource of rule.resources) entries.push([this.words.intern(resource), id]);
        for (const url of rule.nonResourceURLs) {
          urls.push(url);
          urlRule.push(id);
        }
      }
      entries.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      for (const [word, rule] of entries) {
        entryWord.push(word);
        entryRule.push(rule);
      }
      ruleFrom.push(flags.length);
      entryFrom.push(entryWord.length);
      urlFrom.push(urls.length);
    }
    this.flags = Uint8Array.from(flags);
    this.ruleFrom = Int32Array.from(ruleFrom);
    this.verbFrom = Int32Array.from(verbFrom);
    this.verbs = Int32Array.from(verbs);
    this.groupFrom = Int32Array.from(groupFrom);
    this.groups = Int32Array.from(groups);
    this.nameFrom = Int32Array.from(nameFrom);
    this.names = Int32Array.from(names);
    this.entryFrom = Int32Array.from(entryFrom);
    this.entryWord = Int32Array.from(entryWord);
    this.entryRule = Int32Array.from(entryRule);
    this.urlFrom = Int32Array.from(urlFrom);
    this.urls = urls;
    this.urlRule = Int32Array.from(urlRule);
  }

  wordsOf(request: AccessRequest): RequestWords {
    const verb = this.words.find(request.verb);
    if (request.path) return { verb, group: -1, whole: -1, anyParent: -1, name: -1, path: request.path };
    const resource = request.resource ?? '';
    const { subresource } = request;
    return {
      verb,
      group: this.words.find(request.group ?? ''),
      whole: this.words.find(subresource ? `${resource}/${subresource}` : resource),
      anyParent: subresource ? this.words.find(`*/${subresource}`) : -1,
      name: this.words.find(request.name ?? ''),
    };
  }

  /** Position in the role of its first rule that allows the request, -1 where none does. */
  firstMatch(role: number, request: RequestWords): number {
    const first = this.ruleFrom[role]!;
    if (request.path !== undefined) return this.firstPathMatch(role, request.path, request.verb) - first;
    let best = this.scan(role, STAR, request, -1);
    if (request.whole > STAR) best = this.scan(role, request.whole, request, best);
    if (request.anyParent > STAR) best = this.scan(role, request.anyParent, request, best);
    return best < 0 ? -1 : best - first;
  }

  /** Calls back with each rule that allows the request for at least some names, until told to stop; maybe twice with one. */
  eachReaching(role: number, request: RequestWords, visit: (rule: number) => boolean): void {
    const first = this.ruleFrom[role]!;
    for (const word of [STAR, Math.max(request.whole, STAR), Math.max(request.anyParent, STAR)].filter((id, at) => at === 0 || id !== STAR)) {
      const to = this.entryFrom[role + 1]!;
      for (let i = lowerBound(this.entryWord, word, this.entryFrom[role]!, to); i < to && this.entryWord[i] === word; i++) {
        const rule = this.entryRule[i]!;
        if (this.holdsVerb(rule, request.verb) && this.holdsGroup(rule, request.group) && !visit(rule - first)) return;
      }
    }
  }

  private scan(role: number, word: number, request: RequestWords, best: number): number {
    const to = this.entryFrom[role + 1]!;
    const from = this.entryFrom[role]!;
    let i = from;
    if (to - from > SHORT) i = lowerBound(this.entryWord, word, from, to);
    else while (i < to && this.entryWord[i]! < word) i++;
    for (; i < to && this.entryWord[i] === word; i++) {
      const rule = this.entryRule[i]!;
      if (best >= 0 && rule >= best) return best;
      if (this.holdsVerb(rule, request.verb) && this.holdsGroup(rule, request.group) && this.holdsName(rule, request.name)) return rule;
    }
    return best;
  }

  /** Number of the rule in the table, or one below the role's first where none matches. */
  private firstPathMatch(role: number, path: string, verb: number): number {
    for (let i = this.urlFrom[role]!; i < this.urlFrom[role + 1]!; i++) {
      if (coversPath(this.urls[i]!, path) && this.holdsVerb(this.urlRule[i]!, verb)) return this.urlRule[i]!;
    }
    return this.ruleFrom[role]! - 1;
  }

  private holdsVerb(rule: number, verb: number): boolean {
    return (this.flags[rule]! & STAR_VERB) !== 0 || (verb >= 0 && holds(this.verbs, this.verbFrom[rule]!, this.verbFrom[rule + 1]!, verb));
  }

  private holdsGroup(rule: number, group: number): boolean {
    return (this.flags[rule]! & STAR_GROUP) !== 0 || (group >= 0 && holds(this.groups, this.groupFrom[rule]!, this.groupFrom[rule + 1]!, group));
  }

  private holdsName(rule: number, name: number): boolean {
    const from = this.nameFrom[rule]!;
    const to = this.nameFrom[rule + 1]!;
    return from === to || (name >= 0 && holds(this.names, from, to, name));
  }
}

function holds(sorted: Int32Array, from: number, to: number, value: number): boolean {
  if (to - from > SHORT) {
    const at = lowerBound(sorted, value, from, to);
    return at < to && sorted[at] === value;
  }
  for (let i = from; i < to; i++) if (sorted[i] === value) return true;
  return false;
}

/** Whether a rule's URL allows a path: equal, or a prefix where it ends with `*`. A `*` elsewhere is only a character. */
export const coversPath = (url: string, path: string): boolean =>
  url === path || (url.endsWith('*') && path.startsWith(noTrailingStars(url)));
