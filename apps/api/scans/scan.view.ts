import type { ScanProgress } from '#application/ports/cluster-collector.js';
import { scanStates, type ControlResult, type LayerSummary, type MissingRead, type Scan, type ScanState, type ScanSummary } from '#application/scans/scan.js';
import type { Layer, Severity } from '#controls/engine/control.js';
import type { Outcome, PartResult } from '#controls/engine/evaluation.js';
import type { MissingReason } from '#inventory/observed.js';
import { layerEnum, outcomeEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { CommonView, View, view } from '../schema/shapes.js';

export const scanStateEnum = namedEnum('ScanState', scanStates, 'How far a scan is.');
const scanKindEnum = namedEnum('ScanKind', ['live', 'snapshot', 'rejudge', 'benchmark'] as const satisfies readonly Scan['kind'][], 'Where the evidence comes from. `rejudge`: what another scan has kept, judged by the controls of today. `benchmark`: a benchmark alone, of the cluster itself or what was uploaded last.');
const phaseEnum = namedEnum('ScanPhase', ['connecting', 'collecting', 'judging', 'storing'] as const satisfies readonly ScanProgress['phase'][], 'What a running scan is doing.');
const readStateEnum = namedEnum('ReadState', ['partial', 'missing', 'given'] as const satisfies readonly MissingRead['state'][], 'How much of a resource is known.');
const missingReasonEnum = namedEnum(
  'MissingReason',
  [
    'forbidden', 'unauthorized', 'timed-out', 'too-large', 'changed', 'invalid', 'unreachable', 'server-error', 'limit', 'not-requested', 'not-in-upload', 'cancelled',
  ] as const satisfies readonly MissingReason[],
  'Why something could not be read.',
);

@View('ScanProgress', 'What a running scan is doing.')
export class ScanProgressView {
  @ApiField.oneOf(phaseEnum, { about: 'The phase.' })
  readonly phase: ScanProgress['phase'];

  @ApiField.text({ about: 'The resource that is being read.', isNullable: true })
  readonly resource: string | null;

  @ApiField.int({ about: 'Objects read so far.' })
  readonly objects: number;
}

@View('OutcomeCounts', 'How many controls said what.')
export class OutcomeCountsView {
  @ApiField.int({ about: 'Passed.' })
  readonly pass: number;

  @ApiField.int({ about: 'Failed.' })
  readonly fail: number;

  @ApiField.int({ about: 'Could not be judged.' })
  readonly unknown: number;

  @ApiField.int({ about: 'Do not apply.' })
  readonly notApplicable: number;

  @ApiField.int({ about: 'Broke.' })
  readonly error: number;

  static of(this: void, counts: Readonly<Record<Outcome, number>>): OutcomeCountsView {
    const { 'not-applicable': notApplicable, pass, fail, unknown, error } = counts;
    return view(OutcomeCountsView, { pass, fail, unknown, notApplicable, error });
  }
}

@View('SeverityCounts', 'How many, by severity.')
export class SeverityCountsView implements Readonly<Record<Severity, number>> {
  @ApiField.int({ about: 'Critical.' })
  readonly critical: number;

  @ApiField.int({ about: 'High.' })
  readonly high: number;

  @ApiField.int({ about: 'Medium.' })
  readonly medium: number;

  @ApiField.int({ about: 'Low.' })
  readonly low: number;

  @ApiField.int({ about: 'Info.' })
  readonly info: number;
}

@View('LayerSummary', 'One layer of a scan.')
export class LayerSummaryView {
  @ApiField.oneOf(layerEnum, { about: 'The layer.' })
  readonly layer: Layer;

  @ApiField.float({ about: '0 to 100; null where nothing could be decided.', isNullable: true })
  readonly score: number | null;

  @ApiField.object(() => OutcomeCountsView, { about: 'Its controls.' })
  readonly controls: OutcomeCountsView;

  @ApiField.int({ about: 'Results that pass.' })
  readonly passed: number;

  @ApiField.int({ about: 'Results that fail.' })
  readonly failed: number;

  @ApiField.int({ about: 'Results that could not be judged.' })
  readonly unknown: number;

  static of(this: void, { layer, score, controls, passed, failed, unknown }: LayerSummary): LayerSummaryView {
    return view(LayerSummaryView, { layer, score, controls: OutcomeCountsView.of(controls), passed, failed, unknown });
  }
}

@View('FindingChanges', 'What a scan changed among the findings.')
export class FindingChangesView {
  @ApiField.int({ about: 'First failures.' })
  readonly opened: number;

  @ApiField.int({ about: 'Failed again after they were resolved.' })
  readonly reopened: number;

  @ApiField.int({ about: 'Passed in an earlier complete scan, and fail now.' })
  readonly regressed: number;

  @ApiField.int({ about: 'Fail no longer.' })
  readonly resolved: number;

  @ApiField.int({ about: 'Open before and after.' })
  readonly stillOpen: number;

  @ApiField.object(() => SeverityCountsView, { about: 'All that are open now.' })
  readonly open: SeverityCountsView;
}

@View('ObjectCounts', 'How large the cluster is.')
export class ObjectCountsView {
  @ApiField.int({ about: 'Objects read.' })
  readonly objects: number;

  @ApiField.int({ about: 'Pods.' })
  readonly pods: number;

  @ApiField.int({ about: 'Workloads.' })
  readonly workloads: number;

  @ApiField.int({ about: 'Nodes.' })
  readonly nodes: number;

  @ApiField.int({ about: 'Namespaces.' })
  readonly namespaces: number;
}

@View('ScanCost', 'What a scan cost the cluster and us.')
export class ScanCostView {
  @ApiField.int({ about: 'Requests to the API server.' })
  readonly requests: number;

  @ApiField.long({ about: 'Bytes received.' })
  readonly bytes: number;

  @ApiField.int({ about: 'Times that the API server asked us to wait.' })
  readonly throttled: number;

  @ApiField.float({ about: 'Milliseconds of processor time here.' })
  readonly cpuMs: number;

  @ApiField.long({ about: 'Bytes of evidence that are kept and were not kept before: what did not change is kept once.' })
  readonly evidenceBytes: number;
}

@View('ScanSummary', 'What came out of a scan. Show the score together with the coverage.')
export class ScanSummaryView {
  @ApiField.float({ about: '0 to 100; null where nothing could be decided.', isNullable: true })
  readonly score: number | null;

  @ApiField.object(() => OutcomeCountsView, { about: 'Controls by outcome.' })
  readonly controls: OutcomeCountsView;

  @ApiField.list(object(() => LayerSummaryView), { about: 'The same by layer.' })
  readonly layers: readonly LayerSummaryView[];

  @ApiField.object(() => FindingChangesView, { about: 'What changed among the findings.' })
  readonly findings: FindingChangesView;

  @ApiField.object(() => ObjectCountsView, { about: 'How large the cluster is.' })
  readonly counts: ObjectCountsView;

  @ApiField.object(() => ScanCostView, { about: 'What it cost.' })
  readonly cost: ScanCostView;

  static of(this: void, { score, controls, layers, findings, counts, cost }: ScanSummary): ScanSummaryView {
    const { opened, reopened, regressed, resolved, stillOpen, open } = findings;
    const { critical, high, medium, low, info } = open;
    const { objects, pods, workloads, nodes, namespaces } = counts;
    const { requests, bytes, throttled, cpuMs, evidenceBytes = 0 } = cost;
    return view(ScanSummaryView, {
      score,
      controls: OutcomeCountsView.of(controls),
      layers: layers.map(LayerSummaryView.of),
      findings: view(FindingChangesView, { opened, reopened, regressed, resolved, stillOpen, open: view(SeverityCountsView, { critical, high, medium, low, info }) }),
      counts: view(ObjectCountsView, { objects, pods, workloads, nodes, namespaces }),
      cost: view(ScanCostView, { requests, bytes, throttled, cpuMs, evidenceBytes }),
    });
  }
}

@View('MissingRead', 'A resource that was not read to its end.')
export class MissingReadView {
  @ApiField.text({ about: 'The resource as kubectl names it.' })
  readonly resource: string;

  @ApiField.oneOf(readStateEnum, { about: 'How much of it is known.' })
  readonly state: MissingRead['state'];

  @ApiField.oneOf(missingReasonEnum, { about: 'Why.', isNullable: true })
  readonly reason: MissingReason | null;

  @ApiField.text({ about: 'Why, as a sentence.' })
  readonly detail: string;
}

@View('ScanCoverage', 'How much could be judged, and why not the rest.')
export class ScanCoverageView {
  @ApiField.int({ about: 'Results that are pass or fail.' })
  readonly decided: number;

  @ApiField.int({ about: 'Decided, and what could not be judged.' })
  readonly applicable: number;

  @ApiField.float({ about: 'Decided of applicable, 0 to 1; null where nothing applied.', isNullable: true })
  readonly ratio: number | null;

  @ApiField.list(object(() => MissingReadView), { about: 'What was not read to its end.' })
  readonly missing: readonly MissingReadView[];

  @ApiField.list(text(), { about: "Controls that the organisation's policy had switched off." })
  readonly switchedOff: readonly string[];
}

@View('ScanFailure', 'Why a scan failed.')
export class ScanFailureView {
  @ApiField.text({ about: 'Stable slug.' })
  readonly reason: string;

  @ApiField.text({ about: 'What happened and what to do.' })
  readonly detail: string;
}

@View('Scan', 'One look at one cluster.')
export class ScanView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.oneOf(scanKindEnum, { about: 'Where the evidence comes from.' })
  readonly kind: Scan['kind'];

  @ApiField.bool({ about: 'A benchmark is judged, beside the posture or alone; its run has the id of the scan.' })
  readonly withBenchmark: boolean;

  @ApiField.id({ about: 'The scan whose evidence was judged once more.', isNullable: true })
  readonly sourceScanId: string | null;

  @ApiField.oneOf(scanStateEnum, { about: 'How far it is.' })
  readonly state: ScanState;

  @ApiField.bool({ about: "The cluster's first complete scan." })
  readonly isBaseline: boolean;

  @ApiField.bool({ about: 'Nothing that was to be read was lost on the way.' })
  readonly isComplete: boolean;

  @ApiField.text({ about: 'Id of the API key that asked for it, or `schedule`.' })
  readonly requestedBy: string;

  @ApiField.time({ about: 'When it was asked for.' })
  readonly requestedAt: Date;

  @ApiField.time({ about: 'When it began.', isNullable: true })
  readonly startedAt: Date | null;

  @ApiField.time({ about: 'When it ended.', isNullable: true })
  readonly finishedAt: Date | null;

  @ApiField.bool({ about: 'Someone asked to cancel it.' })
  readonly cancelRequested: boolean;

  @ApiField.object(() => ScanProgressView, { about: 'What it is doing, while it runs.', isNullable: true })
  readonly progress: ScanProgressView | null;

  @ApiField.object(() => ScanSummaryView, { about: 'What came out.', isNullable: true })
  readonly summary: ScanSummaryView | null;

  @ApiField.object(() => ScanCoverageView, { about: 'How much could be judged.', isNullable: true })
  readonly coverage: ScanCoverageView | null;

  @ApiField.object(() => ScanFailureView, { about: 'Why it failed.', isNullable: true })
  readonly failure: ScanFailureView | null;

  @ApiField.text({ about: 'Why no benchmark was judged beside the posture, where one was asked for and none could be chosen.', isNullable: true })
  readonly benchmarkRefused: string | null;

  static of(this: void, scan: Scan): ScanView {
    const { id, clusterId, kind, withBenchmark, sourceScanId, state, isBaseline, isComplete, requestedBy, requestedAt, startedAt, finishedAt, cancelRequested } = scan;
    const { progress, summary, coverage, failure } = scan;
    return view(ScanView, {
      id, clusterId, kind, withBenchmark, sourceScanId, state, isBaseline, isComplete, requestedBy, requestedAt, startedAt, finishedAt, cancelRequested,
      progress: progress && view(ScanProgressView, { phase: progress.phase, resource: progress.resource ?? null, objects: progress.objects }),
      summary: summary && ScanSummaryView.of(summary),
      coverage: coverage && view(ScanCoverageView, {
        decided: coverage.decided,
        applicable: coverage.applicable,
        ratio: coverage.ratio,
        switchedOff: coverage.switchedOff ?? [],
        missing: coverage.missing.map(({ resource, state: readState, reason, detail }) => view(MissingReadView, { resource, state: readState, reason, detail })),
      }),
      benchmarkRefused: summary?.benchmarkRefused ?? null,
      failure: failure && view(ScanFailureView, { reason: failure.reason, detail: failure.detail }),
    });
  }
}

