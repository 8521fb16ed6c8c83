import { sourceOfComponent } from '#inventory/components/source-of-component.js';
import type { Workload } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import { isComplete, type MissingEvidence } from '#inventory/observed.js';
import { refText, type ResourceRef } from '#inventory/resource-ref.js';
import type { ResourceKey } from '#inventory/resources.js';
import { riskOf, surroundingsText } from '../risk/risk.js';
import type { SurroundingsFinder } from '../risk/surroundings.js';
import { layerOf, severities, type Control, type Severity } from './control.js';
import type { Evaluation, Failure, NotApplicableGroup, UnknownGroup } from './evaluation.js';
import { expectationsOf, expectedToFail, type ExpectedSubject } from './expected.js';
import { emptyKeySet, KeySetBuilder, type KeyPiece } from './key-set.js';
import { controlPiece, joinedParts, type NamedPart, type NamedSubject, type PartNames } from './named-subject.js';
import { PartTally } from './part-tally.js';
import type { ReadLists } from './read-lists.js';
import { SeenValuesBuilder, type Values } from './values.js';
import type { Verdict } from './verdict.js';
import { MissingEvidenceError, type ControlSetting, type World } from './world.js';

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

/** What all controls of one evaluation have in common. */
export interface Shared {
  readonly inventory: Inventory;
  readonly world: World;
  readonly surroundings: SurroundingsFinder;
  readonly lacks: ReadonlyMap<ResourceKey, MissingEvidence>;
  readonly parts: PartNames;
}

/** What one control after the other judges. */
export interface Judged {
  readonly subject: unknown;
  readonly named: NamedSubject;
  readonly part: NamedPart;
  /** It may be there, and nobody looked. */
  readonly isUnseen?: true | undefined;
  /** Its object has several such, which come one after the other, and gets the worst of their verdicts. */
  readonly isOneOfMany?: boolean;
}

/** A verdict that waits for those of other templates of its workload. */
interface Result {
  readonly named: NamedSubject;
  readonly scopePart: NamedPart;
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
export class Tally {
  private readonly failures: Failure[] = [];
  private readonly unknowns = new Map<string, Unknowns>();
  private lastUnknowns?: Unknowns;
  private readonly skipped = new Map<string, { reason: string; expected: boolean; count: number; sample: string[] }>();
  private readonly passedKeys = new KeySetBuilder();
  private readonly heldKeys = new KeySetBuilder();
  private readonly seen: SeenValuesBuilder | undefined;
  /** What verdicts rest on. Most rest on the same lists as the one before. */
  private readonly related = new Set<ReadLists>();
  private lastReads?: ReadLists;
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
  private merging: { readonly named: NamedSubject; readonly results: Map<string, Result> } | undefined;
  /** Whose verdicts are settled, where its control tells what they rest on. */
  private subject: unknown;
  /** Why pods of workloads may differ from what was read: a pass of their template is none of theirs. */
  private readonly unreadPods: MissingEvidence | undefined;
  private readonly piece: KeyPiece;
  private readonly hasExpectations: boolean;

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
    this.hasExpectations = expectationsOf(control.id).length > 0;
    this.unreadPods = this.isGiven('pods') ? undefined : shared.lacks.get('pods');
  }

  /** The organisation does not want it judged. */
  get isOff(): boolean {
    return this.setting.off !== undefined;
  }

  get isEmpty(): boolean {
    return this.passed + this.failed + this.unknown + this.notApplicable === 0;
  }

  next({ subject, named, part, isUnseen, isOneOfMany }: Judged): void {
    if (this.merging?.named !== named) {
      this.endMerging();
      if (isOneOfMany) this.merging = { named, results: new Map() };
    }
    if (isUnseen) this.leave(named, part);
    else this.judge(subject, named, part);
  }

  private judge(subject: unknown, named: NamedSubject, part: NamedPart): void {
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
    const reads = world.recorded();
    if (this.seen) this.subject = subject;
    if (reads !== this.lastReads) this.related.add((this.lastReads = reads));
    if (Array.isArray(verdicts)) for (const verdict of verdicts as readonly Verdict[]) this.settle(verdict, named, part, reads);
    else this.settle(verdicts as Verdict, named, part, reads);
  }

