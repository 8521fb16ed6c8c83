import { allV4, allV6, joinRanges, notPublic, rangesHold, type Address, type Ranges } from './address.js';
import type { PortAnswer, Status } from './answer.js';
import type { CompiledRule, Profile } from './compiled.js';
import type { Direction } from './input.js';
import type { Cell, Reachability } from './reachability.js';

/** Beyond, addresses between two blocks of a policy are passed over: a policy of thousands of blocks has no picture. */
const MAX_SAMPLES = 4096;

/** What a pod and addresses outside the cluster may say to each other. */
export interface OutsideAnswer {
  /** On which ports with any address at all. */
  readonly any: PortAnswer;
  /** On which ports with any address of the internet. */
  readonly internet: PortAnswer;
}

/** Traffic between pods and addresses outside: every address that policies tell apart is asked about once. */
export class Outside {
  private readonly cells = new Map<string, { readonly any: Cell; readonly internet: Cell }>();
  private readonly samples = new Map<Profile, readonly Address[]>();

  constructor(private readonly reachability: Reachability) {}

  of(direction: Direction, classId: number): { readonly any: Cell; readonly internet: Cell } {
    const { compiled } = this.reachability;
    const key = `${direction} ${compiled.profileOf[direction][classId]!} ${compiled.portsOf[classId]!}`;
    let found = this.cells.get(key);
    if (!found) {
      found = { any: this.cell(direction, classId, () => true), internet: this.cell(direction, classId, (address) => !rangesHold(notPublic, address)) };
      this.cells.set(key, found);
    }
    return found;
  }

  answer(direction: Direction, classId: number): OutsideAnswer {
    const { any, internet } = this.of(direction, classId);
    return { any: this.reachability.ports(any), internet: this.reachability.ports(internet) };
  }

  /** Whether some address of the internet, of these ranges where any are given, reaches a class at a port. */
  internetReaches(classId: number, point: number, within?: Ranges): Status {
    const { internet } = within ? { internet: this.cell('ingress', classId, (address) => rangesHold(within, address) && !rangesHold(notPublic, address), within) } : this.of('ingress', classId);
    const { space } = this.reachability.compiled;
    return space.has(internet.allowed, point) ? 'allowed' : space.has(internet.unknown, point) ? 'unknown' : 'denied';
  }

  private cell(direction: Direction, classId: number, isAsked: (address: Address) => boolean, more: Ranges = []): Cell {
    const { reachability } = this;
    const { compiled } = reachability;
    const profile = reachability.profile(direction, { kind: 'class', id: classId })!;
    // An address has no named ports; the pod's own are the destination's.
    const namedPorts = direction === 'ingress' ? compiled.portsOf[classId]! : undefined;
    let cell: Cell = { allowed: 0, unknown: 0 };
    for (const address of this.samplesOf(profile, more)) {
      if (isAsked(address)) cell = reachability.either(cell, reachability.cell(reachability.side(profile, { kind: 'address', address }, namedPorts)));
    }
    return cell;
  }

  private samplesOf(profile: Profile, more: Ranges): readonly Address[] {
    const known = more.length === 0 ? this.samples.get(profile) : undefined;
    if (known) return known;
    const { families } = this.reachability.compiled;
    const within = joinRanges(families);
    const starts = new Set<Address>();
    const add = (ranges: Ranges): void => {
      for (const { first, last } of ranges) {
        if (starts.size >= MAX_SAMPLES) return;
        starts.add(first);
        starts.add(last + 1n);
      }
    };
    add([...(families.includes(allV4) ? [allV4] : []), ...(families.includes(allV6) ? [allV6] : [])]);
    add(notPublic);
    add(more);
    for (const rule of rulesOf(profile)) add(rule.ranges);
    const found = [...starts].filter((address) => rangesHold(within, address));
    if (more.length === 0) this.samples.set(profile, found);
    return found;
  }
}

const rulesOf = (profile: Profile): readonly CompiledRule[] => [...profile.rules, ...[...profile.admin, ...profile.baseline].flatMap(({ policies }) => policies.flat())];
