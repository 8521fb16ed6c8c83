import type { BenchmarkFleet, FleetItem, FleetRow } from '#application/benchmarks/fleet.js';
import type { ItemDifference, RunDifference } from '#application/benchmarks/run-difference.js';
import type { ItemOutcome } from '#benchmarks/outcomes/item-outcome.js';
import { ApiField } from '../schema/api-field.js';
import { id, text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { View, view } from '../schema/shapes.js';
import { BenchmarkCountsView, BenchmarkRunView, itemOutcomeEnum } from './benchmark-run.view.js';

@View('MatrixCell', 'What a cluster says of one item.')
export class MatrixCellView {
  @ApiField.text({ about: "The item's number in the benchmark that was asked for." })
  readonly itemId: string;

  @ApiField.oneOf(itemOutcomeEnum, { about: "By the cluster's latest run; null where the benchmark of that run does not ask for it.", isNullable: true })
  readonly outcome: ItemOutcome | null;
}

@View('MatrixRow', 'One cluster of the fleet by every item of a benchmark.')
export class MatrixRowView {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.object(() => BenchmarkRunView, { about: 'Its latest run, of whatever benchmark; null where it was never judged, and all of it is unknown.', isNullable: true })
  readonly run: BenchmarkRunView | null;

  @ApiField.list(object(() => MatrixCellView), { about: 'The items, in the order of the benchmark that was asked for.' })
  readonly items: readonly MatrixCellView[];

  static of(this: void, { clusterId, run, items }: FleetRow): MatrixRowView {
    return view(MatrixRowView, { clusterId, run: run ? BenchmarkRunView.of(run) : null, items: items.map(({ itemId, outcome }) => view(MatrixCellView, { itemId, outcome })) });
  }
}

export const matrixPages = pageViews<FleetRow, MatrixRowView>('MatrixRow', MatrixRowView, MatrixRowView.of);

@View('FleetBenchmarkItem', 'How the fleet stands by one item.')
export class FleetBenchmarkItemView {
  @ApiField.text({ about: 'Its number.' })
  readonly itemId: string;

  @ApiField.text({ about: 'What it asks for.' })
  readonly title: string;

  @ApiField.object(() => BenchmarkCountsView, { about: 'Clusters by outcome.' })
  readonly counts: BenchmarkCountsView;

  @ApiField.int({ about: 'Clusters whose benchmark does not ask for it.' })
  readonly notAsked: number;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'What most clusters that are decided say; null where none is.', isNullable: true })
  readonly usual: ItemOutcome | null;

  @ApiField.int({ about: 'Clusters that are decided otherwise than most.' })
  readonly differ: number;

  @ApiField.list(id(), { about: 'Up to twenty of those.' })
  readonly differing: readonly string[];

  @ApiField.text({ about: 'The same as a sentence; null where none differs.', isNullable: true, example: '3 of 40 clusters differ on 1.2.9: 37 pass, 3 fail.' })
  readonly sentence: string | null;

  static of(this: void, { item, counts, notAsked, usual, differ, differing, sentence }: FleetItem): FleetBenchmarkItemView {
    return view(FleetBenchmarkItemView, { itemId: item.id, title: item.title, counts: BenchmarkCountsView.of(counts), notAsked, usual, differ, differing, sentence });
  }
}

@View('FleetBenchmark', 'How all clusters together stand by a benchmark, each by its latest run, and where they differ.')
export class FleetBenchmarkView {
  @ApiField.text({ about: 'The benchmark.' })
  readonly benchmark: string;

  @ApiField.int({ about: 'How many clusters there are.' })
  readonly clusters: number;

  @ApiField.int({ about: 'How many of them were never judged: they are unknown in all that is asked.' })
  readonly neverJudged: number;

  @ApiField.time({ about: 'When the cluster was judged whose latest run is the oldest.', isNullable: true })
  readonly oldestRunAt: Date | null;

  @ApiField.list(text(), { about: 'Where clusters differ, a sentence each, the widest split first.' })
  readonly divergence: readonly string[];

  @ApiField.list(object(() => FleetBenchmarkItemView), { about: 'The items, in order.' })
  readonly items: readonly FleetBenchmarkItemView[];

  static of(this: void, { benchmark, clusters, neverJudged, oldestRunAt, items }: BenchmarkFleet): FleetBenchmarkView {
    const divergence = items.toSorted((a, b) => b.differ - a.differ).flatMap(({ sentence }) => sentence ?? []);
    return view(FleetBenchmarkView, { benchmark: benchmark.id, clusters, neverJudged, oldestRunAt, divergence, items: items.map(FleetBenchmarkItemView.of) });
  }
}

const changeEnum = namedEnum('ItemChange', ['worse', 'better', 'other', 'added', 'removed'] as const satisfies readonly ItemDifference['change'][], 'How an item changed. `worse` and `better` are between pass and fail alone; `added` and `removed`: the benchmarks differ.');

@View('BenchmarkItemDifference', 'An item on which two runs differ.')
export class ItemDifferenceView {
  @ApiField.text({ about: "Its number in the earlier run's benchmark; null where that does not ask for it.", isNullable: true })
  readonly itemBefore: string | null;

  @ApiField.text({ about: "Its number in the later run's benchmark; null where that does not ask for it.", isNullable: true })
  readonly itemAfter: string | null;

  @ApiField.oneOf(changeEnum, { about: 'How it changed.' })
  readonly change: ItemDifference['change'];

  @ApiField.oneOf(itemOutcomeEnum, { about: 'What it said.', isNullable: true })
  readonly before: ItemOutcome | null;

  @ApiField.oneOf(itemOutcomeEnum, { about: 'What it says.', isNullable: true })
  readonly after: ItemOutcome | null;

  @ApiField.text({ about: 'Why it said so.', isNullable: true })
  readonly sentenceBefore: string | null;

  @ApiField.text({ about: 'Why it says so.', isNullable: true })
  readonly sentenceAfter: string | null;

  static of(this: void, { before, after, change }: ItemDifference): ItemDifferenceView {
    return view(ItemDifferenceView, {
      itemBefore: before?.itemId ?? null, itemAfter: after?.itemId ?? null, change, before: before?.outcome ?? null, after: after?.outcome ?? null,
      sentenceBefore: before?.sentence ?? null, sentenceAfter: after?.sentence ?? null,
    });
  }
}

@View('BenchmarkRunDifference', 'Where two runs differ, by evidence.')
export class RunDifferenceView {
  @ApiField.object(() => BenchmarkRunView, { about: 'The earlier run.' })
  readonly from: BenchmarkRunView;

  @ApiField.object(() => BenchmarkRunView, { about: 'The later run.' })
  readonly to: BenchmarkRunView;

  @ApiField.int({ about: 'Items that say the same.' })
  readonly unchanged: number;

  @ApiField.list(object(() => ItemDifferenceView), { about: 'Items that do not.' })
  readonly items: readonly ItemDifferenceView[];

  static of(this: void, { from, to, unchanged, items }: RunDifference): RunDifferenceView {
    return view(RunDifferenceView, { from: BenchmarkRunView.of(from), to: BenchmarkRunView.of(to), unchanged, items: items.map(ItemDifferenceView.of) });
  }
}
