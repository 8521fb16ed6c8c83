import { grown } from '../grown.js';
import type { Edges } from './shortest-paths.js';

/** Edges that a graph may have: 14 bytes each. Only input made to be hostile comes near. */
const MAX_EDGES = 3_000_000;

/** Edges as they are found: 14 bytes each, in order. */
export class EdgeList {
  private fromColumn = new Int32Array(4096);
  private toColumn = new Int32Array(4096);
  private placeColumn = new Int32Array(4096);
  private costColumn = new Uint8Array(4096);
  private reasonColumn = new Uint8Array(4096);
  length = 0;

  /** Whether edges had to be left out. */
  isFull = false;

  add(from: number, to: number, cost: number, reason: number, place: number): void {
    if (this.length >= MAX_EDGES) {
      this.isFull = true;
      return;
    }
    if (this.length === this.fromColumn.length) this.grow();
    this.fromColumn[this.length] = from;
    this.toColumn[this.length] = to;
    this.placeColumn[this.length] = place;
    this.costColumn[this.length] = cost;
    this.reasonColumn[this.length] = reason;
    this.length++;
  }

  from(edge: number): number {
    return this.fromColumn[edge]!;
  }

  to(edge: number): number {
    return this.toColumn[edge]!;
  }

  place(edge: number): number {
    return this.placeColumn[edge]!;
  }

  reason(edge: number): number {
    return this.reasonColumn[edge]!;
  }

  edges(): Edges {
    return { from: this.fromColumn.subarray(0, this.length), to: this.toColumn.subarray(0, this.length), cost: this.costColumn.subarray(0, this.length) };
  }

  private grow(): void {
    const size = this.fromColumn.length * 2;
    this.fromColumn = grown(new Int32Array(size), this.fromColumn);
    this.toColumn = grown(new Int32Array(size), this.toColumn);
    this.placeColumn = grown(new Int32Array(size), this.placeColumn);
    this.costColumn = grown(new Uint8Array(size), this.costColumn);
    this.reasonColumn = grown(new Uint8Array(size), this.reasonColumn);
  }
}
