import type { Piece, PieceSort } from './piece.js';

const SMALLEST = 16 * 1024;
const LARGEST = 128 * 1024;
/** One name in so many ends a piece that is long enough. */
const ONE_IN = 8;

/**
 * Cuts a sequence of items into pieces. Where a cut falls follows from the names of the items, so that one item more
 * or less changes the piece it is in and leaves those behind it as they were.
 */
export class PieceCutter {
  private texts: string[] = [];
  private length = 0;
  private items = 0;

  constructor(private readonly sort: PieceSort) {}

  /** One unit that is never cut apart, and how many items it counts for. */
  *add(name: string, text: string, items = 1): Generator<Piece> {
    this.texts.push(text);
    this.length += text.length;
    this.items += items;
    if (this.length >= LARGEST || (this.length >= SMALLEST && hashOf(name) % ONE_IN === 0)) yield this.cut();
  }

  *end(): Generator<Piece> {
    if (this.texts.length > 0) yield this.cut();
  }

  private cut(): Piece {
    const piece: Piece = { sort: this.sort, items: this.items, text: `[${this.texts.join(',')}]` };
    this.texts = [];
    this.length = 0;
    this.items = 0;
    return piece;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
