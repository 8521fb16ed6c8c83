import type { PodTemplate } from '#inventory/facts.js';
import type { PodSecurityCheckId } from '#inventory/pod-security/checks.js';
import { evaluatePodSecurity, type PodSecurityViolation } from '#inventory/pod-security/evaluate-pod-security.js';
import type { PodSecurityLevel, PodSecurityVersion } from '#inventory/pod-security/pod-security-version.js';
import { defineIndex, type World } from '../engine/world.js';

export type Checks = readonly PodSecurityCheckId[];

/** A template at hand. */
export interface NumberedTemplate {
  readonly id: number;
  readonly template: PodTemplate;
}

/**
 * The checks that templates break, by their numbers, as far as somebody asked: whoever asks for no more than that then need
 * not read a template again. Lists of checks are kept once.
 */
class BrokenChecks {
  private readonly byStandard = new Map<string, (Checks | undefined)[]>();
  private readonly lists = new Map<string, Checks>();

  get(id: number, level: PodSecurityLevel, { minor }: PodSecurityVersion): Checks | undefined {
    return this.byStandard.get(`${level}/${minor}`)?.[id];
  }

  set(id: number, level: PodSecurityLevel, { minor }: PodSecurityVersion, violations: readonly PodSecurityViolation[]): Checks {
    const standard = `${level}/${minor}`;
    let ofTemplates = this.byStandard.get(standard);
    if (!ofTemplates) this.byStandard.set(standard, (ofTemplates = []));
    return (ofTemplates[id] = this.shared(violations.map(({ check }) => check)));
  }

  shared(checks: Checks): Checks {
    const key = checks.join();
    const known = this.lists.get(key);
    if (!known) this.lists.set(key, checks);
    return known ?? checks;
  }
}

const index = defineIndex([], () => new BrokenChecks());

/** What a template breaks, with its fields. */
export function violationsOf(world: World, { id, template }: NumberedTemplate, level: PodSecurityLevel, version: PodSecurityVersion): readonly PodSecurityViolation[] {
  const violations = evaluatePodSecurity(template, level, version);
  world.use(index).set(id, level, version, violations);
  return violations;
}

/** The checks alone. Equal ones are one list. */
export function brokenChecks(world: World, id: number, level: PodSecurityLevel, version: PodSecurityVersion): Checks {
  const known = world.use(index);
  return known.get(id, level, version) ?? known.set(id, level, version, evaluatePodSecurity(world.template(id), level, version));
}

/** One list for all that say the same. */
export const sharedChecks = (world: World, checks: Checks): Checks => world.use(index).shared(checks);
