import type { Workload } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { isComplete } from '#inventory/observed.js';
import { podSecurityCheckIds, type PodSecurityCheckId } from '#inventory/pod-security/checks.js';
import { newestVersion, parsePodSecurityVersion, versionOfServer, type PodSecurityVersion } from '#inventory/pod-security/pod-security-version.js';
import { byText } from '#inventory/text-order.js';
import { defineIndex, type World } from '../engine/world.js';
import { brokenChecks, sharedChecks, type Checks } from './broken-checks.js';

/** Workloads of one level that a finding lists; of more it gives the number. */
const LISTED = 20;
const levels = ['baseline', 'restricted'] as const;
type Level = (typeof levels)[number];

/** A workload some of whose pods a level would refuse, and the checks they break. */
interface RefusedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly checks: readonly PodSecurityCheckId[];
}

/** What enforcing a level in a namespace would refuse. It rests on nothing: workloads that were not read are not in it. */
export interface RefusedWorkloads {
  /** In a few words; '' where no workload of the namespace was seen. */
  readonly text: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Workloads as far as they were seen. */
const seenByNamespace = defineIndex([], (world) => {
  const workloads = new Map<string, Workload[]>();
  for (const workload of world.seenWorkloads()) {
    const group = workloads.get(workload.namespace);
    if (group) group.push(workload);
    else workloads.set(workload.namespace, [workload]);
  }
  return { workloads, isComplete: workloadKeys.every((key) => isComplete(world.outcome(key))) };
});

/** As the API server judges: the pinned version, its own where that is not pinned or newer than itself. */
function versionOf(pinned: string | undefined, world: World): PodSecurityVersion {
  const server = versionOfServer(world.cluster.version ?? '') ?? newestVersion;
  const parsed = pinned === undefined || pinned === 'latest' ? undefined : parsePodSecurityVersion(pinned);
  return parsed?.outcome === 'version' && parsed.version.minor < server.minor ? parsed.version : server;
}

function brokenBy({ templates }: Workload, level: Level, version: PodSecurityVersion, world: World): Checks {
  const [first = [], ...others] = templates.map((id) => brokenChecks(world, id, level, version));
  if (others.length === 0) return first;
  return sharedChecks(world, podSecurityCheckIds.filter((id) => first.includes(id) || others.some((broken) => broken.includes(id))));
}

const byKindAndName = (a: Workload, b: Workload): number => byText(a.kind, b.kind) || byText(a.name, b.name) || byText(a.group, b.group);

function textOf({ baseline, restricted }: Readonly<Record<Level, number>>, count: number, isWhole: boolean): string {
  if (count === 0) return '';
  if (count === 1) {
    const at = baseline > 0 ? 'at baseline' : restricted > 0 ? 'at restricted' : 'at neither level';
    return `${isWhole ? 'its one workload' : 'the one workload seen'} would be refused ${at}`;
  }
  const atBaseline = baseline === 0 ? '' : `, ${baseline} at baseline`;
  return `${restricted === 0 ? 'none' : restricted} of ${count} workloads${isWhole ? '' : ' seen'} would be refused at restricted${atBaseline}`;
}

/** Judges the workloads of one namespace at both levels; `pinned` is its label of the version that is enforced. */
export function refusedWorkloads(namespace: string, pinned: string | undefined, world: World): RefusedWorkloads {
  const { workloads, isComplete: isWhole } = world.use(seenByNamespace);
  const seen = (workloads.get(namespace) ?? []).toSorted(byKindAndName);
  const version = versionOf(pinned, world);
  const wouldBreak: Record<Level, RefusedWorkload[]> = { baseline: [], restricted: [] };
  const refused: Record<Level, number> = { baseline: 0, restricted: 0 };
  for (const workload of seen) {
    for (const level of levels) {
      const checks = brokenBy(workload, level, version, world);
      if (checks.length === 0) continue;
      refused[level]++;
      if (wouldBreak[level].length < LISTED) wouldBreak[level].push({ kind: workload.kind, name: workload.name, checks });
    }
  }
  const beyond = levels.flatMap((level) => (refused[level] > LISTED ? [[level, refused[level] - LISTED] as const] : []));
  const detail = {
    version: version.name, workloads: seen.length, wouldBreak,
    ...(beyond.length > 0 && { more: Object.fromEntries(beyond) }),
    ...(!isWhole && { workloadsIncomplete: true }),
  };
  return { text: textOf(refused, seen.length, isWhole), detail };
}
