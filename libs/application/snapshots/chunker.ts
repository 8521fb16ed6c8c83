/** Cuts a stream of buffers of any size into chunks of one size. */
export class Chunker {
  private held: Uint8Array[] = [];
  private heldBytes = 0;

  constructor(private readonly size: number) {}

  add(part: Uint8Array): readonly Buffer[] {
    this.held.push(part);
    this.heldBytes += part.byteLength;
    if (this.heldBytes < this.size) return [];
    const all = Buffer.concat(this.held);
    const whole = Math.floor(all.length / this.size);
    const chunks = Array.from({ length: whole }, (_, i) => all.subarray(i * this.size, (i + 1) * this.size));
    const tail = all.subarray(whole * this.size);
    this.held = tail.length > 0 ? [tail] : [];
    this.heldBytes = tail.length;
    return chunks;
  }

  rest(): Buffer | undefined {
    return this.heldBytes > 0 ? Buffer.concat(this.held) : undefined;
  }
}
