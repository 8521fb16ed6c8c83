import type { BenchmarkRun, ItemCounts, ItemPoint, RegressedSubject, RunCause, RunSource, StoredRegression } from '#application/benchmarks/benchmark-run.js';
import type { BenchmarkReport, ReportedItem } from '#application/benchmarks/benchmark-report.js';
import { standingOf } from '#application/benchmarks/run-standing.js';
import { levelText } from '#benchmarks/benchmark.js';
import type { Item } from '#benchmarks/benchmark.js';
import type { EvidenceSource, OtherOpinion, SubjectResult } from '#benchmarks/judge/judgement.js';
import type { OutcomeCounts } from '#benchmarks/outcomes/attestation.js';
import type { ItemOutcome, SubjectCounts } from '#benchmarks/outcomes/item-outcome.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { CommonView, View, view } from '../schema/shapes.js';
import { AttestationView } from './attestation.view.js';
import { targetEnum, assessmentEnum } from './benchmark.view.js';

export const outcomes = ['pass', 'fail', 'unknown', 'not-applicable', 'manual'] as const satisfies readonly ItemOutcome[];
export const itemOutcomeEnum = namedEnum('BenchmarkOutcome', outcomes, 'What an item comes to. `unknown`: what would tell could not be read. `manual`: a person must look. Neither ever counts as a pass.');
const runSourceEnum = namedEnum('BenchmarkEvidence', ['live', 'kept', 'nodes'] as const satisfies readonly RunSource[], 'Where what the API says came from. `nodes`: nobody could ask it, and evidence of nodes and uploads is all there is.');
const sourceEnum = namedEnum('EvidenceSource', ['api', 'flags', 'flagz', 'configz', 'probe', 'node', 'cloud', 'kube-bench'] as const satisfies readonly EvidenceSource[], 'Where a value was read.');

@View('BenchmarkCounts', 'Items, clusters or subjects by outcome.')
export class BenchmarkCountsView {
  @ApiField.int({ about: 'Pass.' })
  readonly pass: number;

  @ApiField.int({ about: 'Fail.' })
  readonly fail: number;

  @ApiField.int({ about: 'What would tell could not be read.' })
  readonly unknown: number;

  @ApiField.int({ about: 'Do not apply.' })
  readonly notApplicable: number;

  @ApiField.int({ about: 'A person must look.' })
  readonly manual: number;

  static of(this: void, { pass, fail, unknown, notApplicable, manual }: ItemCounts | SubjectCounts): BenchmarkCountsView {
    return view(BenchmarkCountsView, { pass, fail, unknown, notApplicable, manual });
  }
}

@View('BenchmarkRun', 'One benchmark judged on one cluster. Its id is the id of the scan that judged it.')
export class BenchmarkRunView {
  @ApiField.id({ about: 'Its id, and that of its scan.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'The benchmark.', example: 'cis-1.12' })
  readonly benchmark: string;

  @ApiField.text({ about: 'Why this benchmark.' })
  readonly reason: string;

  @ApiField.text({ about: 'Why it is to be read with care.', isNullable: true })
  readonly caveat: string | null;

  @ApiField.oneOf(runSourceEnum, { about: 'Where what the API says came from.' })
  readonly source: RunSource;

  @ApiField.time({ about: 'When the API was asked; of evidence that was kept, then.' })
  readonly gatheredAt: Date;

  @ApiField.time({ about: 'When it was judged.' })
  readonly judgedAt: Date;

  @ApiField.text({ about: 'By what: product and version.' })
  readonly judgedBy: string;

  @ApiField.text({ about: 'Id of the API key that asked for it, or `schedule`.' })
  readonly requestedBy: string;

  @ApiField.id({ about: "The cluster's run before; null of its first.", isNullable: true })
  readonly previousRunId: string | null;

  @ApiField.object(() => BenchmarkCountsView, { about: 'Items by outcome, by evidence alone.' })
  readonly counts: BenchmarkCountsView;

  @ApiField.float({ about: 'Items that pass, of those that pass or fail, 0 to 100; null where nothing was decided. Show it together with the coverage.', isNullable: true })
  readonly score: number | null;

  @ApiField.float({ about: 'Items that pass or fail, of all but those that do not apply, 0 to 1; null where there are none. Manual and unknown items are not covered.', isNullable: true })
  readonly coverage: number | null;

  @ApiField.int({ about: 'Items that passed when they were last decided, and fail in this run.' })
  readonly regressed: number;

  @ApiField.int({ about: 'Nodes of the cluster; null where nobody could list them.', isNullable: true })
  readonly nodesListed: number | null;

  @ApiField.int({ about: 'Nodes with evidence of their own.' })
  readonly nodesWithEvidence: number;

  @ApiField.list(text(), { about: 'What would decide most of what is unknown, a sentence each.' })
  readonly advice: readonly string[];

  static of(this: void, run: BenchmarkRun): BenchmarkRunView {
    const { id, clusterId, benchmark, reason, caveat, source, gatheredAt, judgedAt, judgedBy, requestedBy, previousRunId, regressed, nodesListed, nodesWithEvidence, advice } = run;
    const { score, coverage } = standingOf(run);
    return view(BenchmarkRunView, {
      id, clusterId, benchmark, reason, caveat, source, gatheredAt, judgedAt, judgedBy, requestedBy, previousRunId, regressed, nodesListed, nodesWithEvidence, advice, score, coverage,
      counts: BenchmarkCountsView.of(run),
    });
  }
}

export const runPages = pageViews<BenchmarkRun, BenchmarkRunView>('BenchmarkRun', BenchmarkRunView, BenchmarkRunView.of);

@View('BenchmarkSubject', 'What an item says of one subject, and by which evidence.')
export class BenchmarkSubjectView {
  @ApiField.text({ about: 'A node, a process of the control plane, an object, or `cluster`.' })
  readonly subject: string;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'What it says.' })
  readonly status: ItemOutcome;

