import type { Evaluation, Failure } from '#controls/engine/evaluation.js';
import { KeyPiece, KeySetBuilder } from '#controls/engine/key-set.js';
import { findingKey } from '#controls/engine/named-subject.js';
import { SeenValuesBuilder, type Values } from '#controls/engine/values.js';
import type { ControlSetting } from '#controls/engine/world.js';
import { riskOf, surroundingsText } from '#controls/risk/risk.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import type { BenchmarkId, Item } from '../benchmark.js';
import type { Finding } from '../judge/finding.js';
import type { ItemControl } from './item-control.js';

/** What a finding of an item keeps as its detail. */
export interface ItemFindingDetail {
  readonly benchmark: BenchmarkId;
  /** The publisher's number. */
  readonly item: string;
  /** As the run calls it: a node, a process on one, or `cluster`. */
  readonly subject: string;
  /** The value that fails, as it was found. */
  readonly found?: string;
  /** File, flag, object or key that it was found in. */
  readonly at?: string;
  readonly source?: string;
  /** On the benchmark's platform. */
  readonly remediation: string;
}

export const nodeRef = (name: string): ResourceRef => ({ group: '', kind: 'Node', namespace: '', name });
export const clusterRef: ResourceRef = { group: '', kind: 'Cluster', namespace: '', name: 'cluster' };

const surroundings = surroundingsText({});
const seeRun: MissingEvidence = { fact: 'node-evidence', reason: 'not-requested', detail: 'what would tell stands with the item in the benchmark run' };

/** An item is about one value, wherever it was found. */
const valuesOf = ({ found }: Finding): Values | undefined => (found === undefined ? undefined : { found });

/** Gathers what one item says of its subjects as findings of its own, while they are judged. Each subject is told once. */
export class OwnFindings {
  private readonly failures: Failure[] = [];
  private readonly passed = new KeySetBuilder();
  private readonly seen = new SeenValuesBuilder();
  private readonly held = new KeySetBuilder();
  private readonly counts = { passed: 0, failed: 0, unknown: 0, notApplicable: 0 };

  constructor(
    private readonly control: ItemControl,
    private readonly item: Item,
    private readonly benchmark: BenchmarkId,
    private readonly setting: Pick<ControlSetting, 'severity'> = {},
  ) {}

  /** What other programs say is no evidence of ours: it opens nothing and resolves nothing. */
  add(resource: ResourceRef, subject: string, finding: Finding): void {
    if (finding.source === 'kube-bench') return this.hold(resource);
    switch (finding.status) {
      case 'pass':
        this.counts.passed++;
        return this.pass(this.keyOf(resource), valuesOf(finding));
      case 'fail':
        this.counts.failed++;
        this.failures.push(this.failureOf(resource, subject, finding));
        return;
      case 'not-applicable':
        this.counts.notApplicable++;
        return;
      case 'unknown':
      case 'manual':
        return this.hold(resource);
    }
  }

  /** Nobody knows of the subject: what is known of it stays. */
  hold(resource: ResourceRef): void {
    this.counts.unknown++;
    this.held.add(this.keyOf(resource));
  }

  /** What was told of is known, or known not to be there. */
  get isDecided(): boolean {
    const { passed, failed, unknown, notApplicable } = this.counts;
    return unknown === 0 && passed + failed + notApplicable > 0;
  }

  /** `isComplete`: all subjects there are were told, so that others are gone. */
  finish(isComplete: boolean): Evaluation {
    const { passed, failed, unknown, notApplicable } = this.counts;
    const outcome = failed > 0 ? 'fail' : unknown > 0 || !isComplete ? 'unknown' : passed > 0 ? 'pass' : 'not-applicable';
    return {
      controlId: this.control.id, layer: this.control.layer, outcome, complete: isComplete, passesStand: true, passed, failed, unknown, notApplicable,
      failures: this.failures, unknowns: unknown === 0 ? [] : [{ missing: seeRun, count: unknown, sample: [] }], notApplicables: [], passedKeys: this.passed.build(), seen: this.seen.build(), heldKeys: this.held.build(),
    };
  }

  private pass(key: string, values: Values | undefined): void {
    this.passed.add(key);
    if (values) this.seen.addPieces(values, KeyPiece.of(key), KeyPiece.empty, KeyPiece.empty);
  }

  private keyOf(resource: ResourceRef): string {
    return findingKey(this.control.id, resource, '');
  }

  private failureOf(resource: ResourceRef, subject: string, finding: Finding): Failure {
    const { text, found, at, source } = finding;
    const values = valuesOf(finding);
    const severity = this.setting.severity ?? this.control.severity;
    const detail = {
      benchmark: this.benchmark, item: this.item.id, subject, ...(found !== undefined && { found }), ...(at !== undefined && { at }), ...(source !== undefined && { source }), remediation: this.item.remediation,
    } satisfies ItemFindingDetail;
    return { key: this.keyOf(resource), resource, part: '', severity, message: `${subject === resource.name ? '' : `${subject}: `}${text}`, detail, risk: riskOf({ severity, layer: this.control.layer }), surroundings, basis: 'cluster', ...(values && { values }) };
  }
}
