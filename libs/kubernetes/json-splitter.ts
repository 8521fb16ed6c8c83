/** Positions are bytes from the start of the stream. The buffers are valid during the call alone. */
export interface SplitSink {
  /** One element of the `items` of the object that is being read; `list` is what is known of that object so far. */
  item(bytes: Buffer, offset: number, list: ListHead): void;
  /** A whole top-level object, its `items` emptied. */
  root(bytes: Buffer, offset: number, items: number): void;
  /** An object over a limit. Where this returns, the object is skipped. */
  refused(reason: 'too-large' | 'too-deep', offset: number): void;
}

export interface ListHead {
  readonly kind?: string;
  readonly apiVersion?: string;
}

/** The text is not a sequence of JSON objects. */
export class SplitError extends Error {
  constructor(
    readonly reason: 'truncated' | 'syntax' | 'array',
    readonly offset: number,
  ) {
    super(`${reason} at byte ${offset}`);
    this.name = 'SplitError';
  }
}

/** Levels of a list at which keys, items and their commas are looked at. */
const DEEP = 2;

/** Longest key or short value that is looked at outside of items. */
const MAX_TOKEN = 256;

/**
 * Splits a stream of JSON objects (one, several, one a line, or with `---` between) and the `items` of lists
 * among them into the bytes of single objects. Holds no more than one object. Only finds where objects end;
 * whether they are JSON the parser says.
 */
export class JsonSplitter {
  private offset = 0;
  private depth = 0;
  private inString = false;
  private isEscaped = false;
  private dashes = 0;

  private readonly root = new Capture();
  private readonly item = new Capture();
  private inItems = false;
  private items = 0;
  private expectsItem = true;
  private limit = 0;

  private expectsKey = true;
  private key = '';
  private token = '';
  private tokenStart = 0;
  private head: { kind?: string; apiVersion?: string } = {};

  constructor(
    private readonly sink: SplitSink,
    private readonly limits: { readonly maxObjectBytes: number; readonly maxDepth: number },
  ) {}

  push(chunk: Buffer): void {
    const end = chunk.length;
    this.tokenStart = 0;
    for (let i = 0; i < end; i++) {
      if (this.inString) {
        i = this.skipString(chunk, i);
        continue;
      }
      if (this.depth > DEEP) {
        i = this.skipDeep(chunk, i);
        if (i === end || this.inString) continue;
      }
      const byte = chunk[i]!;
      switch (byte) {
        case 0x22: // "
          if (this.depth === 0) throw this.syntax(i);
          if (this.isBetweenItems) throw this.syntax(i);
          this.inString = true;
          if (this.depth === 1) this.startToken(i + 1);
          break;
        case 0x7b: // {
        case 0x5b: // [
          this.open(chunk, i, byte);
          break;
        case 0x7d: // }
        case 0x5d: // ]
          this.close(chunk, i, byte);
          break;
        case 0x20:
        case 0x0a:
        case 0x0d:
        case 0x09:
          if (this.dashes > 0) this.endDashes(i);
          break;
        default:
          if (this.depth <= DEEP) this.shallow(byte, i);
      }
    }
    if (this.inString && this.depth === 1) this.takeToken(chunk, end);
    const held = this.item.isOpen ? this.item : this.root;
    held.keep(chunk, end);
    this.checkSize(held);
    this.offset += end;
  }

  /** The stream is over. */
  end(): void {
    if (this.depth > 0) throw new SplitError('truncated', this.offset);
    if (this.dashes > 0) this.endDashes(0);
  }

  private get isBetweenItems(): boolean {
    return this.inItems && this.depth === 2;
  }

  /**
   * Goes through what lies inside of objects, where nothing but nesting counts: nearly all bytes do. Stops at a bracket
   * that opens one level too many or closes the last one in there, or at the end of the chunk, maybe within a string.
   */
  private skipDeep(chunk: Buffer, from: number): number {
    const end = chunk.length;
    let { depth } = this;
    let i = from;
    scan: for (; i < end; i++) {
      const byte = chunk[i]!;
      if (byte === 0x22) {
        for (i++; ; i++) {
          if (i >= end) {
            this.inString = true;
            break scan;
          }
          const inner = chunk[i];
          if (inner === 0x22) break;
          if (inner === 0x5c && ++i === end) this.isEscaped = true;
        }
        continue;
      }
      // One bit tells a brace from a square bracket.
      const bracket = byte | 0x20;
      if (bracket === 0x7b) {
        if (depth === this.limit) break;
        depth++;
      } else if (bracket === 0x7d) {
        if (depth === DEEP + 1) break;
        depth--;
      }
    }
    this.depth = depth;
    return Math.min(i, end);
  }

