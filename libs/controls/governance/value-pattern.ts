/**
 * Regular expressions that an organisation writes for the values of its labels, matched in a time that grows with the
 * value's length alone: those of the language try every way through a pattern, and one careless pattern would stop a
 * scan. They are read into states that are all followed at once. Known are characters and escapes, `.`, classes,
 * groups, `|`, `*`, `+`, `?` and `{n,m}`; back references and looking around are not.
 */
export interface ValuePattern {
  /** Whether the whole value is what the pattern describes. */
  matches(value: string): boolean;
}

/** Longest pattern, and the most states it may come to. */
const MAX_PATTERN = 256;
const MAX_STATES = 1_000;

type Accepts = (character: string) => boolean;

/** What a part of a pattern is, before it is laid out as states. */
type Node =
  | { readonly is: 'one'; readonly accepts: Accepts }
  | { readonly is: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly is: 'repeat'; readonly of: Node; readonly from: number; readonly to: number };

/** A pattern that is none, or none that is understood here. */
class NotUnderstood extends Error {}

const classes: Readonly<Record<string, Accepts>> = {
  d: (c) => c >= '0' && c <= '9',
  w: (c) => /^\w$/.test(c),
  s: (c) => /^\s$/.test(c),
};

function classOf(letter: string): Accepts | undefined {
  const known = classes[letter.toLowerCase()];
  if (!known || letter.toLowerCase() === letter) return known;
  return (c) => !known(c);
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): Node {
    const node = this.choice();
    if (this.at < this.text.length) throw new NotUnderstood();
    return node;
  }

  private choice(): Node {
    const of = [this.sequence()];
    while (this.take('|')) of.push(this.sequence());
    return of.length === 1 ? of[0]! : { is: 'choice', of };
  }

  private sequence(): Node {
    const of: Node[] = [];
    while (this.at < this.text.length && this.peek() !== '|' && this.peek() !== ')') of.push(this.repeated());
    return { is: 'sequence', of };
  }

  private repeated(): Node {
    let node = this.single();
    for (;;) {
      if (this.take('*')) node = { is: 'repeat', of: node, from: 0, to: Infinity };
      else if (this.take('+')) node = { is: 'repeat', of: node, from: 1, to: Infinity };
      else if (this.take('?')) node = { is: 'repeat', of: node, from: 0, to: 1 };
      else if (this.peek() === '{') node = this.counted(node);
      else return node;
    }
  }

  private counted(of: Node): Node {
    const match = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.text.slice(this.at));
    if (!match) throw new NotUnderstood();
    this.at += match[0].length;
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : match[3] === undefined ? Infinity : Number(match[3]);
    if (to < from) throw new NotUnderstood();
    return { is: 'repeat', of, from, to };
  }

  private single(): Node {
    const character = this.next();
    switch (character) {
      case '(': return this.group();
      case '[': return { is: 'one', accepts: this.set() };
      case '.': return { is: 'one', accepts: () => true };
      // The whole value is meant either way.
      case '^': if (this.at === 1) return { is: 'sequence', of: [] }; throw new NotUnderstood();
      case '$': if (this.at === this.text.length) return { is: 'sequence', of: [] }; throw new NotUnderstood();
      case '\\': return { is: 'one', accepts: this.escaped() };
      case '*': case '+': case '?': case '{': case ')': case ']': throw new NotUnderstood();
      default: return { is: 'one', accepts: (c) => c === character };
    }
  }

  private group(): Node {
    if (this.take('?') && !this.take(':')) throw new NotUnderstood();
    const node = this.choice();
    if (!this.take(')')) throw new NotUnderstood();
    return node;
  }

  private escaped(): Accepts {
    const character = this.next();
    const known = classOf(character);
    if (known) return known;
    if (/^[a-zA-Z0-9]$/.test(character)) throw new NotUnderstood();
    return (c) => c === character;
  }

  private set(): Accepts {
    const isNegated = this.take('^');
    const members: Accepts[] = [];
    while (!this.take(']')) {
      const first = this.next();
      if (first === '\\') {
        members.push(this.escaped());
        continue;
      }
      if (this.peek() === '-' && this.text[this.at + 1] !== undefined && this.text[this.at + 1] !== ']') {
        this.at++;
        const last = this.next();
        if (last === '\\' || last < first) throw new NotUnderstood();
        members.push((c) => c >= first && c <= last);
      } else members.push((c) => c === first);
    }
    return (c) => members.some((accepts) => accepts(c)) !== isNegated;
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private next(): string {
    const character = this.text[this.at];
    if (character === undefined) throw new NotUnderstood();
    this.at++;
    return character;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

/** One step: a character that is taken, or ways on that take none. The last state is the end. */
interface State {
  accepts?: Accepts;
  readonly next: number[];
}

class States {
  readonly states: State[] = [];

  add(state: State): number {
    if (this.states.length >= MAX_STATES) throw new NotUnderstood();
    return this.states.push(state) - 1;
  }

  /** Lays a node out before a state, from the end to the beginning, and gives the state it starts at. */
  before(node: Node, end: number): number {
    switch (node.is) {
      case 'one': return this.add({ accepts: node.accepts, next: [end] });
      case 'sequence': return node.of.reduceRight((after, part) => this.before(part, after), end);
      case 'choice': return this.add({ next: node.of.map((part) => this.before(part, end)) });
      case 'repeat': return this.repeat(node.of, node.from, node.to, end);
    }
  }

  private repeat(of: Node, from: number, to: number, end: number): number {
    let start = end;
    if (to === Infinity) {
      const loop = this.add({ next: [end] });
      this.states[loop]!.next.push(this.before(of, loop));
      start = loop;
    } else for (let i = from; i < to; i++) start = this.add({ next: [end, this.before(of, start)] });
    for (let i = 0; i < from; i++) start = this.before(of, start);
    return start;
  }
}

/** Undefined for what is no pattern, or none that is understood here. */
export function valuePattern(text: string): ValuePattern | undefined {
  if (text.length > MAX_PATTERN) return undefined;
  try {
    const laid = new States();
    const end = laid.add({ next: [] });
    const start = laid.before(new Reader(text).read(), end);
    return { matches: (value) => follow(laid.states, start, end, value) };
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function follow(states: readonly State[], start: number, end: number, value: string): boolean {
  let current = reached(states, [start]);
  for (const character of value) {
    const next: number[] = [];
    for (const id of current) if (states[id]!.accepts?.(character) === true) next.push(...states[id]!.next);
    if (next.length === 0) return false;
    current = reached(states, next);
  }
  return current.has(end);
}

/** States, and all that can be had from them without a character. */
function reached(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (all.has(id)) continue;
    all.add(id);
    if (!states[id]!.accepts) open.push(...states[id]!.next);
  }
  return all;
}