export const scanPages = pageViews<Scan, ScanView>('Scan', ScanView, ScanView.of);

@View('UnknownGroup', 'Subjects that could not be judged for one reason.')
export class UnknownGroupView {
  @ApiField.text({ about: 'The evidence that is missing.' })
  readonly fact: string;

  @ApiField.oneOf(missingReasonEnum, { about: 'Why it is missing.' })
  readonly reason: MissingReason;

  @ApiField.text({ about: 'What would bring it.' })
  readonly detail: string;

  @ApiField.int({ about: 'How many subjects.' })
  readonly count: number;

  @ApiField.list(text(), { about: 'Up to five of them.' })
  readonly sample: readonly string[];
}

@View('NotApplicableGroup', 'Subjects that a control does not apply to, for one reason.')
export class NotApplicableGroupView {
  @ApiField.text({ about: 'The reason.' })
  readonly reason: string;

  @ApiField.bool({ about: 'They are expected to break the control, as system components do.' })
  readonly isExpected: boolean;

  @ApiField.int({ about: 'How many subjects.' })
  readonly count: number;

  @ApiField.list(text(), { about: 'Up to five of them.' })
  readonly sample: readonly string[];
}

/** How many subjects a control, or a part of one, says what of. */
@CommonView()
export class SubjectCountsView {
  @ApiField.int({ about: 'Subjects that pass.' })
  readonly passed: number;

