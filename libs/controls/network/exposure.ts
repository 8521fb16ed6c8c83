import type { ServiceFacts } from '#inventory/facts.js';
import { internalBy, sourceRangesOf } from '#inventory/readers/load-balancer.js';

/** How a Service can be reached from outside the cluster. */
export interface Exposure {
  /** Why its load balancer is open to everyone; undefined where there is none, or where it is not. */
  readonly loadBalancer?: string;
  /** Why its load balancer is not reached from the internet, where it says so. */
  readonly internalBy?: string;
  readonly nodePort: boolean;
  readonly externalIPs: readonly string[];
}

export function exposureOf(service: ServiceFacts): Exposure {
  const base = { nodePort: service.type === 'NodePort', externalIPs: service.externalIPs };
  if (service.type !== 'LoadBalancer') return base;
  const internal = internalBy(service);
  if (internal !== undefined) return { ...base, internalBy: internal };
  const ranges = sourceRangesOf(service);
  if (ranges.length === 0) return { ...base, loadBalancer: 'no source ranges are set' };
  const open = ranges.find(isEveryone);
  return open === undefined ? base : { ...base, loadBalancer: `its source ranges hold ${open}` };
}

/** A range that leaves hardly anyone out: a half of all addresses counts, as two halves are all. */
export function isEveryone(range: string): boolean {
  const slash = range.lastIndexOf('/');
  const bits = Number(range.slice(slash + 1));
  return slash > 0 && Number.isInteger(bits) && bits <= 1;
}
