import { itemStatuses, type AnswerResult, type ClusterStanding, type FleetReport, type FrameworkReport, type ItemResult, type ItemStatus, type StatusCounts } from '#application/frameworks/framework-report.js';
import { answerText } from '#controls/frameworks/answers.js';
import type { Outcome } from '#controls/engine/evaluation.js';
import { outcomeEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { PageParameters, pageViews } from '../schema/page.js';
import { CommonView, Parameters, View, view } from '../schema/shapes.js';
import { SubjectCountsView } from '../scans/scan.view.js';
import { FrameworkItemView } from './framework.view.js';

const itemStatusEnum = namedEnum(
  'ItemStatus', itemStatuses,
  'How a cluster stands by an item. `unknown`: what answers it could not be judged. `manual`: no evidence of a cluster can answer it. `not-covered`: no control looks at it.',
);

@View('StatusCounts', 'How many stand how.')
export class StatusCountsView {
  @ApiField.int({ about: 'At least one control that answers passes, and none fails or is open.' })
  readonly pass: number;

  @ApiField.int({ about: 'A control that answers fails.' })
  readonly fail: number;

  @ApiField.int({ about: 'None fails, and one could not be judged.' })
  readonly unknown: number;

  @ApiField.int({ about: 'There is nothing that it applies to.' })
  readonly notApplicable: number;

  @ApiField.int({ about: 'No evidence of a cluster can answer it.' })
  readonly manual: number;

  @ApiField.int({ about: 'No control looks at it.' })
  readonly notCovered: number;

  static of(this: void, { pass, fail, unknown, 'not-applicable': notApplicable, manual, 'not-covered': notCovered }: StatusCounts): StatusCountsView {
    return view(StatusCountsView, { pass, fail, unknown, notApplicable, manual, notCovered });
  }
}

@View('AnswerResult', 'What a control that answers an item said.')
export class AnswerResultView extends SubjectCountsView {
  @ApiField.text({ about: 'The control, or `control#part`.' })
  readonly controlId: string;

  @ApiField.oneOf(outcomeEnum, { about: "What it said; null where the scan knew no such control or part, or the organisation's policy had it switched off.", isNullable: true })
  readonly outcome: Outcome | null;

  @ApiField.bool({ about: "The organisation's policy had it switched off." })
  readonly isSwitchedOff: boolean;

  static of(this: void, { outcome, isSwitchedOff, passed, failed, unknown, notApplicable, ...answer }: AnswerResult): AnswerResultView {
    return view(AnswerResultView, { controlId: answerText(answer), outcome, isSwitchedOff, passed, failed, unknown, notApplicable });
  }
}

@View('ItemResult', 'How a cluster stands by one item.')
export class ItemResultView {
  @ApiField.text({ about: 'Its number.', example: '5.2.2' })
  readonly number: string;

  @ApiField.text({ about: 'What it asks for, in our own words.' })
  readonly title: string;

  @ApiField.oneOf(itemStatusEnum, { about: 'How the cluster stands.' })
  readonly status: ItemStatus;

  @ApiField.text({ about: 'Why no evidence of a cluster can answer it; null where some can.', isNullable: true })
  readonly outside: string | null;

  @ApiField.list(object(() => AnswerResultView), { about: 'What the controls said that answer it.' })
  readonly answers: readonly AnswerResultView[];

  static of(this: void, { number, title, status, outside, answers }: ItemResult): ItemResultView {
    return view(ItemResultView, { number, title, status, outside, answers: answers.map(AnswerResultView.of) });
  }
}

/** What reports on one cluster have in common. */
@CommonView()
class ReportOfClusterView {
  @ApiField.text({ about: 'The framework.', example: 'cis-kubernetes' })
  readonly frameworkId: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.id({ about: 'The scan that the report is made of; null where the cluster was never scanned, and all of it is unknown.', isNullable: true })
  readonly scanId: string | null;

  @ApiField.time({ about: 'When that looked at the cluster.', isNullable: true })
  readonly scannedAt: Date | null;

  @ApiField.long({ about: 'How many seconds ago that was.', isNullable: true })
  readonly ageSeconds: number | null;

  @ApiField.bool({ about: 'Nothing that was to be read was lost on the way.' })
  readonly isComplete: boolean;

  @ApiField.object(() => StatusCountsView, { about: 'Items by status.' })
  readonly counts: StatusCountsView;

  @ApiField.float({ about: 'Items that pass, of those that pass or fail, 0 to 1; null where nothing was decided. Show it together with the coverage.', isNullable: true })
  readonly passRatio: number | null;

  @ApiField.float({ about: 'Items that pass or fail, of all but those that do not apply, 0 to 1; null where there are none.', isNullable: true })
  readonly coverage: number | null;
}

const ofCluster = ({ frameworkId, clusterId, scan, standing }: ClusterStanding): ReportOfClusterView => ({
  frameworkId, clusterId,
  scanId: scan?.scanId ?? null,
  scannedAt: scan?.scannedAt ?? null,
  ageSeconds: scan && Math.max(0, Math.round((Date.now() - scan.scannedAt.getTime()) / 1000)),
  isComplete: scan?.isComplete ?? false,
  counts: StatusCountsView.of(standing.counts), passRatio: standing.passRatio, coverage: standing.coverage,
});

@View('FrameworkReport', 'How one cluster stands by a framework, as a scan saw it.')
export class FrameworkReportView extends ReportOfClusterView {
  @ApiField.list(object(() => ItemResultView), { about: 'The items, in the order of the framework.' })
  readonly items: readonly ItemResultView[];

  static of(this: void, report: FrameworkReport): FrameworkReportView {
    return view(FrameworkReportView, { ...ofCluster(report), items: report.items.map(ItemResultView.of) });
  }
}

@View('ItemStanding', 'An item, and how a cluster stands by it.')
export class ItemStandingView {
  @ApiField.text({ about: 'Its number.', example: '5.2.2' })
  readonly number: string;

  @ApiField.oneOf(itemStatusEnum, { about: 'How the cluster stands.' })
  readonly status: ItemStatus;
}

@View('ClusterStanding', 'How one cluster of many stands by a framework, by its latest scan.')
export class ClusterStandingView extends ReportOfClusterView {
  @ApiField.list(object(() => ItemStandingView), { about: 'The items, in the order of the framework.' })
  readonly items: readonly ItemStandingView[];

  static of(this: void, found: ClusterStanding): ClusterStandingView {
    return view(ClusterStandingView, { ...ofCluster(found), items: found.items.map(({ number, status }) => view(ItemStandingView, { number, status })) });
  }
}

export const standingPages = pageViews<ClusterStanding, ClusterStandingView>('ClusterStanding', ClusterStandingView, ClusterStandingView.of);

@View('FleetItem', 'An item, and how many clusters stand how by it.')
export class FleetItemView extends FrameworkItemView {
  @ApiField.object(() => StatusCountsView, { about: 'Clusters by status.' })
  readonly counts: StatusCountsView;
}

@View('FleetReport', 'How all clusters together stand by a framework, each by its latest scan.')
export class FleetReportView {
  @ApiField.text({ about: 'The framework.', example: 'cis-kubernetes' })
  readonly frameworkId: string;

  @ApiField.int({ about: 'How many clusters there are.' })
  readonly clusters: number;

  @ApiField.int({ about: 'How many of them were never scanned: they are unknown in all that is asked.' })
  readonly neverScanned: number;

  @ApiField.time({ about: 'When the cluster was looked at whose latest scan is the oldest.', isNullable: true })
  readonly oldestScanAt: Date | null;

  @ApiField.list(object(() => FleetItemView), { about: 'The items, in the order of the framework.' })
  readonly items: readonly FleetItemView[];

  static of(this: void, { frameworkId, clusters, neverScanned, oldestScanAt, items }: FleetReport): FleetReportView {
    return view(FleetReportView, {
      frameworkId, clusters, neverScanned, oldestScanAt,
      items: items.map((item) => view(FleetItemView, { ...FrameworkItemView.of(item), counts: StatusCountsView.of(item.counts) })),
    });
  }
}

@Parameters()
export class ClusterStandingsParameters extends PageParameters {
  @ApiField.id({ about: 'The framework.' })
  readonly frameworkId: string;
}

const reportFormatEnum = namedEnum('ReportFormat', ['json', 'csv'] as const, 'How a report is written.');
const formatField = { about: 'How it is written; `json` where left out. In `csv` no text can be taken for a formula.', isOptional: true } as const;

@Parameters()
export class FleetReportParameters {
  @ApiField.oneOf(reportFormatEnum, formatField)
  readonly format?: 'json' | 'csv';
}

@Parameters()
export class FrameworkReportParameters extends FleetReportParameters {
  @ApiField.id({ about: 'The scan to report on; the latest that has finished where left out.', isOptional: true })
  readonly scan?: string;
}
