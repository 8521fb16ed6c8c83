import { sourceOfComponent } from '#inventory/components/source-of-component.js';
import type { Workload } from '#inventory/facts.js';
import { groupBy } from '#inventory/group-by.js';
import type { Inventory } from '#inventory/inventory.js';
import { isComplete, type MissingEvidence } from '#inventory/observed.js';
import { refOf, refText, type ResourceRef } from '#inventory/resource-ref.js';
import { resourceKeys, type ResourceKey } from '#inventory/resources.js';
import { expectedToFail, type ExpectedSubject } from './expected.js';
import { layerOf, severities, type Control, type Severity } from './control.js';
import type { Evaluation, Failure, NotApplicableGroup, UnknownGroup } from './evaluation.js';
import { emptyKeySet, KeySetBuilder, type KeyPiece } from './key-set.js';
import { controlPiece, findingKey, joinedParts, NamedSubject, PartPieces } from './named-subject.js';
import { PartTally } from './part-tally.js';
import type { ListScope, Scope, TemplateScope, WorkloadSubject } from './scope.js';
import { riskOf, surroundingsText } from '../risk/risk.js';
import { surroundings, type SurroundingsFinder } from '../risk/surroundings.js';
import { SeenValuesBuilder, type Values } from './values.js';
import type { Verdict } from './verdict.js';
import { lackOf, MissingEvidenceError, World, type ControlPolicy, type ControlSetting } from './world.js';

/** Subjects named as examples of a group. */
const SAMPLE = 5;

/** Gets failures as they are found, with the index of their control, where all of them together would take too much memory. */
export type TakeFailure = (control: number, failure: Failure) => void;

/**
 * Gets every verdict as it counts, with the index of its control: for who must tell one subject from another. `scopePart` is the part
 * that the scope names, such as a container; the verdict may name one of its own. `expected`: why its failure is none. `values`: settings
 * that it rests on.
 */
export type ObserveVerdict = (control: number, subject: NamedSubject, scopePart: string, verdict: Verdict, expected: string | undefined, values: Values | undefined) => void;

const asItSays: ControlSetting = {};

/**
 * Judges an inventory with every control: one evaluation a control, always. With `take` given, its failures are not in it. Subjects are gone through
 * once for all controls that judge them. A control that throws is an `error` and hides no other. `observe` is told each verdict.
 */