  @ApiField.int({ about: 'Subjects that fail.' })
  readonly failed: number;

  @ApiField.int({ about: 'Subjects that could not be judged.' })
  readonly unknown: number;

  @ApiField.int({ about: 'Subjects that it does not apply to.' })
  readonly notApplicable: number;
}

@View('PartResult', 'What a control says of one of its parts, or of one rule that it judges together with others.')
export class PartResultView extends SubjectCountsView {
  @ApiField.text({ about: 'The part, as the control names it.' })
  readonly part: string;

  @ApiField.oneOf(outcomeEnum, { about: 'What the control says of it.' })
  readonly outcome: Outcome;

  static of(this: void, [part, { outcome, passed, failed, unknown, notApplicable }]: readonly [string, PartResult]): PartResultView {
    return view(PartResultView, { part, outcome, passed, failed, unknown, notApplicable });
  }
}

@View('ControlResult', 'What one control says in one scan; what failed stands in the findings.')
export class ControlResultView extends SubjectCountsView {
  @ApiField.text({ about: 'The control.' })
  readonly controlId: string;

  @ApiField.oneOf(outcomeEnum, { about: 'What it says.' })
  readonly outcome: Outcome;

  @ApiField.bool({ about: 'All its facts were read to their end.' })
  readonly isComplete: boolean;

