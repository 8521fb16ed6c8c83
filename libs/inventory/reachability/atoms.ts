import type { Labels, LabelSelector } from '../facts.js';
import { partitionPoint } from '../partition-point.js';
import { allV4, allV6, isV6, parseAddress, rangesHold, type Address, type AddressRange, type Ranges } from './address.js';
import { setBit, type Bits } from './bits.js';
import type { Endpoint, EndpointPort, NamespaceLabels, ReachabilityInput, UnevaluatedPolicy } from './input.js';
import type { IdSet } from './id-set.js';
import { LabelIndex } from './label-index.js';

/** The label by which the API server tells every namespace's own name. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Labels of namespaces by name; those that nobody listed have their name alone. */
export class NamespaceTable {
  readonly names: readonly string[];
  readonly labels: readonly Labels[];
  private readonly ids = new Map<string, number>();

  constructor(namespaces: readonly NamespaceLabels[], endpoints: readonly Endpoint[]) {
    const labels: Labels[] = [];
    const add = (name: string, known: Labels): void => {
      if (this.ids.has(name)) return;
      this.ids.set(name, labels.length);
      labels.push({ ...known, [nameLabel]: name });
    };
    for (const { name, labels: known } of namespaces) add(name, known);
    for (const { namespace } of endpoints) add(namespace, {});
    this.labels = labels;
    this.names = [...this.ids.keys()];
  }

  idOf(name: string): number | undefined {
    return this.ids.get(name);
  }
}

/** Pods of one namespace, or of every namespace that a selector matches. */
export type PodTest =
  | { readonly namespace: string; readonly podSelector: LabelSelector }
  | { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector };

/**
 * Endpoints that are equal in everything policies can see, once each and grouped by namespace: selectors are matched against
 * these, not against pods.
 */
export class AtomTable {
  readonly size: number;
  /** Atoms on whose address nothing is known. */
  readonly unaddressed: readonly number[];
  /** The address families that pods of this cluster have. */
  readonly families: readonly AddressRange[];
  readonly namespaces: NamespaceTable;
  private readonly one: readonly Endpoint[];
  private readonly atomOf: Uint32Array;
  private readonly namespaceOf: Uint32Array;
  private readonly labelsOf: Uint32Array;
  private readonly portSetOf: Uint32Array;
  /** By namespace: where its atoms begin; the next one's beginning is their end. */
  private readonly starts: Uint32Array;
  private readonly labelIndex: LabelIndex;
  private readonly namespaceIndex: LabelIndex;
  /** By set of ports: those that any policy calls by their name. */
  readonly portSets: readonly (readonly EndpointPort[])[];
  private readonly addressed: readonly { readonly address: Address; readonly atom: number }[];
  private readonly manyAddresses: readonly { readonly addresses: readonly Address[]; readonly atom: number }[];

  /** `ranges`: every range that any policy names; what none of them tells apart is one. */
  constructor({ endpoints, namespaces }: ReachabilityInput, portNames: ReadonlySet<string>, ranges: readonly AddressRange[], usesAccounts: boolean) {
    const places = new AddressPlaces(ranges);
    this.namespaces = new NamespaceTable(namespaces, endpoints);
    const labelSets = new Interned<Labels>((labels) => JSON.stringify(Object.keys(labels).sort().map((key) => [key, labels[key]])));
    const portSets = new Interned<readonly EndpointPort[]>((ports) =>
      JSON.stringify(ports.filter(({ name }) => name !== undefined && portNames.has(name)).map(({ name, protocol, port }) => `${name} ${protocol} ${port}`).sort()));
    const found = new Map<string, { readonly endpoint: Endpoint; readonly namespace: number; readonly labels: number; readonly ports: number; at: number }>();
    const byEndpoint = endpoints.map((endpoint) => {
      const namespace = this.namespaces.idOf(endpoint.namespace)!;
      const labels = labelSets.idOf(endpoint.labels);
      const ports = portNames.size === 0 ? portSets.idOf(noPorts) : portSets.idOf(endpoint.ports);
      const key = `${namespace} ${labels} ${ports} ${endpoint.hostNetwork ? 1 : 0} ${places.of(endpoint.addresses)} ${usesAccounts ? endpoint.serviceAccount ?? '' : ''}`;
      let atom = found.get(key);
      if (!atom) found.set(key, (atom = { endpoint, namespace, labels, ports, at: 0 }));
      return atom;
    });
    const sorted = [...found.values()].sort((a, b) => a.namespace - b.namespace);
    this.size = sorted.length;
    this.one = sorted.map(({ endpoint }) => endpoint);
    this.namespaceOf = Uint32Array.from(sorted, ({ namespace }) => namespace);
    this.labelsOf = Uint32Array.from(sorted, ({ labels }) => labels);
    this.portSetOf = Uint32Array.from(sorted, ({ ports }) => ports);
    this.starts = new Uint32Array(this.namespaces.names.length + 1);
    for (const [at, atom] of sorted.entries()) {
      atom.at = at;
      this.starts[atom.namespace + 1] = at + 1;
    }
    for (let id = 1; id < this.starts.length; id++) this.starts[id] = Math.max(this.starts[id]!, this.starts[id - 1]!);
    this.atomOf = Uint32Array.from(byEndpoint, ({ at }) => at);
    this.labelIndex = new LabelIndex(labelSets.values);
    this.namespaceIndex = new LabelIndex(this.namespaces.labels);
    this.portSets = portSets.values.map((ports) => ports.filter(({ name }) => name !== undefined && portNames.has(name)));

    const addressed: { address: Address; atom: number }[] = [];
    const many: { addresses: readonly Address[]; atom: number }[] = [];
    const unaddressed: number[] = [];
    const asked = ranges.length > 0 ? this.size : 0;
    for (let atom = 0; atom < asked; atom++) {
      const addresses = this.one[atom]!.addresses.map((text) => parseAddress(text)).filter((address) => address !== undefined);
      if (addresses.length === 0) unaddressed.push(atom);
      if (addresses.length > 1) many.push({ addresses, atom });
      for (const address of addresses) addressed.push({ address, atom });
    }
    this.addressed = addressed.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    this.manyAddresses = many;
    this.unaddressed = unaddressed;
    const hasV4 = addressed.some(({ address }) => !isV6(address));
    const hasV6 = addressed.some(({ address }) => isV6(address));
    this.families = [...(hasV4 || !hasV6 ? [allV4] : []), ...(hasV6 ? [allV6] : [])];
  }

