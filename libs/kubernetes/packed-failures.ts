import { deserialize, serialize } from 'node:v8';
import type { Severity } from '#controls/engine/control.js';
import type { FoundFailure, FoundFailures } from '#findings/found-failure.js';
import { deflateBytes, inflateBytes } from '#operations/deflated-text.js';

type Text = (failure: FoundFailure) => string | undefined;

/** Those that hardly two failures share come first. */
const texts: readonly Text[] = [
  ({ key }) => key, ({ digest }) => digest, ({ message }) => message, ({ resource }) => resource.name, ({ resource }) => resource.namespace, ({ resource }) => resource.kind, ({ resource }) => resource.group,
  ({ part }) => part, ({ severity }) => severity, ({ basis }) => basis, ({ surroundings }) => surroundings, ({ detail }) => detail, ({ patch }) => patch, ({ values }) => values,
];
const OWN = 2;
/** The risk stands behind the texts. */
const WIDTH = texts.length + 1;

/** Each text once, but for keys and digests; of every failure the number of each of its texts, from 1 on and 0 where it has none, and its risk. */
type Pack = readonly [texts: readonly string[], rows: Uint32Array];

/** Failures in one piece of memory, and how many of each severity. */
export interface PackOfFailures {
  readonly pack: Uint8Array<ArrayBuffer>;
  readonly severities: ReadonlyMap<Severity, number>;
}

/** Gathers failures, most of whose texts are the same. */
export class FailurePacker {
  private readonly known: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly rows: number[] = [];
  private readonly severities = new Map<Severity, number>();

  add(failure: FoundFailure): void {
    for (let column = 0; column < texts.length; column++) {
      const text = texts[column]!(failure);
      this.rows.push(text === undefined ? 0 : column < OWN ? this.known.push(text) : this.numberOf(text));
    }
    this.rows.push(failure.risk);
    this.severities.set(failure.severity, (this.severities.get(failure.severity) ?? 0) + 1);
  }

  /** What was gathered, in memory of its own. */
  pack(): PackOfFailures {
    return { pack: new Uint8Array(serialize([this.known, Uint32Array.from(this.rows)] satisfies Pack)), severities: this.severities };
  }

  private numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.known.push(text);
    this.numbers.set(text, number);
    return number;
  }
}

/** Several packs, one behind the other. */
interface Bundle {
  readonly deflated: Uint8Array;
  readonly size: number;
  readonly lengths: readonly number[];
}

/** Bytes of packs from which on they are deflated together. */
const BUNDLE = 32 * 1024;

/** Failures that stay packed: as objects they take many times the memory, and a large first scan has a hundred thousand of them. */
export class PackedFailures implements FoundFailures {
  private readonly bundles: Bundle[] = [];
  /** Those that came last. */
  private packs: Uint8Array[] = [];
  private packBytes = 0;
  readonly severities = new Map<Severity, number>();

  static of(pack: PackOfFailures): PackedFailures {
    const packed = new PackedFailures();
    packed.add(pack);
    return packed;
  }

  get length(): number {
    let count = 0;
    for (const some of this.severities.values()) count += some;
    return count;
  }

  add({ pack, severities }: PackOfFailures): void {
    // Those before it: one alone is mostly gone through at once.
    if (this.packBytes >= BUNDLE) this.bundle();
    this.packs.push(pack);
    this.packBytes += pack.length;
    for (const [severity, count] of severities) this.severities.set(severity, (this.severities.get(severity) ?? 0) + count);
  }

  *[Symbol.iterator](): Generator<FoundFailure> {
    for (const { deflated, size, lengths } of this.bundles) {
      const bytes = inflateBytes(deflated, size);
      let at = 0;
      for (const length of lengths) yield* unpacked(bytes.subarray(at, (at += length)));
    }
    for (const pack of this.packs) yield* unpacked(pack);
  }

  private bundle(): void {
    this.bundles.push({ deflated: deflateBytes(Buffer.concat(this.packs)), size: this.packBytes, lengths: this.packs.map(({ length }) => length) });
    this.packs = [];
    this.packBytes = 0;
  }
}

function* unpacked(pack: Uint8Array): Generator<FoundFailure> {
  const [known, rows] = deserialize(pack) as Pack;
  for (let at = 0; at < rows.length; at += WIDTH) {
    const text = (column: number): string => known[rows[at + column]! - 1]!;
    const failure: { -readonly [K in keyof FoundFailure]: FoundFailure[K] } = {
      key: text(0), digest: text(1), message: text(2), resource: { group: text(6), kind: text(5), namespace: text(4), name: text(3) },
      part: text(7), severity: text(8) as FoundFailure['severity'], basis: text(9) as FoundFailure['basis'], surroundings: text(10), risk: rows[at + WIDTH - 1]!,
    };
    if (rows[at + 11] !== 0) failure.detail = text(11);
    if (rows[at + 12] !== 0) failure.patch = text(12);
    if (rows[at + 13] !== 0) failure.values = text(13);
    yield failure;
  }
}
