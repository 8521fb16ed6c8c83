import type { ServiceFacts } from '#inventory/facts.js';
import { parseAddress, parseCidr } from '#inventory/reachability/address.js';
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
  if (open !== undefined) return { ...base, loadBalancer: `its source ranges hold ${open}` };
  const unread = ranges.find((range) => !isRange(range));
  return unread === undefined ? base : { ...base, loadBalancer: `its source ranges hold ${JSON.stringify(unread.slice(0, 50))}, which is no range of addresses` };
}

/** A CIDR or an address: of anything else nobody can say whom it leaves out. */
export const isRange = (text: string): boolean => (parseCidr(text.trim()) ?? parseAddress(text.trim())) !== undefined;

/** A range that leaves hardly anyone out: a half of all addresses counts, as two halves are all. */
export function isEveryone(range: string): boolean {
  const slash = range.lastIndexOf('/');
  const bits = Number(range.slice(slash + 1));
  return slash > 0 && Number.isInteger(bits) && bits <= 1;
}
