const SMALLEST = 16 * 1024;
/** Bodies larger than this give their memory back. */
const KEPT = 4 * 1024 * 1024;

/**
 * One piece of memory for page after page. A fresh megabyte for each would cost more in garbage collection than
 * the page costs to read.
 */
export class PageBuffer {
  private bytes = Buffer.alloc(0);
  private length = 0;

  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT) this.bytes = Buffer.allocUnsafeSlow(KEPT);
  }

  append(chunk: Uint8Array): void {
    const length = this.length + chunk.byteLength;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(length))));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.length);
    this.length = length;
  }

  /** What was appended, valid until the next `clear`. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

/** Two buffers in turn: a page is still being taken in while the next one arrives. */
export class PageBuffers {
  private current = new PageBuffer();
  private other = new PageBuffer();

  next(): PageBuffer {
    [this.current, this.other] = [this.other, this.current];
    return this.current;
  }
}
