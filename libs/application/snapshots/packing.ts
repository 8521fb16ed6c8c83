import { Readable, pipeline, type Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Chunker } from './chunker.js';

/** How an upload is packed, by how it begins. */
export interface Packing {
  readonly name: 'gzip' | 'zstd' | 'bzip2' | 'xz' | 'zip';
  readonly magic: Buffer;
}

const packings: readonly Packing[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]) },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'bzip2', magic: Buffer.from('BZh') },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { name: 'zip', magic: Buffer.from([0x50, 0x4b, 0x03, 0x04]) },
];

/** Bytes that tell every packing. */
const HEAD = 6;

/** Undefined for plain bytes. */
export const packingOf = (head: Uint8Array): Packing | undefined => packings.find(({ magic }) => magic.equals(head.subarray(0, magic.length)));

/** The same bytes, the first chunk long enough to tell a packing by it. */
async function* withHead(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) {
      yield buffer;
      continue;
    }
    head = Buffer.concat([head, buffer]);
    if (head.length < HEAD) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* chain(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** How bytes are packed, and all of them again; undefined where there are none. */
export async function withPacking(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly packing: Packing | undefined; readonly whole: AsyncGenerator<Buffer> } | undefined> {
  const source = withHead(bytes);
  const first = await source.next();
  return first.done === true ? undefined : { packing: packingOf(first.value), whole: chain(first.value, source) };
}

/** What a coder makes of bytes. The end of the pipeline is heard through the iteration. */
export const through = (coder: () => Duplex) => (bytes: AsyncGenerator<Buffer>): AsyncIterable<Buffer> => pipeline(Readable.from(bytes, { objectMode: false }), coder(), () => undefined);

/** Bytes that are packed together, and pieces of them that are in work at once: each is a gzip member, and members in a row are a gzip file. */
const PIECE_BYTES = 1024 * 1024;
const PIECES_AT_ONCE = 3;

const gzipAside = promisify(gzip);

/** The lowest level: what it saves counts, and not the rest. */
const gzipPiece = (piece: Buffer): Promise<Buffer> => gzipAside(piece, { level: 1, chunkSize: 64 * 1024 });

async function* gzipped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inWork: Promise<Buffer>[] = [];
  for await (const piece of inPieces(bytes)) {
    const packing = gzipPiece(piece);
    // Whoever takes it hears of an error; where nobody takes it any more, nobody is to.
    packing.catch(() => undefined);
    inWork.push(packing);
    if (inWork.length >= PIECES_AT_ONCE) yield await inWork.shift()!;
  }
  for (const packing of inWork) yield await packing;
}

async function* inPieces(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunker = new Chunker(PIECE_BYTES);
  for await (const part of bytes) yield* chunker.add(part);
  const last = chunker.rest();
  if (last) yield last;
}

/** Plain bytes packed with gzip, and others as they are: manifests become a tenth, which has to be sealed, stored and read again. */
export async function* packed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const told = await withPacking(bytes);
  if (told) yield* told.packing ? told.whole : gzipped(told.whole);
}
