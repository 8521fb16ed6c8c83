import { MOST_STEPS, type EscalationAnswer, type EscalationQuestion, type EscalationStart, type FoundPath } from '#application/rbac/access-questions.js';
import type { AccessIndex } from '#inventory/access/access-index.js';
import { pathsAsMermaid } from '#inventory/access/escalation-mermaid.js';
import { EscalationPaths, type BestCut } from '#inventory/access/escalation-paths.js';
import type { EscalationPath } from '#inventory/access/escalation-world.js';
import { escalationWorldOf } from '#inventory/access/escalation-world-of-inventory.js';
import { isOfSystem } from '#inventory/access/of-system.js';
import type { Inventory } from '#inventory/inventory.js';
import type { ResourceKey } from '#inventory/resources.js';

/** Ways to cluster-admin by the evidence of one scan; what takes long is found once. */
export class Escalation {
  readonly paths: EscalationPaths;
  /** Lists beyond those of RBAC that were not read to the end. */
  readonly incomplete: readonly ResourceKey[];
  private cut: { readonly best: BestCut | undefined } | undefined;

  constructor(index: AccessIndex, inventory: Inventory) {
    const { world, incomplete } = escalationWorldOf(inventory);
    this.paths = new EscalationPaths(index, world);
    this.incomplete = incomplete;
  }

  bestCut(): BestCut | undefined {
    this.cut ??= { best: this.paths.bestCut() };
    return this.cut.best;
  }
}

/** Undefined where a workload is asked for that is not there. */
export function escalationAnswer(escalation: Escalation, { of, limit }: EscalationQuestion, isRbacWhole: boolean): EscalationAnswer | undefined {
  const { paths, incomplete } = escalation;
  const isComplete = isRbacWhole && incomplete.length === 0 && paths.isComplete;
  const found = of ? pathsOf(paths, of) : paths.shortest(limit + 1);
  if (!found) return undefined;
  const given = found.slice(0, limit).map(shown);
  const all = of ? undefined : { ...paths.counts(), bestCut: escalation.bestCut() };
  return { isComplete, paths: given, hasMore: found.length > limit, all, mermaid: pathsAsMermaid(given) };
}

function pathsOf(paths: EscalationPaths, of: EscalationStart): readonly EscalationPath[] | undefined {
  if ('subject' in of) return present([paths.ofSubject(of.subject)]);
  const { kind, namespace, name } = of.workload;
  const kinds = paths.kindsOf(namespace, name).filter((known) => kind === undefined || known === kind);
  return kinds.length === 0 ? undefined : present(kinds.map((known) => paths.ofWorkload({ kind: known, namespace, name })));
}

const present = (paths: readonly (EscalationPath | undefined)[]): readonly EscalationPath[] => paths.filter((path) => path !== undefined);

const shown = (path: EscalationPath): FoundPath =>
  ({ ...path, steps: path.steps.slice(0, MOST_STEPS), isOfSystem: isOfSystem(path.start), more: Math.max(0, path.steps.length - MOST_STEPS) });