  private skipString(chunk: Buffer, from: number): number {
    let i = from;
    if (this.isEscaped) {
      this.isEscaped = false;
      i++;
    }
    for (; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === 0x5c) {
        if (++i === chunk.length) this.isEscaped = true;
      } else if (byte === 0x22) {
        this.inString = false;
        if (this.depth === 1) this.endToken(chunk, i);
        return i;
      }
    }
    return i;
  }

  private open(chunk: Buffer, i: number, byte: number): void {
    if (this.depth === 0) {
      if (this.dashes > 0) this.endDashes(i);
      if (byte === 0x5b) throw new SplitError('array', this.offset + i);
      this.root.start(i, this.offset + i);
      this.head = {};
      this.items = 0;
      this.expectsKey = true;
      this.limit = this.limits.maxDepth;
    } else if (this.isBetweenItems) {
      if (byte === 0x5b || !this.expectsItem) throw this.syntax(i);
      this.expectsItem = false;
      this.item.start(i, this.offset + i);
      this.limit = this.limits.maxDepth + 2;
    } else if (this.depth === 1 && byte === 0x5b && !this.expectsKey && this.key === 'items') {
      this.inItems = true;
      this.expectsItem = true;
      this.root.pause(chunk, i + 1);
    }
    this.depth++;
    if (this.depth > this.limit) this.refuse('too-deep');
  }

  private close(chunk: Buffer, i: number, byte: number): void {
    if (this.depth === 0) throw this.syntax(i);
    if (this.isBetweenItems) {
      // A comma before the end is as wrong as in JSON itself.
      if (byte !== 0x5d || (this.expectsItem && this.items > 0)) throw this.syntax(i);
      this.inItems = false;
      this.root.resume(i);
    }
    this.depth--;
    if (this.inItems && this.depth === 2) {
      this.items++;
      this.item.keep(chunk, i + 1);
      this.checkSize(this.item);
      const { offset, isDropped } = this.item;
      const bytes = this.item.take();
      this.limit = this.limits.maxDepth;
      if (!isDropped) this.sink.item(bytes, offset, this.head);
    } else if (this.depth === 0) {
      this.root.keep(chunk, i + 1);
      this.checkSize(this.root);
      const { offset, isDropped } = this.root;
      const bytes = this.root.take();
      if (!isDropped) this.sink.root(bytes, offset, this.items);
    }
  }

  /** A byte that is neither string, bracket nor space, outside of what the parser will see later. */
  private shallow(byte: number, i: number): void {
    if (this.depth === 0) {
      if (byte !== 0x2d || this.dashes === 3) throw this.syntax(i);
      this.dashes++;
    } else if (this.isBetweenItems) {
      if (byte !== 0x2c || this.expectsItem) throw this.syntax(i);
      this.expectsItem = true;
    } else if (this.depth === 1) {
      if (byte === 0x2c) this.expectsKey = true;
      else if (byte === 0x3a) this.expectsKey = false;
    }
  }

  private endDashes(i: number): void {
    if (this.dashes !== 3) throw this.syntax(i);
    this.dashes = 0;
  }

  private startToken(at: number): void {
    this.token = '';
    this.tokenStart = at;
  }

  private takeToken(chunk: Buffer, end: number): void {
    if (this.token.length < MAX_TOKEN) this.token += chunk.toString('latin1', this.tokenStart, Math.min(end, this.tokenStart + MAX_TOKEN));
  }

  private endToken(chunk: Buffer, end: number): void {
    this.takeToken(chunk, end);
    if (this.expectsKey) this.key = this.token;
    else if (this.key === 'kind' || this.key === 'apiVersion') this.head[this.key] = this.token;
  }

  private checkSize(capture: Capture): void {
    if (capture.length > this.limits.maxObjectBytes && !capture.isDropped) this.refuse('too-large');
  }

  private refuse(reason: 'too-large' | 'too-deep'): void {
    const capture = this.item.isOpen ? this.item : this.root;
    if (capture.isDropped) return;
    capture.drop();
    this.sink.refused(reason, capture.offset);
  }

  private syntax(i: number): SplitError {
    return new SplitError('syntax', this.offset + i);
  }
}

/** The bytes of one object, over chunks. */
class Capture {
  offset = 0;
  length = 0;
  isOpen = false;
  isDropped = false;
  private isPaused = false;
  private from = 0;
  private parts: Buffer[] = [];
  /** The part that lies in the chunk at hand and needs no copy if the object ends in it. */
  private last?: Buffer;

  start(index: number, offset: number): void {
    this.offset = offset;
    this.from = index;
    this.length = 0;
    this.isOpen = true;
    this.isDropped = false;
    this.isPaused = false;
  }

  /** Takes over what the chunk holds of the object, up to `end`. */
  keep(chunk: Buffer, end: number): void {
    if (!this.isOpen || this.isPaused) return;
    this.settle();
    const part = chunk.subarray(this.from, end);
    this.length += part.length;
    if (!this.isDropped) this.last = part;
    this.from = 0;
    // What the next chunk continues must outlive this one.
    if (end === chunk.length) this.settle();
  }

  pause(chunk: Buffer, end: number): void {
    this.keep(chunk, end);
    this.settle();
    this.isPaused = true;
  }

  resume(index: number): void {
    this.from = index;
    this.isPaused = false;
  }

  drop(): void {
    this.isDropped = true;
    this.parts = [];
    delete this.last;
  }

  take(): Buffer {
    this.isOpen = false;
    const bytes = this.parts.length === 0 ? (this.last ?? Buffer.alloc(0)) : Buffer.concat(this.last ? [...this.parts, this.last] : this.parts);
    this.parts = [];
    delete this.last;
    return bytes;
  }

  private settle(): void {
    if (this.last) this.parts.push(Buffer.from(this.last));
    delete this.last;
  }
}
