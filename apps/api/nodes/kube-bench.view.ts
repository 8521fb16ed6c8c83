import type { KubeBenchResult } from '#application/nodes/kube-bench-result.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { pageViews } from '../schema/page.js';
import { Parameters, View, view } from '../schema/shapes.js';

@Parameters()
export class UploadKubeBenchParameters {
  @ApiField.list(text({ maxLength: 253, example: 'worker-1' }), { about: 'The node of each run in the file, in its order, for no report names it. Repeated, or divided by commas.', max: 1_000 })
  readonly node: readonly string[];

  @ApiField.text({ about: 'Release of kube-bench, which no report tells: to be shown.', isOptional: true, maxLength: 50, example: 'v0.10.7' })
  readonly toolVersion?: string;

  @ApiField.text({ about: 'The benchmark that kube-bench went by, where the file names none.', isOptional: true, maxLength: 50, example: 'cis-1.12' })
  readonly benchmark?: string;
}

@View('KubeBenchReport', "What kube-bench said of one node, in numbers: evidence of its own, never a verdict of ours.")
export class KubeBenchReportView {
  @ApiField.id({ about: 'Id of this report; the next one of the node has another.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster that it is of.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'Name of the node.' })
  readonly node: string;

  @ApiField.list(text(), { about: 'The benchmarks that it went by, as kube-bench names them.' })
  readonly benchmarks: readonly string[];

  @ApiField.text({ about: 'Version of Kubernetes, or of the platform, as kube-bench detected it.', isNullable: true })
  readonly detectedVersion: string | null;

  @ApiField.text({ about: 'Release of kube-bench, as the uploader said.', isNullable: true })
  readonly toolVersion: string | null;

  @ApiField.int({ about: 'Checks that it calls passed.' })
  readonly passed: number;

  @ApiField.int({ about: 'Checks that it calls failed.' })
  readonly failed: number;

  @ApiField.int({ about: 'Checks that it warns of: these are no passes.' })
  readonly warned: number;

  @ApiField.int({ about: 'Checks that it only mentions.' })
  readonly informed: number;

  @ApiField.time({ about: 'When it was received; a report does not tell when it was made.' })
  readonly receivedAt: Date;

  @ApiField.id({ about: 'The API key that uploaded it.' })
  readonly uploadedBy: string;

  static of(this: void, { id, clusterId, node, benchmarks, detectedVersion, toolVersion, totals, receivedAt, uploadedBy }: KubeBenchResult): KubeBenchReportView {
    const { pass: passed, fail: failed, warn: warned, info: informed } = totals;
    return view(KubeBenchReportView, { id, clusterId, node, benchmarks, detectedVersion, toolVersion, passed, failed, warned, informed, receivedAt, uploadedBy });
  }
}

export const kubeBenchPages = pageViews<KubeBenchResult, KubeBenchReportView>('KubeBenchReport', KubeBenchReportView, KubeBenchReportView.of);

@View('KubeBenchUpload', 'What was taken in.')
export class KubeBenchUploadView {
  @ApiField.list(object(() => KubeBenchReportView), { about: 'One a node, by name.' })
  readonly items: readonly KubeBenchReportView[];

  static of(this: void, results: readonly KubeBenchResult[]): KubeBenchUploadView {
    return view(KubeBenchUploadView, { items: results.map(KubeBenchReportView.of) });
  }
}
