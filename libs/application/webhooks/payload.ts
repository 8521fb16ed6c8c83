import type { Control } from '#controls/engine/control.js';
import type { Event } from '../events/event.js';
import type { Endpoint } from './endpoint.js';

/** What full payloads say of a control. */
export type ControlText = Pick<Control, 'id' | 'title' | 'why' | 'remediation'>;

/** What writing payloads needs of the installation. */
export interface PayloadContext {
  /** The control of an id or alias; undefined for one that this release no longer has. */
  readonly controlOf: (id: string) => ControlText | undefined;
  /** Start of every link, such as `https://bulwark.example`; '' makes them paths. */
  readonly publicUrl: string;
}

/** Most bytes of a body. */
export const LARGEST_BODY = 20_000;

/**
 * One event as receivers read it, as JSON: `{ id, type, position, timestamp, data }`. `id` tells two tellings of one
 * event apart from two events; `position` is its place in the feed.
 *
 * `data` thin: `clusterId`, `scanId`, `findingId`, `severity` (each where the event has it), `isBaseline` and `links`;
 * of a completed scan or benchmark also its counts, of a regression also which scans saw it pass and fail. Nothing in it names anything inside a cluster.
 * `data` full: what the feed says, with the control's `title`, `why` and `remediation` in `finding.control`. Where that
 * alone would be too large for a body, the event goes out thin, with `isShortened: true`.
 */
export function eventJson(event: Event, payload: Endpoint['payload'], context: PayloadContext): string {
  const json = write(event, payload === 'full' ? fullData(event, context) : thinData(event, context));
  if (Buffer.byteLength(json) + batchOverhead(1) <= LARGEST_BODY || payload === 'thin') return json;
  return write(event, { ...thinData(event, context), isShortened: true });
}

/** Body of a delivery of several events: `{ type: 'batch', timestamp, data: { events: […] } }`, in the feed's order. */
export const batchBody = (events: readonly string[], at: Date): Uint8Array => Buffer.from(`${batchStart(at)}${events.join(',')}${BATCH_END}`);

/** Bytes that a batch has besides its events. */
export const batchOverhead = (events: number): number => batchStart(new Date(0)).length + BATCH_END.length + Math.max(events - 1, 0);

/** Body of a message that only shows that an endpoint works; it is in no feed. */
export const testBody = (id: string, endpointId: string, at: Date): Uint8Array =>
  Buffer.from(JSON.stringify({ id, type: 'webhook.test', timestamp: at.toISOString(), data: { endpointId, message: 'This is a test. The endpoint works.' } }));

const batchStart = (at: Date): string => `{"type":"batch","timestamp":"${at.toISOString()}","data":{"events":[`;
const BATCH_END = ']}}';

const write = ({ id, type, position, createdAt }: Event, data: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ id, type, position, timestamp: createdAt.toISOString(), data });

function thinData(event: Event, context: PayloadContext): Readonly<Record<string, unknown>> {
  const { endpointId, reason, score, coverage, findings, counts, regressed } = event.data;
  return {
    ...ids(event, context),
    ...(event.type === 'webhook.endpoint_disabled' ? { endpointId, reason } : {}),
    ...(event.type === 'scan.completed' ? { score, coverage, findings } : {}),
    ...(event.type === 'benchmark.completed' ? { score, coverage, counts, regressed, findings } : {}),
    ...(event.type === 'finding.regressed' ? { regression: scansOf(event) } : {}),
  };
}

/** Which scans say so, without what they say. */
function scansOf({ data }: Event): unknown {
  const { regression } = data as { readonly regression?: Readonly<Record<'before' | 'after', { readonly scanId: string | null; readonly at: string | null }>> };
  const scan = (of: 'before' | 'after'): unknown => ({ scanId: regression?.[of].scanId ?? null, at: regression?.[of].at ?? null });
  return { before: scan('before'), after: scan('after') };
}

function fullData(event: Event, context: PayloadContext): Readonly<Record<string, unknown>> {
  const { finding } = event.data as { readonly finding?: { readonly controlId?: string } };
  if (!finding) return { ...event.data, ...ids(event, context) };
  const control = finding.controlId === undefined ? undefined : context.controlOf(finding.controlId);
  const text = control && { id: control.id, title: control.title, why: control.why, remediation: control.remediation };
  return { ...event.data, ...ids(event, context), finding: { ...finding, ...(text ? { control: text } : {}) } };
}

function ids({ clusterId, scanId, findingId, severity, isBaseline, data }: Event, { publicUrl }: PayloadContext): Readonly<Record<string, unknown>> {
  const { endpointId, run, regression, attestation } = data as { readonly endpointId?: string; readonly run?: { readonly id: string }; readonly regression?: { readonly after: { readonly runId: string } }; readonly attestation?: { readonly id: string } };
  const paths = { finding: ['findings', findingId], scan: ['scans', scanId], cluster: ['clusters', clusterId], endpoint: ['webhooks', endpointId], benchmarkRun: ['benchmark-runs', run?.id ?? regression?.after.runId], attestation: ['attestations', attestation?.id] } as const;
  const links = Object.entries(paths).flatMap(([name, [folder, id]]) => (id ? [[name, `${publicUrl}/v1/${folder}/${id}`]] : []));
  return {
    ...(clusterId ? { clusterId } : {}),
    ...(scanId ? { scanId } : {}),
    ...(findingId ? { findingId } : {}),
    ...(severity ? { severity } : {}),
    isBaseline,
    links: Object.fromEntries(links),
  };
}
