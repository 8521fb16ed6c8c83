import { layerOf, type Control } from '#controls/engine/control.js';
import type { Cluster } from '../clusters/cluster.js';
import type { EventType, NewEvent } from '../events/event.js';
import type { Finding } from '../findings/finding.js';
import { uuidFrom } from '../uuid-from.js';
import type { Transition } from '#findings/known-finding.js';
import type { FindingTransition, SeverityChange } from '#findings/reconcile.js';
import { refText } from '#inventory/resource-ref.js';
import type { Scan, ScanCoverage, ScanFailure, ScanSummary } from './scan.js';

/** The scan whose events these are. */
export interface EventContext {
  readonly tenantId: string;
  readonly cluster: Pick<Cluster, 'id' | 'name' | 'environment' | 'labels'>;
  readonly scan: Pick<Scan, 'id' | 'kind'>;
  readonly isBaseline: boolean;
}

/** The value that decides, where it is known, and where it was found. */
export interface ToldValues {
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  /** File, flag, object or key. */
  readonly at: string | null;
  readonly source: string | null;
}

/** Of a failure that passed before; undefined where its detail alone says what was found. */
export type ValuesOf = (change: Pick<FindingTransition, 'passedIn' | 'failure'>) => ToldValues | undefined;

/** What transitions are told with. */
export interface ToldBeside {
  /** Findings that resolved, by key: nothing of the scan describes them any more. */
  readonly closed: ReadonlyMap<string, Finding>;
  /** Scans that saw pass what regressed, by id. */
  readonly scans: ReadonlyMap<string, Pick<Scan, 'id' | 'finishedAt'>>;
  readonly at: Date;
  readonly valuesOf?: ValuesOf;
}

/** One event a transition, made as it is asked for: a first scan may have more than fit into memory together. */
export function* findingEvents(context: EventContext, transitions: Iterable<FindingTransition>, beside: ToldBeside): Generator<NewEvent> {
  const { tenantId, isBaseline } = context;
  const { cluster, scan } = about(context);
  for (const change of transitions) {
    const { key, transition, sequence, severity } = change;
    const findingId = uuidFrom('finding', tenantId, cluster.id, key);
    // Plain literals: where objects are spread, an event takes ten times as long.
    yield {
      type: `finding.${transition}`, clusterId: cluster.id, scanId: scan.id, isBaseline,
      id: uuidFrom('event', tenantId, cluster.id, key, transition, sequence),
      findingId,
      severity,
      data: { cluster, scan, finding: describe(findingId, change, beside.closed.get(key)), regression: regressionOf(context, change, beside) },
    };
  }
}

/** Of what passed once and fails for the first time: both scans, both values, and what changed on which object. */
function regressionOf({ scan }: EventContext, change: FindingTransition, { scans, at, valuesOf }: ToldBeside): Readonly<Record<string, unknown>> | undefined {
  const { transition, passedIn = null, failure } = change;
  if (transition !== 'regressed' || !failure) return undefined;
  const values = valuesOf?.(change);
  return {
    before: { scanId: passedIn, at: (passedIn !== null && scans.get(passedIn)?.finishedAt?.toISOString()) || null, value: values?.before ?? null },
    after: { scanId: scan.id, at: at.toISOString(), value: values?.after ?? null },
    changed: {
      resource: failure.resource, part: failure.part, subject: values?.subject ?? refText(failure.resource), at: values?.at ?? null, source: values?.source ?? null,
      detail: parsed(values ? undefined : failure.detail), patch: parsed(failure.patch),
    },
  };
}

const parsed = (json: string | undefined): unknown => (json === undefined ? null : JSON.parse(json));

/** Findings that stay open and weigh more or less than before: by their surroundings, or by the organisation's policy. */
export function* severityEvents(context: EventContext, changes: Iterable<SeverityChange>): Generator<NewEvent> {
  const { tenantId, cluster, scan } = context;
  for (const { failure, before, controlId, sequence } of changes) {
    const { key, severity } = failure;
    const findingId = uuidFrom('finding', tenantId, cluster.id, key);
    yield {
      ...common(context, 'finding.severity_changed'),
      id: uuidFrom('event', tenantId, scan.id, key, 'severity_changed'),
      findingId,
      severity,
      data: { ...about(context), finding: describe(findingId, { controlId, key, severity, sequence, failure }, undefined), before: { severity: before } },
    };
  }
}

export function scanCompleted(context: EventContext, summary: ScanSummary, coverage: ScanCoverage, isComplete: boolean): NewEvent {
  const { score, controls, findings } = summary;
  const { decided, applicable, ratio, missing, switchedOff = [] } = coverage;
  return scanEvent(context, 'scan.completed', {
    isComplete, isBaseline: context.isBaseline, score, coverage: { decided, applicable, ratio, missing: missing.length, switchedOff: switchedOff.length }, controls, findings,
  });
}

export const scanFailed = (context: EventContext, failure: ScanFailure): NewEvent => scanEvent(context, 'scan.failed', { failure });

/** Told once an outage: by the scan that met it first. */
export const clusterUnreachable = (context: EventContext, failure: ScanFailure): NewEvent => scanEvent(context, 'cluster.unreachable', { failure });

function scanEvent(context: EventContext, type: EventType, data: Readonly<Record<string, unknown>>): NewEvent {
  return { ...common(context, type), id: uuidFrom('event', context.tenantId, context.scan.id, type), findingId: null, severity: null, data: { ...about(context), ...data } };
}

const common = ({ cluster, scan, isBaseline }: EventContext, type: EventType) => ({ type, clusterId: cluster.id, scanId: scan.id, isBaseline });

const about = ({ cluster, scan }: EventContext) => ({
  cluster: { id: cluster.id, name: cluster.name, environment: cluster.environment, labels: cluster.labels },
  scan: { id: scan.id, kind: scan.kind },
});

/** Fields that are undefined are not told. */
function describe(id: string, { controlId, key, severity, transition, sequence, failure }: Omit<FindingTransition, 'transition' | 'digest'> & { readonly transition?: Transition }, closed: Finding | undefined) {
  const resource = failure?.resource ?? (closed && { group: closed.resourceGroup, kind: closed.kind, namespace: closed.namespace, name: closed.name });
  return {
    id,
    key,
    controlId,
    layer: layerOf({ id: controlId as Control['id'] }),
    severity,
    risk: failure?.risk ?? closed?.risk ?? null,
    state: failure ? 'open' : 'resolved',
    transition,
    sequence,
    resource,
    part: failure?.part ?? closed?.part ?? '',
    message: failure?.message ?? closed?.message ?? '',
  };
}
