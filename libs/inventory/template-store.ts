import type { PodTemplate } from './facts.js';
import { Recent } from './recent.js';

/** Hashing and compression, given from outside: this library does no I/O and imports nothing. */
export interface Codec {
  /** Collision-resistant digest of a text; equal texts, equal digests. */
  digest(text: string): string;
  compress(text: string): Uint8Array;
  expand(bytes: Uint8Array): string;
}

/** Pod templates by id. */
export interface Templates {
  readonly size: number;
  /** Throws `RangeError` where there is none of this id. */
  get(id: number): PodTemplate;
  /** The same as JSON. */
  text(id: number): string;
}

/** Characters of templates a segment gathers before it is compressed. */
const SEGMENT = 64 * 1024;
/**
 * Expanded segments that stay in memory. Templates come kind by kind, so that whoever reads workloads namespace by
 * namespace goes through one segment of each kind of workload at a time, and one of pods.
 */
export const RECENT_SEGMENTS = 8;

/**
 * Distinct pod templates, each stored once. A cluster with one replica a workload has as many templates as
 * pods, so they are kept compressed, in segments: some 150 bytes each instead of the 3 KB of their objects.
 */
export class TemplateStore implements Templates {
  private readonly ids = new Map<string, number>();
  private readonly segments: (Uint8Array | undefined)[] = [];
  private readonly segmentOf: number[] = [];
  private readonly firstOf: number[] = [0];
  /** Where in its segment's text each template starts. */
  private readonly startOf: number[] = [];
  private open: string[] = [];
  private openLength = 0;
  private readonly parsed = new Recent<readonly PodTemplate[]>(RECENT_SEGMENTS);
  private readonly expanded = new Recent<string>(RECENT_SEGMENTS);

  constructor(private readonly codec: Codec) {}

  get size(): number {
    return this.segmentOf.length;
  }

  /** The template's id, the same for equal templates. */
  intern(template: PodTemplate): number {
    const text = JSON.stringify(template);
    const digest = this.codec.digest(text);
    const known = this.ids.get(digest);
    if (known !== undefined) return known;
    const id = this.segmentOf.length;
    this.ids.set(digest, id);
    this.segmentOf.push(this.segments.length);
    // A bracket before the first, a comma before the others.
    this.startOf.push(this.openLength + this.open.length + 1);
    this.open.push(text);
    this.openLength += text.length;
    if (this.openLength >= SEGMENT) this.seal();
    return id;
  }

  /** No more templates will come: what is open is compressed and the digests are dropped. */
  finish(): void {
    if (this.open.length > 0) this.seal();
    this.ids.clear();
  }

  get(id: number): PodTemplate {
    const segment = this.segmentOfId(id);
    const parse = (): readonly PodTemplate[] => JSON.parse(this.expand(segment)) as readonly PodTemplate[];
    return (this.segments[segment] ? this.parsed.get(segment, parse) : parse())[id - this.firstOf[segment]!]!;
  }

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
    const bytes = this.segments[segment];
    return bytes ? this.codec.expand(bytes) : `[${this.open.join(',')}]`;
  }

  private seal(): void {
    this.segments.push(this.codec.compress(`[${this.open.join(',')}]`));
    this.firstOf.push(this.segmentOf.length);
    this.open = [];
    this.openLength = 0;
  }
}