  /** Nobody looked at it: what is known of it stays. */
  private leave(named: NamedSubject, part: NamedPart): void {
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

  endMerging(): void {
    const merging = this.merging;
    if (!merging) return;
    this.merging = undefined;
    for (const { named, scopePart, ownPart, verdict, basis } of merging.results.values()) this.count(named, scopePart, ownPart, verdict, basis);
  }

  finish(): Evaluation {
    const { control } = this;
    if (this.setting.off !== undefined) return switchedOff(control, this.setting.off);
    const lacking = control.scope.needs.filter((key) => !isComplete(this.shared.inventory.outcome(key)));
    const complete = this.error === undefined && !this.isLacking && lacking.length === 0 && [...this.related].every(({ keys }) => keys.every((key) => isComplete(this.shared.inventory.outcome(key))));
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
  private settle(verdict: Verdict, named: NamedSubject, scopePart: NamedPart, { keys }: ReadLists): void {
    const { lacks } = this.shared;
    const { workload } = named;
    let settled = verdict;
    let basis: Failure['basis'] = 'cluster';
    if (lacks.size > 0 && (verdict.status === 'not-applicable' || ((verdict.status === 'pass' || verdict.status === 'fail') && !verdict.proven))) {
      for (const key of keys) {
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
    const part = joinedParts(scopePart.text, verdict.part ?? '');
    const known = this.merging.results.get(part);
    if (!known || this.isWorse(settled, known.verdict)) this.merging.results.set(part, { named, scopePart, ownPart: verdict.part, verdict: settled, basis });
  }

  /** So that the order of templates, which is that of pods, decides nothing. */
  private isWorse(verdict: Verdict, known: Verdict): boolean {
    if (verdict.status !== 'fail' || known.status !== 'fail') return rank[verdict.status] > rank[known.status];
    return severities.indexOf(verdict.severity ?? this.control.severity) < severities.indexOf(known.severity ?? this.control.severity);
  }

  private count(named: NamedSubject, scopePart: NamedPart, ownPart: string | undefined, verdict: Verdict, basis: Failure['basis']): void {
    const values = this.seen && (verdict.status === 'pass' || verdict.status === 'fail') ? this.valuesOf(ownPart ?? '') : undefined;
    if (this.observe !== undefined && verdict.status !== 'fail') this.observe(this.index, named, scopePart.text, verdict, undefined, values);
    switch (verdict.status) {
      case 'pass': {
        const part = this.shared.parts.within(scopePart, ownPart);
        this.passed++;
        this.parts?.count('passed', ownPart);
        this.passedKeys.addPieces(this.piece, named.piece, part);
        if (values) this.seen?.addPieces(values, this.piece, named.piece, part);
        return;
      }
      case 'fail': {
        const { resource, workload } = named;
        const part = joinedParts(scopePart.text, ownPart ?? '');
        const expected = this.hasExpectations ? expectedToFail(this.control.id, resource, part, subjectOf(verdict, workload)) : undefined;
        if (this.observe !== undefined) this.observe(this.index, named, scopePart.text, verdict, expected, values);
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
        return this.addUnknown(verdict.missing, named.resource, joinedParts(scopePart.text, ownPart ?? ''));
      case 'implied':
        // Where the wider part is expected to fail, this one is not asked either.
        this.parts?.count(this.lastFailed === named.resource ? 'failed' : 'notApplicable', ownPart);
        return this.hold(named, scopePart, ownPart);
      case 'not-applicable':
        this.parts?.count('notApplicable', ownPart);
        return this.skip(verdict.reason, false, named.resource, joinedParts(scopePart.text, ownPart ?? ''));
    }
  }

  private hold(named: NamedSubject, scopePart: NamedPart, ownPart: string | undefined): void {
    this.heldKeys.addPieces(this.piece, named.piece, this.shared.parts.within(scopePart, ownPart));
  }

  private fail(failure: Failure): void {
    this.failed++;
    if (this.take) this.take(failure);
    else this.failures.push(failure);
  }

  private failureOf(verdict: Fail, named: NamedSubject, part: string, basis: Failure['basis'], values: Values | undefined): Failure {
    const { resource, component } = named;
    const severity: Severity = this.setting.severity ?? verdict.severity ?? this.control.severity;
    const { exposure, privilege } = (named.surroundings ??= this.shared.surroundings.of(resource));
    const factors = { severity, layer: layerOf(this.control), exposure, privilege, isExploited: verdict.isExploited };
    const failure: { -readonly [K in keyof Failure]: Failure[K] } = {
      key: named.findingKey(this.control.id, part), resource, part, severity, message: verdict.message, basis, risk: riskOf(factors), surroundings: surroundingsText(factors),
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