  portsAt(atom: number): number {
    return this.portSetOf[atom]!;
  }

  isHostNetwork(atom: number): boolean {
    return this.one[atom]!.hostNetwork;
  }

  ofEndpoints(map: (atom: number) => number): Uint32Array {
    return this.atomOf.map(map);
  }

  /** Classes to begin with: what tells pods apart besides selectors. */
  firstClasses(): Uint32Array {
    const ids = new Map<number, number>();
    return this.portSetOf.map((ports, atom) => {
      const key = ports * 2 + (this.isHostNetwork(atom) ? 1 : 0);
      let id = ids.get(key);
      if (id === undefined) ids.set(key, (id = ids.size));
      return id;
    });
  }

  /** Pods of the host network are never selected: policies do not reach them. */
  addSelected(test: PodTest, found: Bits): void {
    const labels = this.labelIndex.select(test.podSelector);
    if ('namespace' in test) {
      const namespace = this.namespaces.idOf(test.namespace);
      if (namespace !== undefined) this.addOf(namespace, labels, found);
      return;
    }
    const namespaces = this.namespaceIndex.select(test.namespaceSelector);
    namespaces.each((namespace) => this.addOf(namespace, labels, found));
  }

  addSelectedBy(policy: UnevaluatedPolicy, found: Bits): void {
    const only = policy.namespace === undefined ? undefined : this.namespaces.idOf(policy.namespace);
    if (policy.namespace !== undefined && only === undefined) return;
    const [from, to] = only === undefined ? [0, this.size] : [this.starts[only]!, this.starts[only + 1]!];
    for (let atom = from; atom < to; atom++) {
      const { namespace, labels, serviceAccount, hostNetwork } = this.one[atom]!;
      if (hostNetwork) continue;
      const pod = { namespace, labels, namespaceLabels: this.namespaces.labels[this.namespaceOf[atom]!]!, ...(serviceAccount !== undefined && { serviceAccount }) };
      if (policy.selects(pod)) setBit(found, atom);
    }
  }

  /** Adds atoms that have an address within. */
  addWithin(ranges: Ranges, found: Bits): void {
    for (const { first, last } of ranges) {
      const start = partitionPoint(this.addressed.length, (at) => this.addressed[at]!.address < first);
      for (let at = start; at < this.addressed.length && this.addressed[at]!.address <= last; at++) setBit(found, this.addressed[at]!.atom);
    }
  }

  /** Atoms of which some addresses are within and some are not. */
  eachPartlyWithin(ranges: Ranges, visit: (atom: number) => void): void {
    for (const { addresses, atom } of this.manyAddresses) {
      const within = addresses.filter((address) => rangesHold(ranges, address)).length;
      if (within > 0 && within < addresses.length) visit(atom);
    }
  }

  private addOf(namespace: number, labels: IdSet, found: Bits): void {
    const end = this.starts[namespace + 1]!;
    for (let atom = this.starts[namespace]!; atom < end; atom++) if (labels.has(this.labelsOf[atom]!) && !this.one[atom]!.hostNetwork) setBit(found, atom);
  }
}

/** Where addresses lie among the ends of ranges: those of one place are in the same ranges. */
class AddressPlaces {
  private readonly cuts: readonly Address[];

  constructor(ranges: readonly AddressRange[]) {
    this.cuts = [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1n]))].sort((a, b) => (a < b ? -1 : 1));
  }

  /** The places of all of a pod's addresses as one text; '' where nobody asks or none is known. */
  of(addresses: readonly string[]): string {
    if (this.cuts.length === 0 || addresses.length === 0) return '';
    const places = new Set<string>();
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address !== undefined) places.add(`${isV6(address) ? 'v6' : 'v4'} ${this.placeOf(address)}`);
    }
    return [...places].sort().join();
  }

  /** Cuts at or before the address. */
  private placeOf(address: Address): number {
    return partitionPoint(this.cuts.length, (at) => this.cuts[at]! <= address);
  }
}

const noPorts: readonly EndpointPort[] = [];

/** Values by what they say; objects that were seen before cost nothing. */
class Interned<T extends object> {
  readonly values: T[] = [];
  private readonly ids = new Map<string, number>();
  private readonly seen = new Map<T, number>();

  constructor(private readonly keyOf: (value: T) => string) {}

  idOf(value: T): number {
    const seen = this.seen.get(value);
    if (seen !== undefined) return seen;
    const key = this.keyOf(value);
    let id = this.ids.get(key);
    if (id === undefined) {
      this.ids.set(key, (id = this.values.length));
      this.values.push(value);
    }
    this.seen.set(value, id);
    return id;
  }
}
