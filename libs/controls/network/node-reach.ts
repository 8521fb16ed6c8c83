import { partitionPoint } from '#inventory/partition-point.js';
import { isV6, parseAddress, type Address } from '#inventory/reachability/address.js';
import type { Profile } from '#inventory/reachability/compiled.js';
import type { Reachability } from '#inventory/reachability/reachability.js';

/** A port of a protocol as reachability counts them, and what a person calls it. */
export interface NamedPort {
  readonly point: number;
  readonly text: string;
}

/** How pods are let out to some addresses: at best denied to all; otherwise the first address found, with the ports of this status there. */
export type PortsReached = { readonly status: 'denied' } | { readonly status: 'allowed' | 'unknown'; readonly address: string; readonly ports: readonly NamedPort[] };

interface Place {
  readonly address: Address;
  readonly text: string;
}

/** Where pods are let out to among addresses that are many, such as those of nodes: of addresses that no rule tells apart one is asked about. */
export class AddressesReached {
  private readonly places: readonly Place[];
  private readonly ports: readonly NamedPort[];
  private readonly known = new Map<number, PortsReached>();

  constructor(
    private readonly reachability: Reachability,
    addresses: Iterable<string>,
    ports: readonly NamedPort[],
  ) {
    // In an order of their own: which are named first is not to depend on that of the objects.
    this.ports = ports.toSorted((a, b) => a.point - b.point);
    this.places = [...new Set(addresses)].flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [{ address, text }];
    }).toSorted((a, b) => (a.address < b.address ? -1 : 1));
  }

  get isEmpty(): boolean {
    return this.places.length === 0 || this.ports.length === 0;
  }

  by(classId: number): PortsReached {
    const { compiled } = this.reachability;
    const profileId = compiled.profileOf.egress[classId]!;
    let found = this.known.get(profileId);
    if (!found) this.known.set(profileId, (found = this.ask(compiled.profiles.egress[profileId]!)));
    return found;
  }

  private ask(profile: Profile): PortsReached {
    const { space } = this.reachability.compiled;
    let best: PortsReached = { status: 'denied' };
    for (const { address, text } of toldApart(profile, this.places)) {
      const { allowed, unknown } = this.reachability.cell(this.reachability.side(profile, { kind: 'address', address }, undefined));
      const open = this.ports.filter(({ point }) => space.has(allowed, point));
      if (open.length > 0) return { status: 'allowed', address: text, ports: open };
      const doubtful: readonly NamedPort[] = best.status === 'denied' ? this.ports.filter(({ point }) => space.has(unknown, point)) : [];
      if (doubtful.length > 0) best = { status: 'unknown', address: text, ports: doubtful };
    }
    return best;
  }
}

/** One address of all that lie in the same ranges of a profile's rules. */
function toldApart(profile: Profile, places: readonly Place[]): Iterable<Place> {
  const cuts = new Set<Address>();
  const add = (rules: Iterable<{ readonly ranges: readonly { readonly first: Address; readonly last: Address }[] }>): void => {
    for (const { ranges } of rules) {
      for (const { first, last } of ranges) {
        cuts.add(first);
        cuts.add(last + 1n);
      }
    }
  };
  add(profile.rules);
  for (const { policies } of [...profile.admin, ...profile.baseline]) for (const rules of policies) add(rules);
  const sorted = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  const found = new Map<string, Place>();
  for (const place of places) {
    const key = `${isV6(place.address) ? 6 : 4} ${partitionPoint(sorted.length, (at) => sorted[at]! <= place.address)}`;
    if (!found.has(key)) found.set(key, place);
  }
  return found.values();
}
