import { SnapshotError } from './snapshot-error.js';

export interface OpenText {
  /** First byte that is no white space; undefined where there is none. */
  readonly first: number | undefined;
  /** Length of the byte order mark that was taken off. */
  readonly mark: number;
  /** The whole text behind the mark. */
  readonly chunks: AsyncIterable<Buffer>;
}

const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);
const otherMarks = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** Blanks before which an upload must have begun. */
const MAX_BLANKS = 1024 * 1024;

/** Looks at how a text starts without losing any of it. */
export async function openText(source: AsyncIterable<Buffer>): Promise<OpenText> {
  const iterator = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let mark = 0;
  let first: number | undefined;
  for (;;) {
    const next = await iterator.next();
    if (next.done !== true) head = Buffer.concat([head, next.value]);
    if (head.length < utf8Mark.length && next.done !== true) continue;
    if (otherMarks.some((bytes) => bytes.equals(head.subarray(0, 2)))) throw new SnapshotError('snapshot-invalid-encoding', 'the upload is UTF-16; send it as UTF-8 (PowerShell: Out-File -Encoding utf8)');
    mark = utf8Mark.equals(head.subarray(0, 3)) ? utf8Mark.length : 0;
    first = head.subarray(mark).find((byte) => !isBlank(byte));
    if (first !== undefined || next.done === true) break;
    if (head.length > MAX_BLANKS) throw new SnapshotError('snapshot-syntax', 'the upload starts with more than 1 MiB of blanks');
  }
  return { first, mark, chunks: joined(head.subarray(mark), iterator) };
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
