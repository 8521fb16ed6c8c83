import type { Inventory } from '#inventory/inventory.js';
import { groupBy } from '#inventory/group-by.js';
import { refOf } from '#inventory/resource-ref.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { resourceKeys, type ResourceKey } from '#inventory/resources.js';
import { surroundings } from '../risk/surroundings.js';
import type { Control } from './control.js';
import type { Evaluation } from './evaluation.js';
import { NamedSubject, PartNames } from './named-subject.js';
import { JUDGED_AT_ONCE, type ListScope, type Scope, type TemplateScope, type WorkloadSubject } from './scope.js';
import { Tally, type Judged, type ObserveVerdict, type Shared, type TakeFailure } from './tally.js';
import { lackOf, MissingEvidenceError, World, type ControlPolicy, type ControlSetting } from './world.js';

const asItSays: ControlSetting = {};

/**
 * Judges an inventory with every control: one evaluation a control, always. With `take` given, its failures are not in it. Subjects are gone through
 * once for all controls that judge them. A control that throws is an `error` and hides no other. `observe` is told each verdict.
 */
export function evaluate(
  controls: readonly Control[], inventory: Inventory, policy: ControlPolicy = {}, now: number = Date.now(), take?: TakeFailure, observe?: ObserveVerdict,
): readonly Evaluation[] {
  const world = new World(inventory, policy, now);
  const shared: Shared = { inventory, world, surroundings: world.use(surroundings), lacks: lacksOf(inventory), parts: new PartNames() };
  const tallies = controls.map((control, index) => new Tally(control, shared, policy.controls?.[control.id] ?? asItSays, take && ((failure) => take(index, failure)), index, observe));
  const judged = tallies.filter(({ isOff }) => !isOff);
  const finished = new Map<Tally, Evaluation>();
  // As soon as it is done: what it collected is larger than what is left of it.
  const finish = (tally: Tally): unknown => finished.set(tally, tally.finish());
  const ofTemplates = byScope<TemplateScope<unknown>>(judged, 'template');
  evaluateTemplates(ofTemplates, inventory, shared.parts);
  for (const [scope, members] of ofTemplates) {
    if (scope.beside) evaluateList(members, { subjects: scope.beside }, shared);
    members.forEach(finish);
  }
  for (const [scope, members] of byScope<ListScope<unknown>>(judged, 'list')) {
    evaluateList(members, scope, shared);
    members.forEach(finish);
  }
  return tallies.map((tally) => finished.get(tally) ?? tally.finish());
}

function byScope<S extends Scope<unknown>>(tallies: readonly Tally[], family: S['family']): ReadonlyMap<S, readonly Tally[]> {
  return groupBy(tallies.filter(({ control }) => control.scope.family === family), ({ control }) => control.scope as S);
}

/** Lists that were not read to their end. */
const lacksOf = (inventory: Inventory): ReadonlyMap<ResourceKey, MissingEvidence> =>
  new Map(resourceKeys.flatMap((key) => {
    const lack = lackOf(inventory, key);
    return lack ? [[key, lack] as const] : [];
  }));

/**
 * Subjects that some controls judge, one control after the other: what a control's code needs is at hand then for all of them, where
 * going from control to control for each subject takes a fifth longer.
 */
class Batch {
  /** Written over, not made anew: see `Recent`. */
  private readonly waiting: (Judged | undefined)[] = [];
  private count = 0;

  constructor(private readonly tallies: readonly Tally[]) {}

  /** Judges what waits where it is as much as is to be in memory: one template may have any number of containers. */
  add(judged: Judged): void {
    this.waiting[this.count++] = judged;
    if (this.count >= MOST_WAITING) this.judge();
  }

  judge(): void {
    const { waiting, count } = this;
    this.count = 0;
    for (const tally of this.tallies) for (let i = 0; i < count; i++) tally.next(waiting[i]!);
    waiting.fill(undefined, 0, count);
  }

  /** No more come. */
  end(): void {
    this.judge();
    for (const tally of this.tallies) tally.endMerging();
  }
}

/** Subjects of one scope: a dozen templates have fewer, but for some that nobody means well with. */
const MOST_WAITING = 256;

function evaluateTemplates(scopes: ReadonlyMap<TemplateScope<unknown>, readonly Tally[]>, inventory: Inventory, parts: PartNames): void {
  const batches = Array.from(scopes, ([scope, members]) => ({ scope, batch: new Batch(members) }));
  let waiting = 0;
  for (const workload of inventory.workloads) {
    const named = new NamedSubject(refOf(workload), workload);
    // A workload is usually one template; where its pods differ from it, one subject gets several verdicts and the worst counts.
    const isOneOfMany = workload.templates.length > 1;
    for (const id of workload.templates) {
      const of: WorkloadSubject = { workload, template: inventory.templates.get(id), isOwn: id === workload.templates[0] };
      for (const { scope, batch } of batches) scope.expand(of, (subject, part) => batch.add({ subject, named, part: parts.of(part), isOneOfMany }));
      if (++waiting < JUDGED_AT_ONCE) continue;
      for (const { batch } of batches) batch.judge();
      waiting = 0;
    }
  }
  for (const { batch } of batches) batch.end();
}

function evaluateList(tallies: readonly Tally[], scope: Pick<ListScope<unknown>, 'subjects' | 'ifNone'>, shared: Shared): void {
  try {
    const missing = judgeList(tallies, scope, shared);
    if (missing) {
      for (const tally of tallies) tally.lacksSubjects(missing);
      return;
    }
  } catch (error) {
    for (const tally of tallies) tally.broke(error);
    return;
  }
  for (const tally of tallies) {
    if (!tally.isEmpty || !scope.ifNone) continue;
    const answer = scope.ifNone(shared.world);
    if ('missing' in answer) tally.lacksSubjects(answer.missing);
    else tally.hasNone(answer.reason);
  }
}

/** What was missing to list all of its subjects. Those that were listed are judged, whatever came then. */
function judgeList(tallies: readonly Tally[], scope: Pick<ListScope<unknown>, 'subjects'>, { world, parts }: Shared): MissingEvidence | undefined {
  const batch = new Batch(tallies);
  let waiting = 0;
  try {
    for (const { subject, resource, part, workload, component, isUnseen } of scope.subjects(world)) {
      batch.add({ subject, named: new NamedSubject(resource, workload, component), part: parts.of(part), isUnseen });
      if (++waiting < JUDGED_AT_ONCE) continue;
      batch.judge();
      waiting = 0;
    }
  } catch (error) {
    batch.end();
    if (error instanceof MissingEvidenceError) return error.missing;
    throw error;
  }
  batch.end();
  return undefined;
}
