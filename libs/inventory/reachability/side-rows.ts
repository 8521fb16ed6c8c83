import { fillBits, newBits, setBit, type Bits } from './bits.js';
import type { Compiled } from './compile.js';
import type { Profile, View } from './compiled.js';
import { EVERY, NONE } from './port-space.js';

/** Cells that are kept: 64 MB. */
const MAX_KEPT = 16 * 1024 * 1024;

type Side = (profile: Profile, other: View, namedPorts: number) => number;

/**
 * One direction of a profile against every class, as cells. Classes share profiles, so that a matrix of all classes is made of few
 * such rows; they are kept as long as they are not too many.
 */
export class SideRows {
  private readonly outgoing = new Map<number, Uint32Array>();
  private readonly incoming = new Map<number, Uint32Array>();
  private readonly isPlain = new Map<Profile, boolean>();
  private kept = 0;
  /** By class, where its incoming row is; those of one profile and one set of named ports are one. */
  private readonly incomingOf: Uint32Array;
  private readonly exampleOf: readonly number[];

  /** `cellOf`: the cell of ports that are allowed and of those that are unknown. `isComplete`: no evidence is missing. */
  constructor(
    private readonly compiled: Compiled,
    private readonly side: Side,
    private readonly cellOf: (allowed: number, unknown: number) => number,
    private readonly isComplete: boolean,
  ) {
    const ids = new Map<string, number>();
    const examples: number[] = [];
    this.incomingOf = compiled.profileOf.ingress.map((profile, id) => {
      const key = `${profile} ${compiled.portsOf[id]!}`;
      let found = ids.get(key);
      if (found === undefined) {
        ids.set(key, (found = ids.size));
        examples.push(id);
      }
      return found;
    });
    this.exampleOf = examples;
  }

  /** From pods of the profile to each class. */
  egress(profileId: number): Uint32Array {
    return this.keep(this.outgoing, profileId, () => {
      const profile = this.compiled.profiles.egress[profileId]!;
      return this.isPlainProfile(profile) ? this.plain(profile, (id) => this.compiled.portsOf[id]!) : this.each((id) => this.side(profile, { kind: 'class', id }, this.compiled.portsOf[id]!));
    });
  }

  /** From each class to one. */
  ingress(to: number): Uint32Array {
    return this.keep(this.incoming, this.incomingOf[to]!, () => {
      const profile = this.compiled.profiles.ingress[this.compiled.profileOf.ingress[to]!]!;
      const namedPorts = this.compiled.portsOf[to]!;
      return this.isPlainProfile(profile) ? this.plain(profile, () => namedPorts) : this.each((id) => this.side(profile, { kind: 'class', id }, namedPorts));
    });
  }

  ingressAt(to: number, from: number): number {
    const known = this.incoming.get(this.incomingOf[to]!);
    if (known) return known[from]!;
    // Where not all fit, one cell is less work than a row that is not kept.
    if (this.exampleOf.length * this.compiled.classes <= MAX_KEPT / 2) return this.ingress(to)[from]!;
    return this.side(this.compiled.profiles.ingress[this.compiled.profileOf.ingress[to]!]!, { kind: 'class', id: from }, this.compiled.portsOf[to]!);
  }

  /** Classes that one lets in at a port, without a row of all others: only where nothing but NetworkPolicies whose peers are all known decides. */
  sourcesAt(to: number, point: number): Bits | undefined {
    const { compiled } = this;
    const profile = compiled.profiles.ingress[compiled.profileOf.ingress[to]!]!;
    if (!this.isPlainProfile(profile)) return undefined;
    const namedPorts = compiled.portsOf[to]!;
    const sources = newBits(compiled.classes);
    for (const { rule, ports } of profile.merged) {
      if (!ports.some((item) => compiled.space.has(compiled.resolve(item, namedPorts), point))) continue;
      if (rule.everyone) {
        fillBits(sources, compiled.classes);
        break;
      }
      rule.yes.each((id) => setBit(sources, id));
    }
    return compiled.space.isExhausted ? undefined : sources;
  }

  private keep(rows: Map<number, Uint32Array>, id: number, make: () => Uint32Array): Uint32Array {
    const known = rows.get(id);
    if (known) return known;
    const row = make();
    this.kept += row.length;
    if (this.kept > MAX_KEPT) {
      this.outgoing.clear();
      this.incoming.clear();
      this.kept = row.length;
    }
    rows.set(id, row);
    return row;
  }

  private each(cell: (id: number) => number): Uint32Array {
    const row = new Uint32Array(this.compiled.classes);
    // Where policies could not be read, the answer does not hang on who is at the other end.
    if (!this.isComplete) return row.length > 0 ? row.fill(cell(0)) : row;
    for (let id = 0; id < row.length; id++) row[id] = cell(id);
    return row;
  }

  /** Isolated by NetworkPolicies whose peers are all known, and nothing else: the cost is that of what the rules match. */
  private isPlainProfile(profile: Profile): boolean {
    let plain = this.isPlain.get(profile);
    if (plain === undefined) {
      plain = this.isComplete && !profile.hostNetwork && profile.isolatedBy.length > 0 && profile.tierPolicies.length + profile.replacedBy.length + profile.narrowedBy.length === 0
        && profile.merged.every(({ rule }) => rule.maybe.isEmpty);
      this.isPlain.set(profile, plain);
    }
    return plain;
  }

  private plain(profile: Profile, namedPortsOf: (id: number) => number): Uint32Array {
    const { compiled } = this;
    const row = new Uint32Array(compiled.classes).fill(NONE);
    for (const { rule, ports } of profile.merged) {
      for (const item of ports) {
        const add = (id: number): void => {
          row[id] = compiled.space.union(row[id]!, compiled.resolve(item, namedPortsOf(id)));
        };
        if (rule.everyone) for (let id = 0; id < row.length; id++) add(id);
        else rule.yes.each(add);
      }
    }
    for (let id = 0; id < row.length; id++) row[id] = this.cellOf(row[id]!, NONE);
    return compiled.space.isExhausted ? row.fill(this.cellOf(NONE, EVERY)) : row;
  }
}
