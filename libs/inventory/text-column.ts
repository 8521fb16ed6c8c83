import { grown } from './grown.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes that one UTF-16 unit takes at most. */
const BYTES_A_UNIT = 3;

/** Texts in rows, in one piece of memory: a short text takes its bytes and four more, where a string takes some fifty. */
export class TextColumn {
  private bytes = new Uint8Array(16 * 1024);
  private ends = new Uint32Array(1024);
  private rows = 0;

  push(text: string): void {
    const start = this.startOf(this.rows);
    if (start + text.length * BYTES_A_UNIT > this.bytes.length) this.bytes = grown(new Uint8Array(Math.max(this.bytes.length * 2, start + text.length * BYTES_A_UNIT)), this.bytes);
    if (this.rows === this.ends.length) this.ends = grown(new Uint32Array(this.rows * 2), this.ends);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start));
    this.ends[this.rows++] = start + written;
  }

  /** '' for a row that is not there. */
  at(row: number): string {
    return row < this.rows ? decoder.decode(this.bytes.subarray(this.startOf(row), this.ends[row])) : '';
  }

  /** No more rows come: gives back the room that was kept for them. */
  seal(): void {
    this.bytes = this.bytes.slice(0, this.startOf(this.rows));
    this.ends = this.ends.slice(0, this.rows);
  }

  clear(): void {
    this.rows = 0;
  }

  private startOf(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1]!;
  }
}