export function evaluate(
  controls: readonly Control[], inventory: Inventory, policy: ControlPolicy = {}, now: number = Date.now(), take?: TakeFailure, observe?: ObserveVerdict,
): readonly Evaluation[] {
  const world = new World(inventory, policy, now);
  const shared: Shared = { inventory, world, surroundings: world.use(surroundings), lacks: lacksOf(inventory), parts: new PartPieces() };
  const tallies = controls.map((control, index) => new Tally(control, shared, policy.controls?.[control.id] ?? asItSays, take && ((failure) => take(index, failure)), index, observe));
  const judged = tallies.filter(({ isOff }) => !isOff);
  const finished = new Map<Tally, Evaluation>();
  // As soon as it is done: what it collected is larger than what is left of it.
  const finish = (tally: Tally): unknown => finished.set(tally, tally.finish());
  const ofTemplates = byScope<TemplateScope<unknown>>(judged, 'template');
  evaluateTemplates(ofTemplates, inventory);
  for (const [scope, members] of ofTemplates) {
    if (scope.beside) evaluateList(members, { subjects: scope.beside }, world);
    members.forEach(finish);
  }
  for (const [scope, members] of byScope<ListScope<unknown>>(judged, 'list')) {
    evaluateList(members, scope, world);
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

function evaluateTemplates(scopes: ReadonlyMap<TemplateScope<unknown>, readonly Tally[]>, inventory: Inventory): void {
  const all = [...scopes.values()].flat();
  for (const workload of inventory.workloads) {
    const named = new NamedSubject(refOf(workload), workload);
    // A workload is usually one template; where its pods differ from it, one subject gets several verdicts and the worst counts.
    const isSplit = workload.templates.length > 1;
    if (isSplit) for (const tally of all) tally.startMerging();
    for (const id of workload.templates) {
      const template = inventory.templates.get(id);
      const subject: WorkloadSubject = { workload, template, isOwn: id === workload.templates[0] };
      for (const [scope, members] of scopes) {
        scope.expand(subject, (one, part) => {
          for (const tally of members) tally.judge(one, named, part);
        });
      }
    }
    if (isSplit) for (const tally of all) tally.endMerging();
  }
}

function evaluateList(tallies: readonly Tally[], scope: Pick<ListScope<unknown>, 'subjects' | 'ifNone'>, world: World): void {
  try {
    for (const { subject, resource, part, workload, component, isUnseen } of scope.subjects(world)) {
      const named = new NamedSubject(resource, workload, component);
      for (const tally of tallies) {
        if (isUnseen) tally.leave(named, part);
        else tally.judge(subject, named, part);
      }
    }
  } catch (error) {
    for (const tally of tallies) {
      if (error instanceof MissingEvidenceError) tally.lacksSubjects(error.missing);
      else tally.broke(error);
    }
    return;
  }
  for (const tally of tallies) {
    if (!tally.isEmpty || !scope.ifNone) continue;
    const answer = scope.ifNone(world);
    if ('missing' in answer) tally.lacksSubjects(answer.missing);
    else tally.hasNone(answer.reason);
  }
}

/** What all controls of one evaluation have in common. */
interface Shared {
  readonly inventory: Inventory;
  readonly world: World;
  readonly surroundings: SurroundingsFinder;
  readonly lacks: ReadonlyMap<ResourceKey, MissingEvidence>;
  readonly parts: PartPieces;
}

/** A verdict that waits for those of other templates of its workload. */
interface Result {
  readonly named: NamedSubject;
  readonly scopePart: string;
  /** The part that the verdict itself names, whatever container it is in. */
  readonly ownPart: string | undefined;
  readonly verdict: Verdict;
  readonly basis: Failure['basis'];
}

interface Unknowns {
  readonly missing: MissingEvidence;
  count: number;
  readonly sample: string[];
}

const rank: Record<Verdict['status'], number> = { fail: 4, unknown: 3, implied: 2, pass: 1, 'not-applicable': 0 };

/** Gathers one control's verdicts. */
class Tally {
  private readonly failures: Failure[] = [];
  private readonly unknowns = new Map<string, Unknowns>();
  private lastUnknowns?: Unknowns;
  private readonly skipped = new Map<string, { reason: string; expected: boolean; count: number; sample: string[] }>();
  private readonly passedKeys = new KeySetBuilder();
  private readonly heldKeys = new KeySetBuilder();
  private readonly seen: SeenValuesBuilder | undefined;
  private readonly related = new Set<ResourceKey>();
  private readonly parts: PartTally | undefined;
  private passed = 0;
  private failed = 0;
  private unknown = 0;
  private notApplicable = 0;
  private error?: string;
  private none?: string;
  private isLacking = false;
  /** There may be subjects that nobody saw. */
  private isShort = false;
  /** Whose verdict failed last: a wider part stands before those that it says too. */
  private lastFailed?: ResourceRef;
  private merging?: Map<string, Result>;
  /** Whose verdicts are settled, where its control tells what they rest on. */
  private subject: unknown;
  /** Why pods of workloads may differ from what was read: a pass of their template is none of theirs. */
  private readonly unreadPods: MissingEvidence | undefined;
  private readonly piece: KeyPiece;

  constructor(
    readonly control: Control,
    private readonly shared: Shared,
    private readonly setting: ControlSetting,
    private readonly take: ((failure: Failure) => void) | undefined,
    private readonly index: number,
    private readonly observe: ObserveVerdict | undefined,
  ) {
    this.parts = PartTally.of(control);
    if (control.values && control.scope.family === 'list') this.seen = new SeenValuesBuilder();
    this.piece = controlPiece(control.id);
    this.unreadPods = this.isGiven('pods') ? undefined : shared.lacks.get('pods');
  }

  /** The organisation does not want it judged. */
  get isOff(): boolean {
    return this.setting.off !== undefined;
  }

  get isEmpty(): boolean {
    return this.passed + this.failed + this.unknown + this.notApplicable === 0;
  }

  judge(subject: unknown, named: NamedSubject, part: string): void {
    if (this.error !== undefined) return;
    const { world } = this.shared;
    world.startRecording();
    let verdicts: Verdict | readonly Verdict[];
    try {
      verdicts = this.control.check(subject, world);
    } catch (error) {
      if (!(error instanceof MissingEvidenceError)) return this.broke(error);
      verdicts = { status: 'unknown', missing: error.missing };
      // None of its parts was judged, so that what is known of any of them stays.
      for (const ownPart of Object.keys(this.control.parts ?? {})) this.hold(named, part, ownPart);
    }
    // Telling values may read more, on which no verdict rests.
    const reads = this.seen ? [...world.recorded()] : world.recorded();
    if (this.seen) this.subject = subject;
    for (const key of reads) this.related.add(key);
    if (Array.isArray(verdicts)) for (const verdict of verdicts as readonly Verdict[]) this.settle(verdict, named, part, reads);
    else this.settle(verdicts as Verdict, named, part, reads);
  }

  /** Nobody looked at it: what is known of it stays. */
  leave(named: NamedSubject, part: string): void {
    for (const ownPart of [undefined, ...Object.keys(this.control.parts ?? {})]) this.hold(named, part, ownPart);
  }

  /** Nothing could be enumerated. */
  lacksSubjects(missing: MissingEvidence): void {
    this.isLacking = true;
    this.addUnknown(missing);
  }

  hasNone(reason: string): void {
    this.none = reason;
  }

  broke(error: unknown): void {
    // Only the kind of error: messages may repeat what the cluster wrote.
    this.error = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'the control threw something that is no error';
  }

  startMerging(): void {
    this.merging = new Map();
  }

  endMerging(): void {
    const results = this.merging;
    delete this.merging;
    if (results) for (const { named, scopePart, ownPart, verdict, basis } of results.values()) this.count(named, scopePart, ownPart, verdict, basis);
  }

  finish(): Evaluation {
    const { control } = this;
    if (this.setting.off !== undefined) return switchedOff(control, this.setting.off);
    const lacking = control.scope.needs.filter((key) => !isComplete(this.shared.inventory.outcome(key)));
    const complete = this.error === undefined && !this.isLacking && lacking.length === 0 && [...this.related].every((key) => isComplete(this.shared.inventory.outcome(key)));
    // What was enumerated from lists that are not whole: there may be subjects that nobody saw. Where only given objects are judged, these are all.
    if (this.error === undefined && !this.isLacking) {
      for (const key of lacking) {
        const lack = this.shared.lacks.get(key);
        if (lack && (!this.isGiven(key) || this.isEmpty)) this.addUnknown(lack);
      }
    }
    const unknowns: readonly UnknownGroup[] = [...this.unknowns.values()];
    if (this.isEmpty && this.unknowns.size === 0 && this.error === undefined) {
      const reason = this.none ?? `there is no ${control.scope.name} to judge`;
      this.skipped.set(reason, { reason, expected: false, count: 0, sample: [] });
    }
    const notApplicables: readonly NotApplicableGroup[] = [...this.skipped.values()];
    const outcome =
      this.error !== undefined ? 'error'
      : this.failed > 0 ? 'fail'
      : unknowns.length > 0 ? 'unknown'
      : this.passed > 0 ? 'pass'
      : 'not-applicable';
    return {
      controlId: control.id, layer: layerOf(control), outcome, complete,
      passed: this.passed, failed: this.failed, unknown: this.unknown, notApplicable: this.notApplicable,
      ...(this.parts && { parts: this.parts.results({ isShort: this.isShort, broke: this.error !== undefined }) }),
      failures: this.failures, unknowns, notApplicables,
      passedKeys: this.passedKeys.build(), ...(this.seen && { seen: this.seen.build() }), heldKeys: this.heldKeys.build(),
      ...(this.error !== undefined && { error: this.error }),
    };
  }

  private isGiven(key: ResourceKey): boolean {
    return this.shared.inventory.outcome(key).state === 'given';
  }

  /** Turns a verdict into what the evidence allows: resting on lists that are not whole, it may become `unknown`. */
  private settle(verdict: Verdict, named: NamedSubject, scopePart: string, reads: readonly ResourceKey[]): void {
    const { lacks } = this.shared;
    const { workload } = named;
    let settled = verdict;
    let basis: Failure['basis'] = 'cluster';
    if (lacks.size > 0 && (verdict.status === 'not-applicable' || ((verdict.status === 'pass' || verdict.status === 'fail') && !verdict.proven))) {
      for (const key of reads) {
        const lack = lacks.get(key);
        if (!lack) continue;
        if (verdict.status === 'fail' && this.isGiven(key)) basis = 'objects-given';
        else if (verdict.status === 'not-applicable' && this.isGiven(key)) continue;
        else settled = { status: 'unknown', missing: lack };
      }
    }
    // Its finding would have another name as soon as its owner can be read.
    const hidden = workload?.ownerHiddenBy && lacks.get(workload.ownerHiddenBy);
    if (hidden) settled = { status: 'unknown', missing: hidden };
    else if (this.unreadPods && settled.status === 'pass' && workload && workload.kind !== 'Pod') settled = { status: 'unknown', missing: this.unreadPods };
    if (!this.merging) return this.count(named, scopePart, verdict.part, settled, basis);
    const part = joinedParts(scopePart, verdict.part ?? '');
    const known = this.merging.get(part);
    if (!known || this.isWorse(settled, known.verdict)) this.merging.set(part, { named, scopePart, ownPart: verdict.part, verdict: settled, basis });
  }

  /** So that the order of templates, which is that of pods, decides nothing. */
  private isWorse(verdict: Verdict, known: Verdict): boolean {
    if (verdict.status !== 'fail' || known.status !== 'fail') return rank[verdict.status] > rank[known.status];
    return severities.indexOf(verdict.severity ?? this.control.severity) < severities.indexOf(known.severity ?? this.control.severity);
  }

  private count(named: NamedSubject, scopePart: string, ownPart: string | undefined, verdict: Verdict, basis: Failure['basis']): void {
    const values = this.seen && (verdict.status === 'pass' || verdict.status === 'fail') ? this.valuesOf(ownPart ?? '') : undefined;
    if (this.observe !== undefined && verdict.status !== 'fail') this.observe(this.index, named, scopePart, verdict, undefined, values);
    switch (verdict.status) {
      case 'pass': {
        const part = this.shared.parts.of(scopePart, ownPart ?? '');
        this.passed++;
        this.parts?.count('passed', ownPart);
        this.passedKeys.addPieces(this.piece, named.piece, part);
        if (values) this.seen?.addPieces(values, this.piece, named.piece, part);
        return;
      }
      case 'fail': {
        const { resource, workload } = named;
        const part = joinedParts(scopePart, ownPart ?? '');
        const expected = expectedToFail(this.control.id, resource, part, subjectOf(verdict, workload));
        if (this.observe !== undefined) this.observe(this.index, named, scopePart, verdict, expected, values);
        if (expected !== undefined) {
          this.parts?.count('notApplicable', ownPart);
          return this.skip(expected, true, resource, part);
        }
        this.lastFailed = resource;
        this.parts?.fail(ownPart, violatedBy(verdict));
        return this.fail(this.failureOf(verdict, named, part, basis, values));
      }
      case 'unknown':
        this.parts?.count('unknown', ownPart);
        this.hold(named, scopePart, ownPart);
        return this.addUnknown(verdict.missing, named.resource, joinedParts(scopePart, ownPart ?? ''));
      case 'implied':
        // Where the wider part is expected to fail, this one is not asked either.
        this.parts?.count(this.lastFailed === named.resource ? 'failed' : 'notApplicable', ownPart);
        return this.hold(named, scopePart, ownPart);
      case 'not-applicable':
        this.parts?.count('notApplicable', ownPart);
        return this.skip(verdict.reason, false, named.resource, joinedParts(scopePart, ownPart ?? ''));
    }
  }

  private hold(named: NamedSubject, scopePart: string, ownPart: string | undefined): void {
    this.heldKeys.addPieces(this.piece, named.piece, this.shared.parts.of(scopePart, ownPart ?? ''));
  }

  private fail(failure: Failure): void {
    this.failed++;
    if (this.take) this.take(failure);
    else this.failures.push(failure);
  }

  private failureOf(verdict: Fail, { resource, component }: NamedSubject, part: string, basis: Failure['basis'], values: Values | undefined): Failure {
    const severity: Severity = this.setting.severity ?? verdict.severity ?? this.control.severity;
    const { exposure, privilege } = this.shared.surroundings.of(resource);
    const factors = { severity, layer: layerOf(this.control), exposure, privilege, isExploited: verdict.isExploited };
    const failure: { -readonly [K in keyof Failure]: Failure[K] } = {
      key: findingKey(this.control.id, resource, part), resource, part, severity, message: verdict.message, basis, risk: riskOf(factors), surroundings: surroundingsText(factors),
    };
    const source = component && sourceOfComponent(component);
    if (verdict.detail !== undefined || source !== undefined) failure.detail = { ...verdict.detail, ...(source !== undefined && { source }) };
    if (verdict.patch !== undefined) failure.patch = verdict.patch;
    if (values !== undefined) failure.values = values;
    return failure;
  }

  /** Undefined where there are none to tell. */
  private valuesOf(part: string): Values | undefined {
    try {
      const values = this.control.values?.(this.subject, this.shared.world, part);
      return values && Object.keys(values).length > 0 ? values : undefined;
    } catch (error) {
      this.broke(error);
      return undefined;
    }
  }

  private skip(reason: string, expected: boolean, resource: ResourceRef, part: string): void {
    this.notApplicable++;
    const group = this.skipped.get(reason);
    if (!group) this.skipped.set(reason, { reason, expected, count: 1, sample: [nameOf(resource, part)] });
    else {
      group.count++;
      if (group.sample.length < SAMPLE) group.sample.push(nameOf(resource, part));
    }
  }

  private addUnknown(missing: MissingEvidence, resource?: ResourceRef, part = ''): void {
    if (resource === undefined) this.isShort = true;
    else this.unknown++;
    const group = this.unknownsFor(missing);
    if (resource === undefined) return;
    group.count++;
    if (group.sample.length < SAMPLE) group.sample.push(nameOf(resource, part));
  }

  private unknownsFor(missing: MissingEvidence): Unknowns {
    if (this.lastUnknowns?.missing === missing) return this.lastUnknowns;
    const key = `${missing.fact}|${missing.reason}|${missing.detail}`;
    let group = this.unknowns.get(key);
    if (!group) this.unknowns.set(key, (group = { missing, count: 0, sample: [] }));
    return (this.lastUnknowns = group);
  }
}

/** Never complete: what was found stays found, for nobody looked. */
const switchedOff = (control: Control, why: string): Evaluation => ({
  controlId: control.id, layer: layerOf(control), outcome: 'not-applicable', complete: false,
  passed: 0, failed: 0, unknown: 0, notApplicable: 0, failures: [], unknowns: [],
  notApplicables: [{ reason: `switched off by the organisation's policy: ${why}`, expected: false, count: 0, sample: [] }],
  passedKeys: emptyKeySet, heldKeys: emptyKeySet,
});

type Fail = Extract<Verdict, { status: 'fail' }>;

/** The rules that a failure names, where it judges several together. */
export function violatedBy({ detail }: Fail): readonly string[] | undefined {
  const violations = detail?.['violations'];
  return Array.isArray(violations) ? violations.map((violation: { readonly check?: unknown }) => String(violation.check)) : undefined;
}

function subjectOf(verdict: Fail, workload: Workload | undefined): ExpectedSubject {
  const path = verdict.detail?.['path'];
  const checks = violatedBy(verdict);
  return { isMirror: workload?.isMirror ?? false, ...(typeof path === 'string' && { path }), ...(checks && { checks }) };
}

const nameOf = (resource: ResourceRef, part: string): string => (part === '' ? refText(resource) : `${refText(resource)} (${part})`);
