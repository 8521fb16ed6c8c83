import type { PolicyRule, Subject } from '../facts.js';
import { byText } from '../text-order.js';
import type { AccessIndex } from './access-index.js';
import { covers } from './covers.js';
import { accountUser } from './implied-groups.js';

/** Single rights listed of one subject in one place. */
const LISTED = 50;

/** Rights that the bindings of one subject give in one place, and gave not before. */
export interface GrownRights {
  readonly subject: Subject;
  /** '' is the whole cluster. */
  readonly namespace: string;
  /** Single rights, 50 at most. */
  readonly rights: readonly PolicyRule[];
  readonly count: number;
  /** The rules are too many to compare right by right: something grew perhaps. */
  readonly isUncertain: boolean;
}

export interface AccessDifference {
  /** By subject, then place. */
  readonly grown: readonly GrownRights[];
  readonly isCut: boolean;
}

/**
 * What subjects may do that they might not do before, by the bindings that name them: what a group gets is told of the
 * group. Shrunk rights are those that grew the other way round.
 */
export function accessDifference(before: AccessIndex, after: AccessIndex, limit: number): AccessDifference {
  const grown: GrownRights[] = [];
  const order = after.subjects.map((subject, id) => ({ subject, id })).sort((a, b) => byText(a.subject.kind, b.subject.kind) || byText(a.subject.namespace, b.subject.namespace) || byText(a.subject.name, b.subject.name));
  for (const { subject, id } of order) {
    const now = rulesByPlace(after, id);
    const then = rulesByPlace(before, idOf(before, subject));
    const everywhere = then.get('') ?? [];
    for (const [namespace, rules] of [...now].sort(([a], [b]) => byText(a, b))) {
      const held = namespace === '' ? everywhere : [...everywhere, ...(then.get(namespace) ?? [])];
      if (same(held, rules)) continue;
      const coverage = covers(held, rules);
      if (coverage.state === 'covered') continue;
      if (grown.length >= limit) return { grown, isCut: true };
      grown.push(coverage.state === 'unknown'
        ? { subject, namespace, rights: [], count: 0, isUncertain: true }
        : { subject, namespace, rights: coverage.uncovered.slice(0, LISTED), count: coverage.count, isUncertain: false });
    }
  }
  return { grown, isCut: false };
}

function idOf(index: AccessIndex, { kind, namespace, name }: Subject): number {
  if (kind === 'Group') return index.groupId(name);
  return index.userId(kind === 'ServiceAccount' ? accountUser(namespace, name) : name);
}

/** Rules of the subject's own bindings by where they hold. */
function rulesByPlace(index: AccessIndex, subject: number): ReadonlyMap<string, readonly PolicyRule[]> {
  const places = new Map<string, PolicyRule[]>();
  if (subject < 0) return places;
  const { from, items } = index.bindingsOf;
  for (let at = from[subject]!; at < from[subject + 1]!; at++) {
    const binding = items[at]!;
    const role = index.bindingRole[binding]!;
    if (role < 0) continue;
    const namespace = index.namespaces[index.bindingNamespace[binding]!]!;
    const rules = places.get(namespace) ?? [];
    for (const part of index.partsOf(role)) for (const rule of index.roles[part]!.rules) rules.push(rule);
    places.set(namespace, rules);
  }
  return places;
}

/** Nearly all of a cluster is as it was. */
function same(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}
