import type { PolicyRule, RoleFacts } from '../facts.js';
import { allowsEverything } from '../readers/policy-rule.js';
import type { AccessIndex, Match } from './access-index.js';
import type { AccessRequest } from './access-facts.js';
import { abilities, decisiveNames, halfIds, halves, type Ability, type AbilityId, type HalfId } from './escalation-reasons.js';
import type { RequestWords } from './rule-table.js';

/** That a role gives an ability: for everything, or for some names. */
export interface HeldAbility {
  readonly id: AbilityId;
  readonly match: Match;
  /** Absent: for all. */
  readonly names?: readonly string[];
}

/** What of escalation a role gives, wherever it is bound. */
export interface RoleAbilities {
  readonly held: readonly HeldAbility[];
  /** A bit for each of `halfIds`. */
  readonly halves: number;
  /** Where each of them, and `bind` for some roles only, was found. */
  readonly halfMatches: ReadonlyMap<HalfId, Match>;
  /** Cluster roles it may bind, where not all. */
  readonly bindable: readonly string[];
  /** Groups it may act as, where not all and not one that may do everything. */
  readonly groups: readonly string[];
}

const nothing: RoleAbilities = { held: [], halves: 0, halfMatches: new Map(), bindable: [], groups: [] };
const abilityIds = Object.keys(abilities) as readonly AbilityId[];

export const halfBits = Object.fromEntries(halfIds.map((id, at) => [id, 1 << at])) as Readonly<Record<(typeof halfIds)[number], number>>;

/** Names one rule may list before it is taken as one for none: more are no grant a person wrote. */
const MAX_NAMES = 10_000;

/** Reads each role once. */
export function roleAbilities(index: AccessIndex): readonly RoleAbilities[] {
  const wordsOf = (requests: readonly AccessRequest[]): readonly RequestWords[] => requests.map((request) => index.wordsOf(request));
  const abilityWords = abilityIds.map((id) => wordsOf(abilities[id].anyOf));
  const halfWords = halfIds.map((id) => wordsOf(halves[id].anyOf));
  const strong = new Set(index.roles.flatMap((role, id) => (role.kind === 'ClusterRole' && everythingIn(index, id) ? [role.name] : [])));
  return index.roles.map((role, id) => {
    if (index.boundBy.from[id] === index.boundBy.from[id + 1] && role.kind === 'Role') return nothing;
    const held: HeldAbility[] = [];
    const whole = everythingIn(index, id);
    if (whole) held.push({ id: 'everything', match: whole });
    abilityIds.forEach((ability, at) => {
      const found = search(index, id, abilityWords[at]!, abilities[ability].anyOf);
      const { names }: Ability = abilities[ability];
      if (!found) return;
      if (!found.names) held.push({ id: ability, match: found.match });
      else if (names === 'enough') held.push({ id: ability, match: found.match });
      else if (names === 'reached') held.push({ id: ability, match: found.match, names: found.names });
    });
    let mask = 0;
    let bindable: readonly string[] = [];
    let groups: readonly string[] = [];
    const halfMatches = new Map<HalfId, Match>();
    halfIds.forEach((half, at) => {
      const found = search(index, id, halfWords[at]!, halves[half].anyOf);
      if (!found) return;
      if (half === 'bind' && found.names && !found.names.some((name) => strong.has(name))) bindable = found.names;
      else if (!found.names || namesSuffice(half, found.names, role)) mask |= halfBits[half];
      else if (half === 'impersonate-groups') groups = found.names;
      else return;
      halfMatches.set(half, found.match);
    });
    return held.length === 0 && mask === 0 && bindable.length === 0 && groups.length === 0 ? nothing : { held, halves: mask, halfMatches, bindable, groups };
  });
}

/** Whether a half for some names is as good as one for all. */
function namesSuffice(half: HalfId, names: readonly string[], role: RoleFacts): boolean {
  switch (half) {
    // Whoever holds the role is bound to it, so a right to rewrite it is enough.
    case 'escalate-cluster': case 'write-cluster-roles': return role.kind === 'ClusterRole' && names.includes(role.name);
    case 'escalate': case 'write-roles': return role.kind === 'Role' && names.includes(role.name);
    case 'bind': case 'create-workloads': case 'write-cluster-bindings': case 'write-bindings': return true;
    default: return decisiveNames[half]?.some((name) => names.includes(name)) ?? false;
  }
}

function everythingIn(index: AccessIndex, role: number): Match | undefined {
  for (const part of index.partsOf(role)) {
    const rule = index.roles[part]!.rules.findIndex(allowsEverything);
    if (rule >= 0) return { part, rule };
  }
  return undefined;
}

/** The first rule that gives one of the requests for all names; where there is none, the names of those that give some. */
function search(index: AccessIndex, role: number, words: readonly RequestWords[], requests: readonly AccessRequest[]): { readonly match: Match; readonly names?: readonly string[] } | undefined {
  let full: Match | undefined;
  let first: Match | undefined;
  let names: Set<string> | undefined;
  words.forEach((request, at) => {
    if (full) return;
    const { verb, subresource } = requests[at]!;
    // An object that is about to be created has no name yet to compare.
    const isNameless = verb === 'create' && subresource === undefined;
    index.eachReaching(role, request, (match, rule: PolicyRule) => {
      if (rule.resourceNames.length === 0) {
        full = match;
        return false;
      }
      if (isNameless) return true;
      first ??= match;
      names ??= new Set();
      for (const name of rule.resourceNames) if (names.size < MAX_NAMES) names.add(name);
      return names.size < MAX_NAMES;
    });
  });
  if (full) return { match: full };
  return first && names ? { match: first, names: [...names] } : undefined;
}
