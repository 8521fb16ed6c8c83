/** What a row has in a column. */
export type Cell = string | null | undefined;

/** Rows a bulk statement, as arrays of text: one a column, in Postgres's binary form, which the driver hands on as it is. */
export interface TextColumns {
  readonly count: number;
  readonly columns: readonly Buffer[];
}

/** Rows a bulk statement. Five times as many are hardly faster. */
export const BATCH = 1_000;

/**
 * Makes items rows of bulk statements. A row becomes bytes at once and is garbage then: nothing is quoted, and the texts of a
 * thousand rows never stand in memory together. The bytes' memory is used again: new for each batch, it would be tens of megabytes
 * that wait to be collected, and the collector would go through the whole heap for them again and again.
 */
export class BulkColumns {
  private columns: readonly Column[] = [];
  private isBusy = false;

  /** Made as they are asked for, of one call at a time. Each is good until the next but one is asked for, of this call or a later one. */
  *batches<T>(items: Iterable<T>, cells: (item: T) => readonly Cell[], size: number = BATCH): Generator<TextColumns> {
    if (this.isBusy) throw new Error('rows of another statement are still being made');
    this.isBusy = true;
    try {
      let count = 0;
      const taken = (): TextColumns => ({ count, columns: this.columns.map((column) => column.take()) });
      for (const item of items) {
        const row = cells(item);
        if (this.columns.length === 0) this.columns = row.map(() => new Column());
        for (let i = 0; i < row.length; i++) this.columns[i]!.add(row[i]);
        if (++count < size) continue;
        yield taken();
        count = 0;
      }
      if (count > 0) yield taken();
    } finally {
      // Of items that broke off.
      for (const column of this.columns) column.clear();
      this.isBusy = false;
    }
  }
}

/** Dimensions, whether there are nulls, the elements' type, how many, and the first one's index. */
const HEADER_BYTES = 20;
const TEXT_OID = 25;
const BYTEA_OID = 17;
const LENGTH_BYTES = 4;
/** UTF-8 of one UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

function writeHeader(bytes: Buffer, { hasNull, oid, count }: { readonly hasNull: boolean; readonly oid: number; readonly count: number }): void {
  [1, hasNull ? 1 : 0, oid, count, 1].forEach((field, i) => bytes.writeInt32BE(field, i * 4));
}

/** A parameter of type bytea[]. The driver would write each value in hexadecimal. */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(values.reduce((sum, { byteLength }) => sum + LENGTH_BYTES + byteLength, HEADER_BYTES));
  writeHeader(bytes, { hasNull: false, oid: BYTEA_OID, count: values.length });
  let end = HEADER_BYTES;
  for (const value of values) {
    end = bytes.writeInt32BE(value.byteLength, end);
    bytes.set(value, end);
    end += value.byteLength;
  }
  return bytes;
}

class Column {
  private bytes: Buffer = Buffer.allocUnsafeSlow(4_096);
  /** Of the batch before. */
  private before: Buffer | undefined;
  private end = HEADER_BYTES;
  private count = 0;
  private hasNull = false;

  add(cell: Cell): void {
    this.count++;
    if (cell === null || cell === undefined) {
      this.hasNull = true;
      this.reserve(LENGTH_BYTES);
      this.end = this.bytes.writeInt32BE(-1, this.end);
      return;
    }
    this.reserve(LENGTH_BYTES + MOST_BYTES_A_UNIT * cell.length);
    const start = this.end + LENGTH_BYTES;
    const written = this.bytes.write(cell, start, 'utf8');
    this.bytes.writeInt32BE(written, this.end);
    this.end = start + written;
  }

  /** The array; the next begins with as much room, and the next but one in this one's. */
  take(): Buffer {
    const { bytes, end, count, hasNull } = this;
    writeHeader(bytes, { hasNull, oid: TEXT_OID, count });
    this.bytes = this.before ?? Buffer.allocUnsafeSlow(bytes.length);
    this.before = bytes;
    this.clear();
    return bytes.subarray(0, end);
  }

  clear(): void {
    this.end = HEADER_BYTES;
    this.count = 0;
    this.hasNull = false;
  }

  private reserve(room: number): void {
    if (this.end + room <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.end + room));
    this.bytes.copy(grown, 0, 0, this.end);
    this.bytes = grown;
  }
}
