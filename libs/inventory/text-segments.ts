import { Recent } from './recent.js';

export interface Compression {
  /** Characters of all texts together, the first ones, that are not worth it. */
  readonly plain?: number;
  compress(text: string): Uint8Array;
  /** The UTF-8 of a text of so many characters. */
  expand(bytes: Uint8Array, length: number): Uint8Array;
}

/** Characters a segment gathers before it is compressed. */
const SEGMENT = 64 * 1024;

/** Values that stay in memory for whoever asks for the same ones again: as many as controls judge at once, and some. */
const RECENT_VALUES = 16;

const decoder = new TextDecoder();

/**
 * A segment that was expanded, in memory that the next one takes over: strings of that size would grow old while they are gone through,
 * and wait by the tens of megabytes until V8 looks for garbage there.
 */
class Expanded {
  private bytes = new Uint8Array(0);
  /** Of a segment that is not of ASCII alone, where places of characters are none of bytes. */
  private text: string | undefined;

  hold(bytes: Uint8Array, length: number): void {
    this.text = bytes.length === length ? undefined : decoder.decode(bytes);
    if (this.text !== undefined) return;
    if (this.bytes.length < length) this.bytes = new Uint8Array(Math.ceil(1.25 * length));
    this.bytes.set(bytes);
  }

  slice(start: number, end: number): string {
    return this.text === undefined ? decoder.decode(this.bytes.subarray(start, end)) : this.text.slice(start, end);
  }
}

/** A segment that is compressed, and how many characters it has. */
interface Packed {
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** A segment that is not full yet. */
interface Open {
  readonly segment: number;
  readonly texts: string[];
  length: number;
}

/**
 * JSON values by number, in segments of some hundred as they come, compressed but for the first ones. What is read one after the other
 * may be put on a shelf of its own, whose segments hold nothing else, however it comes.
 */
export class TextSegments<T> {
  private readonly segments: (Packed | string | Open)[] = [];
  private plain = 0;
  private readonly segmentOf: number[] = [];
  /** Where in its segment's text each value starts, and how long it is. */
  private readonly startOf: number[] = [];
  private readonly lengthOf: number[] = [];
  private readonly open = new Map<string, Open | undefined>();
  /** Each by itself, for a whole segment of them would live on while they are gone through, until V8 takes them for what stays. */
  private readonly parsed = new Recent<number, T>(RECENT_VALUES);
  private readonly expanded: Recent<number, Expanded>;

  /** `recent`: expanded segments that stay in memory. */
  constructor(
    private readonly compression: Compression,
    recent: number,
  ) {
    this.expanded = new Recent(recent);
  }

  get size(): number {
    return this.segmentOf.length;
  }

  /** The value's number. Each shelf has some 64 KB open, so there are to be few. */
  push(text: string, shelf = ''): number {
    let open = this.open.get(shelf);
    if (!open) {
      open = { segment: this.segments.length, texts: [], length: 0 };
      this.segments.push(open);
      this.open.set(shelf, open);
    }
    const id = this.segmentOf.push(open.segment) - 1;
    this.startOf.push(open.length);
    this.lengthOf.push(text.length);
    open.texts.push(text);
    open.length += text.length;
    if (open.length >= SEGMENT) this.close(shelf, open);
    return id;
  }

  /** Compresses what is open. */
  seal(): void {
    for (const [shelf, open] of this.open) if (open) this.close(shelf, open);
  }

  /** Throws `RangeError` where there is none of this number. */
  get(id: number): T {
    return this.parsed.get(id, () => JSON.parse(this.text(id)) as T);
  }

  /** The same as JSON. */
  text(id: number): string {
    const segment = this.segmentOf[id];
    if (segment === undefined) throw new RangeError(`no template ${id}`);
    const start = this.startOf[id]!;
    return this.slice(segment, start, start + this.lengthOf[id]!);
  }

  private close(shelf: string, { segment, texts }: Open): void {
    const text = texts.join('');
    const isPlain = this.plain + text.length <= (this.compression.plain ?? 0);
    if (isPlain) this.plain += text.length;
    this.segments[segment] = isPlain ? text : { bytes: this.compression.compress(text), length: text.length };
    this.open.set(shelf, undefined);
  }

  private slice(segment: number, start: number, end: number): string {
    const kept = this.segments[segment]!;
    if (typeof kept === 'string') return kept.slice(start, end);
    if ('texts' in kept) return kept.texts.join('').slice(start, end);
    return this.expanded.get(segment, (taken = new Expanded()) => {
      taken.hold(this.compression.expand(kept.bytes, kept.length), kept.length);
      return taken;
    }).slice(start, end);
  }
}