  @ApiField.text({ about: 'What fails, what would tell, why it does not apply, or what to look at; empty of a pass.' })
  readonly text: string;

  @ApiField.text({ about: 'The value that decided, as it was found; never a secret.', isNullable: true })
  readonly found: string | null;

  @ApiField.oneOf(sourceEnum, { about: 'Where it was read.', isNullable: true })
  readonly source: EvidenceSource | null;

  @ApiField.text({ about: 'File, flag, object or key that it was found in.', isNullable: true })
  readonly at: string | null;

  @ApiField.text({ about: 'When that was gathered, ISO 8601.', isNullable: true })
  readonly gatheredAt: string | null;

  static of(this: void, { subject, status, text: says, found, source, at, gatheredAt }: SubjectResult): BenchmarkSubjectView {
    return view(BenchmarkSubjectView, { subject, status, text: says, found: found ?? null, source: source ?? null, at: at ?? null, gatheredAt: gatheredAt ?? null });
  }
}

@View('BenchmarkCause', 'Subjects that are as they are for one reason.')
export class BenchmarkCauseView {
  @ApiField.text({ about: 'The reason.' })
  readonly text: string;

  @ApiField.list(text(), { about: 'Up to a hundred of them.' })
  readonly subjects: readonly string[];

  @ApiField.int({ about: 'How many there are.' })
  readonly count: number;

  static of(this: void, { text: says, subjects, count }: RunCause): BenchmarkCauseView {
    return view(BenchmarkCauseView, { text: says, subjects, count });
  }
}

@View('RegressedSubject', 'A subject that passed and fails.')
export class RegressedSubjectView {
  @ApiField.text({ about: 'A node, a process, an object, or `cluster`.' })
  readonly subject: string;

  @ApiField.text({ about: 'What fails.' })
  readonly text: string;

  @ApiField.text({ about: 'The value before; null where it was not kept.', isNullable: true })
  readonly before: string | null;

  @ApiField.text({ about: 'The value now.', isNullable: true })
  readonly after: string | null;

  @ApiField.text({ about: 'File, flag, object or key that changed.', isNullable: true })
  readonly at: string | null;

  @ApiField.text({ about: 'Where it was read.', isNullable: true })
  readonly source: string | null;

  static of(this: void, { subject, text: says, before, after, at, source }: RegressedSubject): RegressedSubjectView {
    return view(RegressedSubjectView, { subject, text: says, before, after, at, source });
  }
}

