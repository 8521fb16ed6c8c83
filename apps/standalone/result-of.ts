import type { Caller } from '#application/caller.js';
import type { EventType } from '#application/events/event.js';
import { severityRank, type Finding } from '#application/findings/finding.js';
import type { Scan } from '#application/scans/scan.js';
import { catalogueEntry } from '#application/controls/catalogue-entry.js';
import { layerOf, layers, type Control } from '#controls/engine/control.js';
import { riskOf } from '#controls/risk/risk.js';
import type { ApiServices } from '../composition/api-services.js';
import type { OpenControl, Result } from './render-result.js';

interface Reader {
  readonly services: ApiServices;
  readonly caller: Caller;
}

const transitions: readonly EventType[] = ['finding.opened', 'finding.reopened', 'finding.regressed', 'finding.resolved'];

/** Controls shown with their advice. */
const WORST = 5;
/** Changes looked at for the worst of them. */
const MOST_CHANGES = 2_000;

/** What there is to say about a finished scan. `feedBefore` is where the event feed ended when it was asked for. */
export async function resultOf(reader: Reader, scan: Scan, feedBefore: number): Promise<Result> {
  const { services, caller } = reader;
  const { clusterId } = scan;
  const { results } = await services.scans.results(caller, scan.id);
  const finished = await services.scans.list(caller, { clusterId, state: 'finished' }, { first: 2 });
  const open = await openControls(reader, clusterId, results);
  const worst = await Promise.all(
    open.slice(0, WORST).map(async (control) => {
      const page = await services.findings.list(caller, { clusterId, controlId: control.id, state: 'open' }, { first: 100 });
      return { ...control, example: page.edges.map(({ node }) => node).toSorted(worstFirst)[0] };
    }),
  );
  return {
    cluster: await services.clusters.get(caller, clusterId),
    scan,
    results,
    worst,
    others: open.slice(WORST),
    ...(finished.edges.length > 1 && { changes: await changesSince(reader, scan, feedBefore) }),
  };
}

/** Controls with open findings, those to be mended first in front. */
async function openControls({ services, caller }: Reader, clusterId: string, results: Result['results']): Promise<readonly OpenControl[]> {
  const counts = new Map(results.filter(({ failed }) => failed > 0).map(({ controlId, failed }) => [controlId, failed]));
  const open = new Map([...counts].map(([id, count]) => [id, { count, severity: catalogueEntry(id)?.severity ?? 'info', risk: 0 }]));
  // What could not be judged this time may still be open from before.
  const riskiest = await services.findings.list(caller, { clusterId, state: 'open' }, { first: 100 });
  for (const { node } of riskiest.edges) {
    const known = open.get(node.controlId);
    // One control's findings may weigh differently; the list begins with what is to be done first.
    if (!known) open.set(node.controlId, { count: 1, severity: node.severity, risk: node.risk });
    else if (known.risk === 0) open.set(node.controlId, { count: known.count, severity: node.severity, risk: node.risk });
    else if (!counts.has(node.controlId)) known.count++;
  }
  return [...open]
    .map(([id, { count, severity, risk }]) => ({ id, severity, control: catalogueEntry(id), count, risk: risk === 0 ? riskOf({ severity, layer: layerOf({ id: id as Control['id'] }) }) : risk }))
    .sort((a, b) => b.risk - a.risk || severityRank[b.severity] - severityRank[a.severity] || layerRank(a.id) - layerRank(b.id) || b.count - a.count || (a.id < b.id ? -1 : 1));
}

const layerRank = (id: string): number => layers.findIndex((layer) => id.startsWith(`${layer}/`));

/** Findings that this scan opened or closed, worst first. */
async function changesSince({ services, caller }: Reader, scan: Scan, feedBefore: number): Promise<readonly Finding[]> {
  const ids: string[] = [];
  for (let after = String(feedBefore); ids.length < MOST_CHANGES; ) {
    const page = await services.events.feed(caller, { after, first: 100, types: transitions });
    for (const { node } of page.edges) if (node.scanId === scan.id && node.findingId !== null) ids.push(node.findingId);
    if (!page.hasNextPage || page.endCursor === null) break;
    after = page.endCursor;
  }
  const findings = await services.findings.getMany(caller, ids);
  return findings.toSorted((a, b) => Number(a.state === 'resolved') - Number(b.state === 'resolved') || worstFirst(a, b));
}

/** The same order in every installation. */
const worstFirst = (a: Finding, b: Finding): number => b.risk - a.risk || severityRank[b.severity] - severityRank[a.severity] || (a.key < b.key ? -1 : 1);
