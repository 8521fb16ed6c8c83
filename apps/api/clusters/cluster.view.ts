import type { Cluster, StoredVerification } from '#application/clusters/cluster.js';
import type { RightCheck } from '#application/ports/cluster-collector.js';
import type { ControlState } from '#application/scans/scan.js';
import type { BenchmarkId } from '#benchmarks/benchmark.js';
import type { Outcome } from '#controls/engine/evaluation.js';
import type { Platform } from '#inventory/facts.js';
import { benchmarkEnum } from '../benchmarks/benchmark-enum.js';
import { outcomeEnum } from '../controls/control-enums.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { object } from '../schema/fields.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { View, view } from '../schema/shapes.js';

export const platformEnum = namedEnum(
  'Platform',
  ['kubeadm', 'eks', 'aks', 'gke', 'openshift', 'k3s', 'rke2', 'kind', 'minikube', 'talos', 'unknown'] as const satisfies readonly Platform[],
  'Who runs the cluster.',
);
export const manifestEnum = namedEnum('RightsManifest', ['base', 'secrets', 'node-config'] as const satisfies readonly RightCheck['manifest'][], 'A ready manifest of rights.');

@View('Cluster', 'A cluster that is watched over.')
export class ClusterView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.text({ about: "Its name, unique among the organisation's clusters." })
  readonly name: string;

  @ApiField.texts({ about: 'Labels of your own.', example: { team: 'payments' } })
  readonly labels: Readonly<Record<string, string>>;

  @ApiField.text({ about: 'Such as `production`, in your own words.', isNullable: true })
  readonly environment: string | null;

  @ApiField.text({ about: 'Address of the API server; null for a cluster known by uploads only.', isNullable: true })
  readonly server: string | null;

  @ApiField.bool({ about: 'It can be scanned by us; otherwise upload snapshots.' })
  readonly hasConnection: boolean;

  @ApiField.oneOf(platformEnum, { about: 'As the last scan detected it.', isNullable: true })
  readonly platform: Platform | null;

  @ApiField.text({ about: 'Version of Kubernetes, as the last scan detected it.', isNullable: true })
  readonly version: string | null;

  @ApiField.bool({ about: 'Whether a provider runs its control plane.', isNullable: true })
  readonly isManaged: boolean | null;

  @ApiField.oneOf(benchmarkEnum, { about: 'The benchmark that was chosen to judge it by; null: the one that fits its platform and version.', isNullable: true })
  readonly benchmark: BenchmarkId | null;

  @ApiField.time({ about: 'Since when it is not scanned; null where it is.', isNullable: true })
  readonly pausedAt: Date | null;

  @ApiField.time({ about: 'Start of the present outage.', isNullable: true })
  readonly unreachableSince: Date | null;

  @ApiField.id({ about: 'Id of its last scan.', isNullable: true })
  readonly lastScanId: string | null;

  @ApiField.time({ about: 'When everything that was to be read was last read.', isNullable: true })
  readonly lastCompleteAt: Date | null;

  @ApiField.time({ about: 'When it was registered.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it was last changed.' })
  readonly updatedAt: Date;

  static of(this: void, cluster: Cluster): ClusterView {
    const { id, name, labels, environment, server, hasConnection, platform, version, isManaged, benchmark } = cluster;
    const { pausedAt, unreachableSince, lastScanId, lastCompleteAt, createdAt, updatedAt } = cluster;
    return view(ClusterView, {
      id, name, labels, environment, server, hasConnection, platform, version, isManaged, benchmark,
      pausedAt, unreachableSince, lastScanId, lastCompleteAt, createdAt, updatedAt,
    });
  }
}

export const clusterPages = pageViews<Cluster, ClusterView>('Cluster', ClusterView, ClusterView.of);

@View('Right', 'One right that the collector wants.')
export class RightView {
  @ApiField.text({ about: 'Resource as kubectl names it.' })
  readonly resource: string;

  @ApiField.text({ about: 'Verb.' })
  readonly verb: string;

  @ApiField.bool({ about: 'Whether the credentials have it.' })
  readonly isAllowed: boolean;

  @ApiField.oneOf(manifestEnum, { about: 'The manifest that grants it; see `/v1/rights`.' })
  readonly manifest: RightCheck['manifest'];

  @ApiField.list(text(), { about: 'Controls that need it.' })
  readonly unlocks: readonly string[];
}

const verificationStateEnum = namedEnum('VerificationState', ['queued', 'done'] as const, 'How far a verification is.');

@View('Verification', 'Whether the credentials work, and which rights they have.')
export class VerificationView {
  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.oneOf(verificationStateEnum, { about: 'How far it is.' })
  readonly state: 'queued' | 'done';

  @ApiField.time({ about: 'When it was asked for.' })
  readonly requestedAt: Date;

  @ApiField.time({ about: 'When it was done.', isNullable: true })
  readonly finishedAt: Date | null;

  @ApiField.bool({ about: 'Whether the API server answered as one.', isNullable: true })
  readonly isReachable: boolean | null;

  @ApiField.text({ about: 'Why not, as a slug.', isNullable: true })
  readonly reason: string | null;

  @ApiField.text({ about: 'Why not, as a sentence.', isNullable: true })
  readonly detail: string | null;

  @ApiField.oneOf(platformEnum, { about: 'Who runs the cluster.', isNullable: true })
  readonly platform: Platform | null;

  @ApiField.text({ about: 'Version of Kubernetes.', isNullable: true })
  readonly version: string | null;

  @ApiField.list(object(() => RightView), { about: 'The rights, those that are missing too.' })
  readonly rights: readonly RightView[];

  static of(this: void, clusterId: string, verification: StoredVerification): VerificationView {
    const result = verification.state === 'done' ? verification.result : undefined;
    return view(VerificationView, {
      clusterId,
      state: verification.state,
      requestedAt: new Date(verification.requestedAt),
      finishedAt: verification.state === 'done' ? new Date(verification.finishedAt) : null,
      isReachable: result?.reachable ?? null,
      reason: result?.problem?.reason ?? null,
      detail: result?.problem?.detail ?? null,
      platform: result?.cluster?.platform ?? null,
      version: result?.cluster?.version ?? null,
      rights: (result?.rights ?? []).map(({ resource, verb, allowed, manifest, unlocks }) => view(RightView, { resource, verb, isAllowed: allowed, manifest, unlocks })),
    });
  }
}

@View('ControlFreshness', 'When a control last had good evidence of a cluster.')
export class ControlFreshnessView {
  @ApiField.text({ about: 'The control.' })
  readonly controlId: string;

  @ApiField.oneOf(outcomeEnum, { about: 'What it said last.' })
  readonly lastOutcome: Outcome;

  @ApiField.time({ about: 'When it said so.' })
  readonly lastEvaluatedAt: Date;

  @ApiField.time({ about: 'When all its facts were last read to their end.', isNullable: true })
  readonly lastCompleteAt: Date | null;

  static of(this: void, { controlId, lastOutcome, lastEvaluatedAt, lastCompleteAt }: ControlState): ControlFreshnessView {
    return view(ControlFreshnessView, { controlId, lastOutcome, lastEvaluatedAt, lastCompleteAt });
  }
}

@View('FreshnessList', 'Freshness of every control that was ever evaluated on a cluster.')
export class FreshnessListView {
  @ApiField.list(object(() => ControlFreshnessView), { about: 'One a control.' })
  readonly items: readonly ControlFreshnessView[];
}
