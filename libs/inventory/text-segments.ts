import { Recent } from './recent.js';

export interface Compression {
  /** Characters of all texts together, the first ones, that are not worth it. */
  readonly plain?: number;
  compress(text: string): Uint8Array;
  expand(bytes: Uint8Array): string;
}

/** Characters a segment gathers before it is compressed. */
const SEGMENT = 64 * 1024;

/** JSON values by number, in segments of some hundred as they come, compressed but for the first ones. */
export class TextSegments<T> {
  private readonly segments: (Uint8Array | string)[] = [];
  private plain = 0;
  private readonly segmentOf: number[] = [];
  private readonly firstOf: number[] = [0];
  /** Where in its segment's text each value starts. */
  private readonly startOf: number[] = [];
  private open: string[] = [];
  private openLength = 0;
  private readonly parsed: Recent<readonly T[]>;
  private readonly expanded: Recent<string>;

  /** `recent`: expanded segments that stay in memory. */
  constructor(
    private readonly compression: Compression,
    recent: number,
  ) {
    this.parsed = new Recent(recent);
    this.expanded = new Recent(recent);
  }

  get size(): number {
    return this.segmentOf.length;
  }

  /** The value's number. */
  push(text: string): number {
    const id = this.segmentOf.length;
    this.segmentOf.push(this.segments.length);
    // A bracket before the first, a comma before the others.
    this.startOf.push(this.openLength + this.open.length + 1);
    this.open.push(text);
    this.openLength += text.length;
    if (this.openLength >= SEGMENT) this.seal();
    return id;
  }

  /** Compresses what is open. */
  seal(): void {
    if (this.open.length === 0) return;
    const text = `[${this.open.join(',')}]`;
    const isPlain = this.plain + text.length <= (this.compression.plain ?? 0);
    if (isPlain) this.plain += text.length;
    this.segments.push(isPlain ? text : this.compression.compress(text));
    this.firstOf.push(this.segmentOf.length);
    this.open = [];
    this.openLength = 0;
  }

  /** Throws `RangeError` where there is none of this number. */
  get(id: number): T {
    const segment = this.segmentOfId(id);
    const parse = (): readonly T[] => JSON.parse(this.expand(segment)) as readonly T[];
    return (this.segments[segment] ? this.parsed.get(segment, parse) : parse())[id - this.firstOf[segment]!]!;
  }

  /** The same as JSON. */
  text(id: number): string {
    const segment = this.segmentOfId(id);
    const text = this.segments[segment] ? this.expanded.get(segment, () => this.expand(segment)) : this.expand(segment);
    return text.slice(this.startOf[id], this.segmentOf[id + 1] === segment ? this.startOf[id + 1]! - 1 : -1);
  }

  private segmentOfId(id: number): number {
    const segment = this.segmentOf[id];
    if (segment === undefined) throw new RangeError(`no template ${id}`);
    return segment;
  }

  private expand(segment: number): string {
    const kept = this.segments[segment];
    if (kept === undefined) return `[${this.open.join(',')}]`;
    return typeof kept === 'string' ? kept : this.compression.expand(kept);
  }
}
