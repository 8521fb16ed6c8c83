const key = Buffer.from('"managedFields":[');

const quote = 0x22;
const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * Cuts every `managedFields` list out of compact JSON, in place, and returns what is left of the buffer.
 * Half of a pod's bytes are its field managers; they never reach the parser.
 *
 * In valid JSON an unescaped quote that is followed by a letter opens a string, so `,"managedFields":[` can only
 * be a member, and a `]` that is followed by closers and then by a quote and a letter can only be structure.
 * Whatever does not look exactly like that (other layouts, brackets inside) is left for the parser.
 */
export function stripManagedFields(json: Buffer): Buffer {
  let at = json.indexOf(key);
  if (at < 0) return json;
  const opens = new NextByte(json, openList);
  const closes = new NextByte(json, closeList);
  let kept = 0;
  let from = 0;
  while (at >= 0) {
    const end = endOfList(json, at, opens, closes);
    if (end < 0) {
      at = json.indexOf(key, at + key.length);
      continue;
    }
    const isFirst = json[at - 1] === openObject;
    const cut = isFirst ? at : at - 1;
    kept = move(json, kept, from, cut);
    from = isFirst && json[end] === comma ? end + 1 : end;
    at = json.indexOf(key, end);
  }
  return json.subarray(0, move(json, kept, from, json.length));
}

/** The index behind the list's `]`; -1 where it cannot be told for certain. */
function endOfList(json: Buffer, at: number, opens: NextByte, closes: NextByte): number {
  const before = json[at - 1];
  if (before !== comma && before !== openObject) return -1;
  const start = at + key.length;
  const close = closes.from(start);
  // A bracket inside, be it structure or text: the first `]` may then close something else.
  if (close === Number.POSITIVE_INFINITY || opens.from(start) < close) return -1;
  return isFollowedByKey(json, close + 1) ? close + 1 : -1;
}

/** The next place of a byte, for questions in rising order: remembers the last one, so that all of them together read the text once. */
class NextByte {
  private next = -1;

  constructor(
    private readonly json: Buffer,
    private readonly byte: number,
  ) {}

  from(start: number): number {
    if (this.next < start) {
      const found = this.json.indexOf(this.byte, start);
      this.next = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    return this.next;
  }
}

function isFollowedByKey(json: Buffer, from: number): boolean {
  let at = from;
  for (; at < json.length; at++) {
    const byte = json[at]!;
    if (byte !== closeObject && byte !== closeList && byte !== comma && byte !== openObject) break;
  }
  return json[at] === quote && isLetter(json[at + 1]);
}

const isLetter = (byte: number | undefined): boolean => byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a));

function move(json: Buffer, to: number, from: number, end: number): number {
  if (to !== from) json.copyWithin(to, from, end);
  return to + end - from;
}
