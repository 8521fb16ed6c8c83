import { partitionPoint } from '#inventory/partition-point.js';
import { firstV6, parseAddress, type Address } from '#inventory/reachability/address.js';
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

/** One address, the first, of all that lie in the same ranges of a profile's rules. Places come in the order of their addresses. */
function toldApart(profile: Profile, places: readonly Place[]): readonly Place[] {
  const firsts = new Set([0]);
  const cut = (address: Address): void => {
    firsts.add(partitionPoint(places.length, (at) => places[at]!.address < address));
  };
  const add = (rules: Iterable<{ readonly ranges: readonly { readonly first: Address; readonly last: Address }[] }>): void => {
    for (const { ranges } of rules) {
      for (const { first, last } of ranges) {
        cut(first);
        cut(last + 1n);
      }
    }
  };
  // The two families never lie in one range.
  cut(firstV6);
  add(profile.rules);
  for (const { policies } of [...profile.admin, ...profile.baseline]) for (const rules of policies) add(rules);
  return [...firsts].sort((a, b) => a - b).flatMap((at) => places[at] ?? []);
}