@View('BenchmarkRegression', 'An item that passed when it was last decided, and failed. Over when all its subjects are seen to pass.')
export class RegressionView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'The benchmark of the run that found it.' })
  readonly benchmark: string;

  @ApiField.text({ about: "The item's number in it." })
  readonly itemId: string;

  @ApiField.id({ about: 'The run that last said pass.' })
  readonly beforeRunId: string;

  @ApiField.id({ about: 'The run that says fail.' })
  readonly runId: string;

  @ApiField.time({ about: 'When that was judged.' })
  readonly at: Date;

  @ApiField.list(object(() => RegressedSubjectView), { about: 'What regressed, up to a hundred.' })
  readonly subjects: readonly RegressedSubjectView[];

  @ApiField.int({ about: 'How many regressed.' })
  readonly subjectCount: number;

  @ApiField.id({ about: 'The run that saw them all pass; null while there is none. Evidence that is missing ends nothing.', isNullable: true })
  readonly resolvedRunId: string | null;

  @ApiField.time({ about: 'When that was.', isNullable: true })
  readonly resolvedAt: Date | null;

  static of(this: void, { id, clusterId, benchmark, itemId, beforeRunId, runId, at, subjects, subjectCount, resolvedRunId, resolvedAt }: StoredRegression): RegressionView {
    return view(RegressionView, { id, clusterId, benchmark, itemId, beforeRunId, runId, at, subjects: subjects.map(RegressedSubjectView.of), subjectCount, resolvedRunId, resolvedAt });
  }
}

export const regressionPages = pageViews<StoredRegression, RegressionView>('BenchmarkRegression', RegressionView, RegressionView.of);

@View('OtherOpinion', 'What kube-bench said of the same item.')
export class OtherOpinionView {
  @ApiField.text({ about: 'Its status.' })
  readonly status: string;

  @ApiField.bool({ about: 'Whether that is what we say.' })
  readonly agrees: boolean;

  @ApiField.text({ about: 'Why we say otherwise, where that is known.', isNullable: true })
  readonly because: string | null;

  static of(this: void, { status, agrees, because }: OtherOpinion): OtherOpinionView {
    return view(OtherOpinionView, { status, agrees, because: because ?? null });
  }
}

@CommonView()
class ReportedItemFields {
  @ApiField.text({ about: "The publisher's number.", example: '1.2.9' })
  readonly itemId: string;

  @ApiField.text({ about: 'What it asks for; null where this release no longer carries the benchmark.', isNullable: true })
  readonly title: string | null;

  @ApiField.text({ about: 'Number of its section.' })
  readonly section: string;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'By evidence alone.' })
  readonly outcome: ItemOutcome;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'With what a person attested, where a person must look.' })
  readonly standsAs: ItemOutcome;

  @ApiField.text({ about: 'The same in words, which tell what a person said from what evidence says.', example: 'pass (attested)' })
  readonly shownAs: string;

  @ApiField.text({ about: 'Why, in a sentence.' })
  readonly sentence: string;

  @ApiField.oneOf(assessmentEnum, { about: 'How the publisher has it assessed.', isNullable: true })
  readonly assessment: Item['assessment'] | null;

  @ApiField.bool({ about: 'Evidence decided what the publisher leaves to a person.' })
  readonly isDecidedByMachine: boolean;

  @ApiField.text({ about: "The publisher's profile level; `level not known` where it is not carried." })
  readonly level: string;

  @ApiField.oneOf(targetEnum, { about: 'What it is about.', isNullable: true })
  readonly target: Item['target'] | null;

  @ApiField.object(() => BenchmarkCountsView, { about: 'Subjects by what was found of them.' })
  readonly subjectCounts: BenchmarkCountsView;

  @ApiField.list(object(() => BenchmarkCauseView), { about: 'Causes of the outcome; of a pass there are none.' })
  readonly causes: readonly BenchmarkCauseView[];

  @ApiField.list(text(), { about: 'What a person is shown who must look.' })
  readonly gathered: readonly string[];

  @ApiField.object(() => OtherOpinionView, { about: 'What kube-bench said, where a report of it was given.', isNullable: true })
  readonly kubeBench: OtherOpinionView | null;

  @ApiField.object(() => AttestationView, { about: 'What a person attested, also where that has expired or is not needed.', isNullable: true })
  readonly attestation: AttestationView | null;

  @ApiField.object(() => RegressionView, { about: 'Where it regressed and was not seen to be mended.', isNullable: true })
  readonly regression: RegressionView | null;

  @ApiField.text({ about: 'How it is put right.', isNullable: true })
  readonly remediation: string | null;
}

function fieldsOf(reported: ReportedItem): ReportedItemFields {
  const { itemId, item, section, outcome, standsAs, shownAs, says, decidedByMachine, nodes, causes, gathered, kubeBench, attestation, regression } = reported;
  return {
    itemId, title: item?.title ?? null, section, outcome, standsAs, shownAs, sentence: says, assessment: item?.assessment ?? null, isDecidedByMachine: decidedByMachine, level: levelText(item?.level), target: item?.target ?? null,
    subjectCounts: BenchmarkCountsView.of(nodes), causes: causes.map(BenchmarkCauseView.of), gathered, kubeBench: kubeBench && OtherOpinionView.of(kubeBench), remediation: item?.remediation ?? null,
    attestation: attestation ? AttestationView.of(attestation) : null, regression: regression ? RegressionView.of(regression) : null,
  };
}

