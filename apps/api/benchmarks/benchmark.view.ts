import { itemsOf, levelText, type Benchmark, type BenchmarkPlatform, type ControlAnswer, type Item, type Section } from '#benchmarks/benchmark.js';
import { itemControlOf } from '#benchmarks/findings/item-control.js';
import type { BenchmarkDifference } from '#benchmarks/item-history.js';
import { whereToGet } from '#benchmarks/evidence.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { CommonView, Parameters, View, view } from '../schema/shapes.js';

export const assessmentEnum = namedEnum('BenchmarkAssessment', ['automated', 'manual', 'unmarked'] as const satisfies readonly Item['assessment'][], 'How the publisher has an item assessed. `unmarked`: its text does not say.');
export const targetEnum = namedEnum('BenchmarkTarget', ['control-plane', 'etcd', 'node', 'cluster', 'cloud'] as const satisfies readonly Item['target'][], 'What an item is about.');
const platformEnum = namedEnum('BenchmarkPlatform', ['kubeadm', 'k3s', 'rke2', 'eks', 'aks', 'gke', 'openshift'] as const satisfies readonly BenchmarkPlatform[], 'Who installs and runs the clusters that a benchmark is for.');

/** What is said of an item wherever it is named. */
@CommonView()
class BenchmarkItemNamed {
  @ApiField.text({ about: "The publisher's number.", example: '1.2.9' })
  readonly itemId: string;

  @ApiField.text({ about: 'What it asks for, in our own words.' })
  readonly title: string;
}

const answerText = ({ controlId, part }: ControlAnswer): string => (part === undefined ? controlId : `${controlId}#${part}`);

@View('BenchmarkItem', 'One item of a benchmark.')
export class BenchmarkItemView extends BenchmarkItemNamed {
  @ApiField.oneOf(assessmentEnum, { about: 'How the publisher has it assessed.' })
  readonly assessment: Item['assessment'];

  @ApiField.text({ about: "The publisher's profile level; `level not known` where it is not carried. It is never guessed." })
  readonly level: string;

  @ApiField.oneOf(targetEnum, { about: 'What it is about.' })
  readonly target: Item['target'];

  @ApiField.list(text(), { about: 'What can decide it, any of which may be enough; empty where nothing but a person can.' })
  readonly decidedBy: readonly string[];

  @ApiField.list(text(), { about: 'Controls that decide it, as `control#part` where one part of a control does; empty where a rule of its own decides.' })
  readonly controlIds: readonly string[];

  @ApiField.list(text(), { about: 'Controls that find what fails it, named alike, where a rule of its own decides.' })
  readonly coveredBy: readonly string[];

  @ApiField.text({ about: 'What its findings are under in the catalogue, where no control covers it and evidence can fail it.', isNullable: true, example: 'control-plane/cis-4.3.1' })
  readonly ownControlId: string | null;

  @ApiField.text({ about: "How it is put right on the benchmark's platform." })
  readonly remediation: string;

  @ApiField.text({ about: 'Why a cluster of this platform cannot, or need not, be as asked.', isNullable: true })
  readonly caveat: string | null;

  @ApiField.text({ about: 'What a verdict does not say.', isNullable: true })
  readonly note: string | null;

  static of(this: void, item: Item, benchmark: Benchmark): BenchmarkItemView {
    const { id, title, assessment, level, target, evidence, answeredBy = [], coveredBy = [], remediation, caveat, note } = item;
    return view(BenchmarkItemView, {
      itemId: id, title, assessment, level: levelText(level), target, remediation, caveat: caveat ?? null, note: note ?? null,
      decidedBy: evidence.map((one) => whereToGet(one, benchmark.platform)), controlIds: answeredBy.map(answerText), coveredBy: coveredBy.map(answerText), ownControlId: itemControlOf(benchmark, item)?.id ?? null,
    });
  }
}

@View('BenchmarkSection', 'A section of a benchmark.')
export class BenchmarkSectionView {
  @ApiField.text({ about: 'Its number.', example: '1.2' })
  readonly id: string;

  @ApiField.text({ about: 'Its title, in our own words.' })
  readonly title: string;

  @ApiField.list(object(() => BenchmarkItemView), { about: 'Its items.' })
  readonly items: readonly BenchmarkItemView[];

  static of(this: void, { id, title, items }: Section, benchmark: Benchmark): BenchmarkSectionView {
    return view(BenchmarkSectionView, { id, title, items: items.map((item) => BenchmarkItemView.of(item, benchmark)) });
  }
}

