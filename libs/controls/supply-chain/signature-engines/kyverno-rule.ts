import { selects } from '#inventory/readers/label-selector.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { readSelector, textsOf } from './read-selector.js';
import type { JudgedNamespace, Reach } from './verifier.js';
import { matchesWildcard } from './wildcard.js';

/** Kinds that a rule is asked about, as it matters to who asks. */
export type KindTest = (kind: string) => boolean;

/** Whether a `kind`, `version/kind` or `group/version/kind` of a rule, with its wildcards, means one of the kinds. */
export const kindTest = (...kinds: readonly string[]): KindTest => (kind) => kinds.some((wanted) => matchesWildcard(kind.slice(kind.lastIndexOf('/') + 1), wanted));

const isPodKind = kindTest('Pod');

/** What one clause of `match` or `exclude` says of the pods of a namespace. */
function clauseReach(clause: UnknownRecord, namespace: JudgedNamespace, isMeant: KindTest): Reach {
  const resources = asRecord(clause['resources']);
  const kinds = textsOf(resources['kinds']);
  if (kinds.length > 0 && !kinds.some(isMeant)) return 'none';
  const namespaces = textsOf(resources['namespaces']);
  if (namespaces.length > 0 && !namespaces.some((pattern) => matchesWildcard(pattern, namespace.name))) return 'none';
  const selector = resources['namespaceSelector'];
  if (selector !== undefined && !selects(readSelector(selector), namespace.labels)) return 'none';
  const operations = textsOf(resources['operations']);
  if (operations.length > 0 && !operations.includes('CREATE')) return 'none';
  const narrows = ['name', 'names', 'selector', 'annotations'].some((key) => resources[key] !== undefined) || ['subjects', 'roles', 'clusterRoles'].some((key) => clause[key] !== undefined);
  return narrows ? 'some' : 'all';
}

const rank: Record<Reach, number> = { none: 0, some: 1, all: 2 };
const reaches: readonly Reach[] = ['none', 'some', 'all'];

function blockReach(block: UnknownRecord, namespace: JudgedNamespace, isMeant: KindTest): Reach {
  const all = asList(block['all']).map((clause) => clauseReach(asRecord(clause), namespace, isMeant));
  if (all.length > 0) return reaches[Math.min(...all.map((reach) => rank[reach]))]!;
  const any = asList(block['any']).map((clause) => clauseReach(asRecord(clause), namespace, isMeant));
  if (any.length > 0) return reaches[Math.max(...any.map((reach) => rank[reach]))]!;
  return clauseReach(block, namespace, isMeant);
}

/** Which new pods, or objects of other kinds, of a namespace a Kyverno rule looks at, by its `match` and `exclude`. */
export function kyvernoReach(rule: UnknownRecord, namespace: JudgedNamespace, isMeant: KindTest = isPodKind): Reach {
  const matched = blockReach(asRecord(rule['match']), namespace, isMeant);
  const exclude = asRecord(rule['exclude']);
  if (matched === 'none' || Object.keys(exclude).length === 0) return matched;
  const excluded = blockReach(exclude, namespace, isMeant);
  return excluded === 'all' ? 'none' : excluded === 'some' ? 'some' : matched;
}
