import { allOf, anyOf, not, type LabelLookup, type Tristate } from './partial-labels.js';

/** Longer ones are not read: nobody writes them by hand. */
const MAX_LENGTH = 8192;
const MAX_DEPTH = 32;

const token = /\s*(\|\||&&|==|!=|[!(){},]|"[^"]*"|'[^']*'|[A-Za-z0-9_./-]+)/y;

class Unreadable extends Error {}

/** Whether a Calico selector matches; undefined where that depends on labels nobody knows, or where it cannot be read. */
export function matchesCalicoSelector(text: string, lookup: LabelLookup): Tristate {
  if (text.trim() === '') return true;
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const parser = new Parser(tokensOf(text), lookup);
    return parser.whole();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed);
    if (!match) throw new Unreadable();
    tokens.push(match[1]!);
  }
  return tokens;
}

class Parser {
  private position = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly lookup: LabelLookup,
  ) {}

  whole(): Tristate {
    const value = this.or();
    if (this.position < this.tokens.length) throw new Unreadable();
    return value;
  }

  private or(): Tristate {
    const values = [this.and()];
    while (this.skip('||')) values.push(this.and());
    return anyOf(values);
  }

  private and(): Tristate {
    const values = [this.single()];
    while (this.skip('&&')) values.push(this.single());
    return allOf(values);
  }

  private single(): Tristate {
    if (++this.depth > MAX_DEPTH) throw new Unreadable();
    try {
      if (this.skip('!')) return not(this.single());
      if (this.skip('(')) {
        const value = this.or();
        this.expect(')');
        return value;
      }
      return this.test(this.word());
    } finally {
      this.depth--;
    }
  }

  private test(key: string): Tristate {
    if ((key === 'all' || key === 'global') && this.skip('(')) {
      this.expect(')');
      // What has no namespace is no pod.
      return key === 'all';
    }
    if (key === 'has' && this.skip('(')) {
      const value = this.lookup(this.word());
      this.expect(')');
      return value === undefined ? undefined : value !== null;
    }
    const value = this.lookup(key);
    const is = (test: (present: string) => boolean): Tristate => (value === undefined ? undefined : value !== null && test(value));
    switch (this.next()) {
      case '==': { const wanted = this.text(); return is((present) => present === wanted); }
      case '!=': { const wanted = this.text(); return not(is((present) => present === wanted)); }
      case 'in': { const wanted = this.set(); return is((present) => wanted.includes(present)); }
      case 'not': { this.expect('in'); const wanted = this.set(); return not(is((present) => wanted.includes(present))); }
      case 'contains': { const wanted = this.text(); return is((present) => present.includes(wanted)); }
      case 'starts': { this.expect('with'); const wanted = this.text(); return is((present) => present.startsWith(wanted)); }
      case 'ends': { this.expect('with'); const wanted = this.text(); return is((present) => present.endsWith(wanted)); }
      default: throw new Unreadable();
    }
  }

  private set(): readonly string[] {
    this.expect('{');
    const items: string[] = [];
    while (!this.skip('}')) {
      items.push(this.text());
      if (!this.skip(',')) {
        this.expect('}');
        break;
      }
    }
    return items;
  }

  private text(): string {
    const found = this.next();
    if (!/^["']/.test(found)) throw new Unreadable();
    return found.slice(1, -1);
  }

  private word(): string {
    const found = this.next();
    if (!/^[A-Za-z0-9_./-]/.test(found)) throw new Unreadable();
    return found;
  }

  private next(): string {
    const found = this.tokens[this.position++];
    if (found === undefined) throw new Unreadable();
    return found;
  }

  private skip(wanted: string): boolean {
    if (this.tokens[this.position] !== wanted) return false;
    this.position++;
    return true;
  }

  private expect(wanted: string): void {
    if (!this.skip(wanted)) throw new Unreadable();
  }
}