@CommonView()
class BenchmarkHeadView {
  @ApiField.text({ about: 'Its id.', example: 'cis-1.12' })
  readonly id: string;

  @ApiField.text({ about: 'Its name.' })
  readonly title: string;

  @ApiField.oneOf(platformEnum, { about: 'Whose clusters it is for.' })
  readonly platform: BenchmarkPlatform;

  @ApiField.text({ about: 'First Kubernetes version that it was written for; null where that is every one that the provider runs.', isNullable: true, example: '1.32' })
  readonly kubernetesFrom: string | null;

  @ApiField.text({ about: 'The last one.', isNullable: true })
  readonly kubernetesTo: string | null;

  @ApiField.int({ about: 'How many items it has.' })
  readonly itemCount: number;
}

const headOf = (benchmark: Benchmark): BenchmarkHeadView => {
  const { id, title, platform, kubernetes } = benchmark;
  return { id, title, platform, kubernetesFrom: kubernetes?.from ?? null, kubernetesTo: kubernetes?.to ?? null, itemCount: itemsOf(benchmark).length };
};

@View('BenchmarkSummary', 'A benchmark without its items.')
export class BenchmarkSummaryView extends BenchmarkHeadView {
  static of(this: void, benchmark: Benchmark): BenchmarkSummaryView {
    return view(BenchmarkSummaryView, headOf(benchmark));
  }
}

@View('Benchmark', 'A benchmark with its items.')
export class BenchmarkView extends BenchmarkHeadView {
  @ApiField.list(object(() => BenchmarkSectionView), { about: 'Its sections, in order.' })
  readonly sections: readonly BenchmarkSectionView[];

  static of(this: void, benchmark: Benchmark): BenchmarkView {
    return view(BenchmarkView, { ...headOf(benchmark), sections: benchmark.sections.map((section) => BenchmarkSectionView.of(section, benchmark)) });
  }
}

@View('BenchmarkList', 'Every benchmark that is carried.')
export class BenchmarkListView {
  @ApiField.list(object(() => BenchmarkSummaryView), { about: 'The benchmarks.' })
  readonly items: readonly BenchmarkSummaryView[];
}

@View('BenchmarkItemName', 'An item by its number and title.')
export class BenchmarkItemNameView extends BenchmarkItemNamed {}

@View('MovedItem', 'An item under another number.')
export class MovedItemView {
  @ApiField.text({ about: 'Its number before.' })
  readonly from: string;

  @ApiField.text({ about: 'Its number now.' })
  readonly to: string;

  @ApiField.text({ about: 'What it asks for.' })
  readonly title: string;
}

@View('ChangedItem', 'An item that asks for something else.')
export class ChangedItemView extends BenchmarkItemNamed {
  @ApiField.list(text(), { about: 'What changed.' })
  readonly what: readonly string[];
}

@View('BenchmarkDifference', 'What changes where a cluster is judged by another benchmark. History, regressions and attestations go by what an item means, and follow its number.')
export class BenchmarkDifferenceView {
  @ApiField.text({ about: 'The benchmark before.' })
  readonly from: string;

  @ApiField.text({ about: 'The other one.' })
  readonly to: string;

  @ApiField.list(object(() => BenchmarkItemNameView), { about: 'Items that are new.' })
  readonly added: readonly BenchmarkItemNameView[];

  @ApiField.list(object(() => BenchmarkItemNameView), { about: 'Items that are no longer asked for.' })
  readonly removed: readonly BenchmarkItemNameView[];

  @ApiField.list(object(() => MovedItemView), { about: 'Items under another number.' })
  readonly moved: readonly MovedItemView[];

  @ApiField.list(object(() => ChangedItemView), { about: 'Items that ask for something else.' })
  readonly changed: readonly ChangedItemView[];

  static of(this: void, { from, to, added, removed, moved, changed }: BenchmarkDifference): BenchmarkDifferenceView {
    const named = ({ id, title }: { readonly id: string; readonly title: string }) => view(BenchmarkItemNameView, { itemId: id, title });
    return view(BenchmarkDifferenceView, {
      from, to, added: added.map(named), removed: removed.map(named), moved: moved.map((item) => view(MovedItemView, { from: item.from, to: item.to, title: item.title })),
      changed: changed.map(({ id, title, what }) => view(ChangedItemView, { itemId: id, title, what })),
    });
  }
}

@Parameters()
export class BenchmarkDifferenceParameters {
  @ApiField.text({ about: 'The benchmark to compare it with; `cis-1.10` and `cis-1.11` too, of which only the numbers are known.', minLength: 1, maxLength: 60, example: 'cis-1.11' })
  readonly from: string;
}