  @ApiField.list(object(() => PartResultView), { about: 'The same by part; empty where the control has none.' })
  readonly parts: readonly PartResultView[];

  @ApiField.list(object(() => UnknownGroupView), { about: 'What could not be judged, and why.' })
  readonly unknowns: readonly UnknownGroupView[];

  @ApiField.list(object(() => NotApplicableGroupView), { about: 'What it does not apply to, and why.' })
  readonly notApplicables: readonly NotApplicableGroupView[];

  @ApiField.text({ about: 'What broke, where the outcome is `error`.', isNullable: true })
  readonly error: string | null;

  static of(this: void, result: ControlResult): ControlResultView {
    const { controlId, outcome, complete, passed, failed, unknown, notApplicable, parts, unknowns, notApplicables, error } = result;
    return view(ControlResultView, {
      controlId, outcome, isComplete: complete, passed, failed, unknown, notApplicable, error,
      parts: Object.entries(parts).map(PartResultView.of),
      unknowns: unknowns.map(({ missing: { fact, reason, detail }, count, sample }) => view(UnknownGroupView, { fact, reason, detail, count, sample })),
      notApplicables: notApplicables.map(({ reason, expected, count, sample }) => view(NotApplicableGroupView, { reason, isExpected: expected, count, sample })),
    });
  }
}

@View('ScanResults', 'One result a control.')
export class ScanResultsView {
  @ApiField.object(() => ScanView, { about: 'The scan, with its coverage.' })
  readonly scan: ScanView;

  @ApiField.list(object(() => ControlResultView), { about: 'The results; empty until the scan has finished.' })
  readonly items: readonly ControlResultView[];

  static of(this: void, { scan, results }: { readonly scan: Scan; readonly results: readonly ControlResult[] }): ScanResultsView {
    return view(ScanResultsView, { scan: ScanView.of(scan), items: results.map(ControlResultView.of) });
  }
}
