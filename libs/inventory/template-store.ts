import type { PodTemplate } from './facts.js';

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
}

/** Characters of templates a segment gathers before it is compressed. */
const SEGMENT = 64 * 1024;
/** Expanded segments that stay in memory: readers go through templates nearly in order. */
const CACHED = 4;

/**
 * Distinct pod templates, each stored once. A cluster with one replica a workload has as many templates as
 * pods, so they are kept compressed, in segments: some 150 bytes each instead of the 3 KB of their objects.
 */
export class TemplateStore implements Templates {
  private readonly ids = new Map<string, number>();
  private readonly segments: (Uint8Array | undefined)[] = [];
  private readonly segmentOf: number[] = [];
  private readonly firstOf: number[] = [0];
  private open: string[] = [];
  private openLength = 0;
  private readonly cache = new Map<number, readonly PodTemplate[]>();

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
    const segment = this.segmentOf[id];
    if (segment === undefined) throw new RangeError(`no template ${id}`);
    const template = this.templatesOf(segment)[id - this.firstOf[segment]!];
    if (!template) throw new RangeError(`no template ${id}`);
    return template;
  }

  private seal(): void {
    this.segments.push(this.codec.compress(`[${this.open.join(',')}]`));
    this.firstOf.push(this.segmentOf.length);
    this.open = [];
    this.openLength = 0;
  }

  private templatesOf(segment: number): readonly PodTemplate[] {
    const cached = this.cache.get(segment);
    if (cached) return cached;
    const bytes = this.segments[segment];
    const templates = JSON.parse(bytes ? this.codec.expand(bytes) : `[${this.open.join(',')}]`) as readonly PodTemplate[];
    if (!bytes) return templates;
    if (this.cache.size >= CACHED) this.cache.delete(this.cache.keys().next().value!);
    this.cache.set(segment, templates);
    return templates;
  }
}
