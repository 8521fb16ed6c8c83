import type { PodTemplate } from '../facts.js';
import { podSecurityCheckIds, podSecurityChecks, type PodSecurityCheckId } from './checks.js';
import { NEWEST_MINOR, ofMinor, type PodSecurityLevel, type PodSecurityVersion } from './pod-security-version.js';
import type { Rule } from './rule.js';

/** A check that a pod template breaks, and the fields that break it, written as `Rule` says. */
export interface PodSecurityViolation {
  readonly check: PodSecurityCheckId;
  readonly fields: readonly string[];
}

type Asked = readonly (readonly [PodSecurityCheckId, Rule])[];

/** What a check asks at a minor; undefined before there is such a check. */
export const ruleAt = (id: PodSecurityCheckId, minor: number): Rule | undefined => podSecurityChecks[id].rules.findLast(([since]) => since <= minor)?.[1];

function askedAt(level: Exclude<PodSecurityLevel, 'privileged'>, minor: number): Asked {
  const asked = new Map<PodSecurityCheckId, Rule>();
  for (const id of podSecurityCheckIds) {
    const check = podSecurityChecks[id];
    const rule = ruleAt(id, minor);
    if (!rule || (level === 'baseline' && check.level === 'restricted')) continue;
    asked.set(id, rule);
    if (check.replaces) asked.delete(check.replaces);
  }
  return [...asked];
}

const minors = Array.from({ length: NEWEST_MINOR + 1 }, (_, minor) => minor);
const asked: Readonly<Record<PodSecurityLevel, readonly Asked[]>> = {
  privileged: minors.map(() => []),
  baseline: minors.map((minor) => askedAt('baseline', minor)),
  restricted: minors.map((minor) => askedAt('restricted', minor)),
};

const sameChecks = (a: Asked, b: Asked): boolean => a.length === b.length && a.every(([id, rule], at) => id === b[at]![0] && rule === b[at]![1]);

/** One version of each set of checks that a level has had: what holds at these holds at every version that is known. */
export const versionsThatDiffer: Readonly<Record<PodSecurityLevel, readonly PodSecurityVersion[]>> = {
  privileged: [ofMinor(0)],
  baseline: differing('baseline'),
  restricted: differing('restricted'),
};

function differing(level: PodSecurityLevel): readonly PodSecurityVersion[] {
  return minors.filter((minor) => minor === 0 || !sameChecks(asked[level][minor]!, asked[level][minor - 1]!)).map(ofMinor);
}

const none: readonly never[] = Object.freeze([]);

/** The checks of a level that are asked at a version, in the order of their violations. */
export const checksAt = (level: PodSecurityLevel, { minor }: PodSecurityVersion): readonly PodSecurityCheckId[] => asked[level][minor]!.map(([id]) => id);

/** Every check of the level that the template breaks at the version: what the API server's own admission would say of its pods. */
export function evaluatePodSecurity(template: PodTemplate, level: PodSecurityLevel, { minor }: PodSecurityVersion): readonly PodSecurityViolation[] {
  let violations: PodSecurityViolation[] | undefined;
  for (const [check, rule] of asked[level][minor]!) {
    const fields = rule(template);
    if (fields.length > 0) (violations ??= []).push({ check, fields });
  }
  return violations ?? none;
}