@View('ReportedItem', 'An item of a run.')
export class ReportedItemView extends ReportedItemFields {
  static of(this: void, item: ReportedItem): ReportedItemView {
    return view(ReportedItemView, fieldsOf(item));
  }
}

@View('ReportedItemEvidence', 'An item of a run with its evidence, subject by subject.')
export class ReportedItemEvidenceView extends ReportedItemFields {
  @ApiField.list(object(() => BenchmarkSubjectView), { about: 'Up to a hundred, the worst first; null where they are older than evidence is kept.', isNullable: true })
  readonly subjects: readonly BenchmarkSubjectView[] | null;

  static of(this: void, item: ReportedItem): ReportedItemEvidenceView {
    return view(ReportedItemEvidenceView, { ...fieldsOf(item), subjects: item.subjects?.map(BenchmarkSubjectView.of) ?? null });
  }
}

export const itemPages = pageViews<ReportedItem, ReportedItemEvidenceView>('ReportedItem', ReportedItemEvidenceView, ReportedItemEvidenceView.of);

@View('AttestedCounts', 'Items by outcome, with what people attested counted apart.')
export class AttestedCountsView extends BenchmarkCountsView {
  @ApiField.int({ about: 'Pass, as a person attested.' })
  readonly passAttested: number;

  @ApiField.int({ about: 'Fail, as a person attested.' })
  readonly failAttested: number;

  static ofReport(this: void, { pass, fail, passAttested, failAttested, unknown, notApplicable, manual }: OutcomeCounts): AttestedCountsView {
    return view(AttestedCountsView, { pass, fail, passAttested, failAttested, unknown, notApplicable, manual });
  }
}

@View('BenchmarkReport', 'How one cluster stands by a benchmark, as a run saw it. Attestations are those of now.')
export class BenchmarkReportView {
  @ApiField.object(() => BenchmarkRunView, { about: 'The run, with its score beside its coverage.' })
  readonly run: BenchmarkRunView;

  @ApiField.text({ about: 'Name of the benchmark.' })
  readonly title: string;

  @ApiField.time({ about: 'As of when attestations count.' })
  readonly asOf: Date;

  @ApiField.object(() => AttestedCountsView, { about: 'Items by outcome; what people attested is apart, and in no score.' })
  readonly counts: AttestedCountsView;

  @ApiField.list(object(() => ReportedItemView), { about: "The items, in the benchmark's order; `items` of the run has them with their evidence." })
  readonly items: readonly ReportedItemView[];

  static of(this: void, { run, benchmark, asOf, counts, items }: BenchmarkReport): BenchmarkReportView {
    return view(BenchmarkReportView, { run: BenchmarkRunView.of(run), title: benchmark?.title ?? run.benchmark, asOf, counts: AttestedCountsView.ofReport(counts), items: items.map(ReportedItemView.of) });
  }
}

@View('BenchmarkItemPoint', 'What one run said of an item.')
export class ItemPointView {
  @ApiField.id({ about: 'The run.' })
  readonly runId: string;

  @ApiField.text({ about: 'Its benchmark.' })
  readonly benchmark: string;

  @ApiField.text({ about: "The item's number in it." })
  readonly itemId: string;

  @ApiField.time({ about: 'When it was judged.' })
  readonly judgedAt: Date;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'What it said, by evidence.' })
  readonly outcome: ItemOutcome;

  @ApiField.object(() => BenchmarkCountsView, { about: 'Subjects by what was found of them.' })
  readonly subjectCounts: BenchmarkCountsView;

  @ApiField.text({ about: 'Why, in a sentence.' })
  readonly sentence: string;

  static of(this: void, { runId, benchmark, itemId, judgedAt, outcome, nodes, sentence }: ItemPoint): ItemPointView {
    return view(ItemPointView, { runId, benchmark, itemId, judgedAt, outcome, subjectCounts: BenchmarkCountsView.of(nodes), sentence });
  }
}

export const historyPages = pageViews<ItemPoint, ItemPointView>('BenchmarkItemPoint', ItemPointView, ItemPointView.of);
