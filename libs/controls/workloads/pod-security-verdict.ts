import { podSecurityCheckIds, podSecurityChecks, type PodSecurityCheckId } from '#inventory/pod-security/checks.js';
import { evaluatePodSecurity, versionsThatDiffer, type PodSecurityViolation } from '#inventory/pod-security/evaluate-pod-security.js';
import { newestVersion, versionOfServer, type PodSecurityLevel, type PodSecurityVersion } from '#inventory/pod-security/pod-security-version.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { fail, pass, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { violationsOf, type NumberedTemplate } from './broken-checks.js';

/** Fields of one rule that a finding lists; of more it gives the number. */
const LISTED = 10;
const nothing: readonly Verdict[] = [];

/** Every check that pods of a level may break; restricted asks for baseline too. */
export const podSecurityChecksOf = (level: 'baseline' | 'restricted'): readonly PodSecurityCheckId[] => podSecurityCheckIds.filter((id) => level === 'restricted' || podSecurityChecks[id].level === level);

interface JudgedBy {
  readonly version: PodSecurityVersion;
  /** Why this version, where it is not simply the server's; '' where it is. */
  readonly because: string;
  /** The server's version is not known at all. */
  readonly isGuessed: boolean;
}

function versionFor(world: World): JudgedBy {
  const { version: server } = world.cluster;
  if (server === undefined) return { version: newestVersion, because: ', the newest known, for the server\'s version is not', isGuessed: true };
  const version = versionOfServer(server);
  if (version === undefined) return { version: newestVersion, because: `, the newest known, for the server's ${JSON.stringify(server.slice(0, 50))} is no version of it`, isGuessed: true };
  return { version, because: version.isBeyondTable ? `, the newest known; the server is newer (${server.slice(0, 50)})` : '', isGuessed: false };
}

const missingVersion = { fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, and the pods would be refused at some versions' } as const;

function* templatesOf({ workload: { templates: [own, ...others] }, template }: WorkloadSubject, world: World): Iterable<NumberedTemplate> {
  yield { id: own!, template };
  for (const id of others) yield { id, template: world.template(id) };
}

/** What any of a workload's templates breaks, whatever their order: its pods may differ from it and from one another. */
function brokenByAny(subject: WorkloadSubject, world: World, violations: (template: NumberedTemplate) => readonly PodSecurityViolation[]): readonly PodSecurityViolation[] {
  const { workload: { templates }, template } = subject;
  if (templates.length === 1) return violations({ id: templates[0]!, template });
  const fieldsOf = new Map<PodSecurityViolation['check'], Set<string>>();
  for (const one of templatesOf(subject, world)) {
    for (const { check, fields } of violations(one)) {
      const known = fieldsOf.get(check);
      if (!known) fieldsOf.set(check, new Set(fields));
      else for (const field of fields) known.add(field);
    }
  }
  return podSecurityCheckIds.flatMap((check) => {
    const fields = fieldsOf.get(check);
    return fields ? [{ check, fields: [...fields].toSorted() }] : [];
  });
}

const listed = ({ check, fields }: PodSecurityViolation): Readonly<Record<string, unknown>> =>
  fields.length > LISTED ? { check, fields: fields.slice(0, LISTED), more: fields.length - LISTED } : { check, fields };

/**
 * One verdict a workload, with every check of the level that its pods break at the server's version. Fields are those
 * of the pod template. A workload's first template answers for the others too, so that the finding names all of it.
 */
export function podSecurityVerdict(subject: WorkloadSubject, level: Exclude<PodSecurityLevel, 'privileged'>, world: World): Verdict | readonly Verdict[] {
  if (!subject.isOwn) return nothing;
  const { version, because, isGuessed } = versionFor(world);
  const violations = brokenByAny(subject, world, (template) => violationsOf(world, template, level, version));
  const isBrokenAt = (at: PodSecurityVersion): boolean => brokenByAny(subject, world, ({ template }) => evaluatePodSecurity(template, level, at)).length > 0;
  if (violations.length === 0) return isGuessed && versionsThatDiffer[level].some(isBrokenAt) ? unknown(missingVersion) : pass;
  const checks = violations.map(({ check }) => check).join(', ');
  return fail(`the pod template breaks ${violations.length === 1 ? 'one rule' : `${violations.length} rules`} of the ${level} Pod Security Standard at ${version.name}${because}: ${checks}`, {
    detail: { level, version: version.name, versionOf: because === '' ? 'server' : 'newest-known', violations: violations.map(listed) },
  });
}
