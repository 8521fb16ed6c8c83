import type { ListContext } from './intake.js';

export interface YamlSink {
  /** One element of the `items` of the document that is being read: a sequence of one. */
  item(bytes: Buffer, line: number, list: ListContext): void;
  /** A whole document, without the items that were handed out. */
  document(bytes: Buffer, line: number, items: number): void;
  /** What is held for one object is over its limit. */
  tooLarge(line: number): never;
}

const newline = 0x0a;
const separator = /^---(?:[ \t\r\n]|$)/;
const terminator = /^\.\.\.(?:[ \t\r\n]|$)/;
const itemsKey = /^(?:items|"items"):[ \t]*(?:#.*)?\r?\n?$/;
const headKey = /^(kind|apiVersion):[ \t]*["']?([A-Za-z0-9./-]{1,128})["']?[ \t]*\r?\n?$/;
const blank = /^[ \t]*(?:#.*)?\r?\n?$/;
const entry = /^( *)-(?:[ \t\r\n]|$)/;

/** Longest start of a line that decides how it is read. */
const DECISIVE = 1024;

/**
 * Splits a stream of YAML by lines: into documents, and the block sequence `items:` of a list into its elements.
 * That is exact: nothing inside an element, block scalars included, may be indented as little as its dash, and a
 * `---` at the start of a line always ends a document. Lists in another form come as one document.
 */
export class YamlSplitter {
  private line = 1;
  private carry: Buffer[] = [];
  private carried = 0;

  private readonly document = new Lines();
  private readonly item = new Lines();
  private list: { kind?: string; apiVersion?: string } = {};
  private items = 0;
  /** Undefined outside of `items`, -1 before its first element, then the dash's column. */
  private indent: number | undefined;

  constructor(
    private readonly sink: YamlSink,
    private readonly limits: { readonly maxObjectBytes: number; readonly maxYamlDocumentBytes: number },
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.takeLine(this.withCarry(chunk.subarray(from, end + 1)));
      from = end + 1;
    }
    if (from < chunk.length) {
      this.carry.push(Buffer.from(chunk.subarray(from)));
      this.carried += chunk.length - from;
      if (this.carried > this.limits.maxYamlDocumentBytes) this.sink.tooLarge(this.line);
    }
  }

  end(): void {
    if (this.carried > 0) this.takeLine(this.withCarry(Buffer.alloc(0)));
    this.endDocument();
  }

  private withCarry(rest: Buffer): Buffer {
    if (this.carried === 0) return rest;
    const line = Buffer.concat([...this.carry, rest]);
    this.carry = [];
    this.carried = 0;
    return line;
  }

  private takeLine(line: Buffer): void {
    this.route(line, line.toString('latin1', 0, DECISIVE));
    this.line++;
  }

  private route(line: Buffer, start: string): void {
    const isMarker = start.startsWith('---') ? separator.test(start) : start.startsWith('...') && terminator.test(start);
    if (isMarker) {
      this.endDocument();
      // Content may follow on the same line; spaces keep its column.
      if (start[0] === '-') this.document.add(Buffer.concat([Buffer.from('   '), line.subarray(3)]), this.line);
      return;
    }
    // Directives stand before a document. The version makes no difference here, other ones are not used.
    if (start[0] === '%' && this.document.isBlank) return;
    if (this.indent !== undefined && this.takeInItems(line, start)) return;
    if (itemsKey.test(start) && line.length < DECISIVE) this.indent = -1;
    else {
      const head = headKey.exec(start);
      if (head) this.list[head[1] as 'kind' | 'apiVersion'] = head[2]!;
    }
    this.document.add(line, this.line, blank.test(start));
    if (this.document.length > this.limits.maxYamlDocumentBytes) this.sink.tooLarge(this.document.line);
  }

  /** Whether the line belongs to an element of the items. */
  private takeInItems(line: Buffer, start: string): boolean {
    if (blank.test(start)) {
      if (this.item.isEmpty) return false;
      this.addToItem(line);
      return true;
    }
    const dash = entry.exec(start)?.[1]!.length;
    if (this.indent === -1) {
      if (dash === undefined) {
        this.indent = undefined;
        return false;
      }
      this.indent = dash;
    }
    if (dash === this.indent) {
      this.endItem();
      this.addToItem(line);
      return true;
    }
    if (start.search(/[^ ]/) > this.indent!) {
      this.addToItem(line);
      return true;
    }
    this.endItem();
    this.indent = undefined;
    return false;
  }

  private addToItem(line: Buffer): void {
    this.item.add(line, this.line);
    if (this.item.length > this.limits.maxObjectBytes) this.sink.tooLarge(this.item.line);
  }

  private endItem(): void {
    if (this.item.isEmpty) return;
    const { line } = this.item;
    this.items++;
    this.sink.item(this.item.take(), line, this.list);
  }

  private endDocument(): void {
    this.endItem();
    const { line, isBlank } = this.document;
    const bytes = this.document.take();
    if (!isBlank || this.items > 0) this.sink.document(bytes, line, this.items);
    this.indent = undefined;
    this.items = 0;
    this.list = {};
  }
}

/** Lines that belong together, and the number of the first. */
class Lines {
  line = 0;
  length = 0;
  isBlank = true;
  private parts: Buffer[] = [];

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(line: Buffer, number: number, isBlank = false): void {
    if (this.length === 0) this.line = number;
    // The chunk it lies in is reused or freed.
    this.parts.push(Buffer.from(line));
    this.length += line.length;
    if (!isBlank) this.isBlank = false;
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    this.isBlank = true;
    return bytes;
  }
}
