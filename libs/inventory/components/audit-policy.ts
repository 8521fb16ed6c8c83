import { InvalidObject, objectsAt, stringsAt, textAt } from '../projection/raw.js';
import { readDocument } from './config-fields.js';
import type { ConfigDocument, Readable } from './readable.js';

/** From nothing to everything. */
export const auditLevels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type AuditLevel = (typeof auditLevels)[number];

export interface AuditRule {
  readonly level: AuditLevel;
  readonly verbs: readonly string[];
  readonly resources: readonly { readonly group: string; readonly resources: readonly string[]; readonly hasNames: boolean }[];
  readonly isForNonResources: boolean;
  readonly hasNamespaces: boolean;
  /** Whether it is about some users or groups only. */
  readonly hasUsers: boolean;
}

const isLevel = (text: string | undefined): text is AuditLevel => (auditLevels as readonly (string | undefined)[]).includes(text);

/** Rules of a policy in order (staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go). Names of users are not kept. */
export const readAuditPolicy = (document: ConfigDocument): Readable<readonly AuditRule[]> =>
  readDocument(document, 'Policy', ['audit.k8s.io/v1'], (raw) => {
    const rules = objectsAt(raw, 'rules').map((rule): AuditRule => {
      const level = textAt(rule, 'level');
      if (!isLevel(level)) throw new InvalidObject('rules.level', `one of ${auditLevels.join(', ')}`);
      return {
        level,
        verbs: stringsAt(rule, 'verbs'),
        resources: objectsAt(rule, 'resources').map((entry) => ({ group: textAt(entry, 'group') ?? '', resources: stringsAt(entry, 'resources'), hasNames: stringsAt(entry, 'resourceNames').length > 0 })),
        isForNonResources: stringsAt(rule, 'nonResourceURLs').length > 0,
        hasNamespaces: stringsAt(rule, 'namespaces').length > 0,
        hasUsers: stringsAt(rule, 'users').length > 0 || stringsAt(rule, 'userGroups').length > 0,
      };
    });
    // The server refuses a policy without rules.
    if (rules.length === 0) throw new InvalidObject('rules', 'a list of rules');
    return rules;
  });

export interface AuditedRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/**
 * The least that a policy records of a request, whoever makes it and wherever (audit/policy/checker.go). The first
 * rule that matches decides; one that is about some users or objects only decides for these, and the search goes on.
 */
export function leastLevel(rules: readonly AuditRule[], request: AuditedRequest): AuditLevel {
  let least: number = auditLevels.length - 1;
  for (const rule of rules) {
    const match = matchOf(rule, request);
    if (match === 'none') continue;
    least = Math.min(least, auditLevels.indexOf(rule.level));
    if (match === 'all') return auditLevels[least]!;
  }
  return 'None';
}

export interface AuditLevels {
  /** Of whoever is in no rule for some. */
  readonly usual: AuditLevel;
  /** The least and the most that is recorded of anybody. */
  readonly least: AuditLevel;
  readonly most: AuditLevel;
}

/** What a policy records of a request, of most and of those whom rules for some users or objects take out. */
export function levelsOf(rules: readonly AuditRule[], request: AuditedRequest): AuditLevels {
  const levels: number[] = [];
  let usual: AuditLevel = 'None';
  for (const rule of rules) {
    const match = matchOf(rule, request);
    if (match !== 'none') levels.push(auditLevels.indexOf(rule.level));
    if (match !== 'all') continue;
    usual = rule.level;
    break;
  }
  levels.push(auditLevels.indexOf(usual));
  return { usual, least: auditLevels[Math.min(...levels)]!, most: auditLevels[Math.max(...levels)]! };
}

function matchOf(rule: AuditRule, { verb, group, resource, subresource }: AuditedRequest): 'all' | 'some' | 'none' {
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return 'none';
  const isNarrowed = rule.hasUsers || rule.hasNamespaces;
  if (rule.resources.length === 0) {
    if (rule.isForNonResources && !rule.hasNamespaces) return 'none';
    return isNarrowed ? 'some' : 'all';
  }
  const combined = subresource === undefined ? resource : `${resource}/${subresource}`;
  // `pods/*` is the pods themselves as well.
  const names = ['*', combined, `${resource}/*`, ...(subresource === undefined ? [] : [`*/${subresource}`])];
  const fitting = rule.resources.filter((entry) => (entry.group === group || entry.group === '*') && (entry.resources.length === 0 || entry.resources.some((name) => names.includes(name))));
  if (fitting.length === 0) return 'none';
  // Names count only beside resources.
  return !isNarrowed && fitting.some((entry) => entry.resources.length === 0 || !entry.hasNames) ? 'all' : 'some';
}
