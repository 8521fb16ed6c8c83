import type { Labels } from '../clusters/cluster.js';
import type { Event } from '../events/event.js';
import { severityRank } from '../findings/finding.js';
import type { Endpoint } from './endpoint.js';

export type EndpointFilter = Pick<Endpoint, 'eventTypes' | 'minSeverity' | 'clusterLabels' | 'includeBaseline'>;

/**
 * Whether an endpoint wants to hear of an event. Labels are those that the cluster had when it happened; an event of no
 * cluster carries none. `minSeverity` is about events that have a severity. What a cluster's first complete scan found
 * is told by its `scan.completed` alone, unless the endpoint asks for each.
 */
export function wants(filter: EndpointFilter, event: Event): boolean {
  const { eventTypes, minSeverity, clusterLabels, includeBaseline } = filter;
  if (eventTypes && !eventTypes.includes(event.type)) return false;
  if (event.isBaseline && !includeBaseline && isFindingEvent(event)) return false;
  if (minSeverity && event.severity && severityRank[event.severity] < severityRank[minSeverity]) return false;
  if (!clusterLabels) return true;
  const labels = labelsOf(event);
  return Object.entries(clusterLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

export const isFindingEvent = ({ type }: Pick<Event, 'type'>): boolean => type.startsWith('finding.');

function labelsOf({ data }: Event): Labels {
  const { cluster } = data as { readonly cluster?: { readonly labels?: Labels } };
  return cluster?.labels ?? {};
}
