import { layerOf, type Control, type DecidingField } from '#controls/engine/control.js';
import { changeOf, type Values } from '#controls/engine/values.js';
import type { Cluster } from '../clusters/cluster.js';
import type { EventType, NewEvent } from '../events/event.js';
import type { Finding } from '../findings/finding.js';
import type { JudgedControl } from '../ports/cluster-collector.js';
import { uuidFrom } from '../uuid-from.js';
import type { FoundFailure } from '#findings/found-failure.js';
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

/** Of a failure, beside what it rests on: the subject by another name than its object's, and where its value was found. */
export interface FoundWhere {
  readonly subject?: string;
  /** File, flag, object or key. */
  readonly at?: string;
  readonly source?: string;
}

type FieldsOf = (controlId: string) => JudgedControl['fields'];

export function fieldsByControl(controls: readonly JudgedControl[]): FieldsOf {
  const byId = new Map(controls.map(({ id, fields }) => [id, fields]));
  return (id) => byId.get(id);
}

/** What transitions are told with. */
export interface ToldBeside {
  /** Findings that resolved, by key: nothing of the scan describes them any more. */
  readonly closed: ReadonlyMap<string, Finding>;
  /** Scans that saw pass what regressed, by id. */
  readonly scans: ReadonlyMap<string, Pick<Scan, 'id' | 'finishedAt'>>;
  readonly at: Date;
  /** Of controls whose parts rest on one field. */
  readonly fieldsOf?: FieldsOf;
  /** Where failures tell it in a detail of their own kind. */
  readonly foundWhere?: (failure: FoundFailure) => FoundWhere;
}

/** One event a transition, made as it is asked for: a first scan may have more than fit into memory together. */
export function* findingEvents(context: EventContext, transitions: Iterable<FindingTransition>, beside: ToldBeside): Generator<NewEvent> {
  const { tenantId, isBaseline, cluster, scan } = context;
  const told = about(context);
  for (const change of transitions) {
    const { key, transition, sequence, severity } = change;
    const findingId = uuidFrom('finding', tenantId, cluster.id, key);
    // Plain literals: where objects are spread, an event takes ten times as long.
    yield {
      type: `finding.${transition}`, clusterId: cluster.id, scanId: scan.id, isBaseline,
      id: uuidFrom('event', tenantId, cluster.id, key, transition, sequence),
      findingId,
      severity,
      about: told,
      data: { finding: describe(findingId, change, beside.closed.get(key)), regression: regressionOf(context, change, beside) },
    };
  }
}

/** Of what passed once and fails for the first time: both scans, both values, and what changed on which object. */
function regressionOf({ scan }: EventContext, { transition, controlId, passedIn = null, passedWith, failure }: FindingTransition, { scans, at, fieldsOf, foundWhere }: ToldBeside): Readonly<Record<string, unknown>> | undefined {
  if (transition !== 'regressed' || !failure) return undefined;
  const field = fieldOf(fieldsOf?.(controlId) ?? {}, failure.part);
  const { names, before, after } = field ? changeOf({ [field.name]: field.passes }, { [field.name]: field.fails }) : changeOf(passedWith, parsed(failure.values) as Values | undefined);
  const where = foundWhere?.(failure);
  return {
    before: { scanId: passedIn, at: (passedIn !== null && scans.get(passedIn)?.finishedAt?.toISOString()) || null, value: before },
    after: { scanId: scan.id, at: at.toISOString(), value: after },
    changed: {
      resource: failure.resource, part: failure.part, subject: where?.subject ?? refText(failure.resource), at: where ? (where.at ?? null) : names.join(', ') || null, source: where?.source ?? null,
      detail: where ? null : (parsed(failure.detail) ?? null), patch: parsed(failure.patch) ?? null,
    },
  };
}

function fieldOf(fields: NonNullable<JudgedControl['fields']>, part: string): DecidingField | undefined {
  return Object.hasOwn(fields, part) ? fields[part] : fields[''];
}

const parsed = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json));

/** Findings that stay open and weigh more or less than before: by their surroundings, or by the organisation's policy. */
export function* severityEvents(context: EventContext, changes: Iterable<SeverityChange>): Generator<NewEvent> {
  const { tenantId, cluster, scan } = context;
  const told = about(context);
  for (const { failure, before, controlId, sequence } of changes) {
    const { key, severity } = failure;
    const findingId = uuidFrom('finding', tenantId, cluster.id, key);
    yield {
      ...common(context, 'finding.severity_changed'),
      id: uuidFrom('event', tenantId, scan.id, key, 'severity_changed'),
      findingId,
      severity,
      about: told,
      data: { finding: describe(findingId, { controlId, key, severity, sequence, failure }, undefined), before: { severity: before } },
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
  return { ...common(context, type), id: uuidFrom('event', context.tenantId, context.scan.id, type), findingId: null, severity: null, about: about(context), data };
}

const common = ({ cluster, scan, isBaseline }: EventContext, type: EventType) => ({ type, clusterId: cluster.id, scanId: scan.id, isBaseline });

/** What events tell of a cluster. */
export const toldOf = ({ id, name, environment, labels }: EventContext['cluster']): EventContext['cluster'] => ({ id, name, environment, labels });

const about = ({ cluster, scan }: EventContext) => ({
  cluster: toldOf(cluster),
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
