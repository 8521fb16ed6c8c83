/** How a program reads its command line. */
export interface ArgvDialect {
  /** `pflag`: two dashes, one for shorthands; `go`: one dash or two. */
  readonly style: 'pflag' | 'go';
  /** Whether underscores in names mean dashes. */
  readonly normalises: boolean;
  /** Flags that take a value after `=` alone, by name. */
  readonly switches: ReadonlySet<string>;
  /** Flags that a shorthand stands for; pflag only. */
  readonly shorthands?: Readonly<Record<string, string>>;
}

export interface ParsedArgv {
  /** Every value that a flag was given, in order; a switch without one has `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** What is no flag and no flag's value. */
  readonly words: readonly string[];
  /** Why the program would not start with this command line; flags before it are read all the same. */
  readonly problem?: string;
}

/**
 * Reads the arguments of a process, without its program, as Go's libraries do. A name that is no switch takes the
 * next argument whatever it looks like, except that one of an unknown flag is left alone if it starts with two dashes:
 * the table of switches may be older than the program.
 */
export function parseArgv(args: readonly string[], dialect: ArgvDialect, known: (name: string) => boolean = () => false): ParsedArgv {
  const flags = new Map<string, string[]>();
  const words: string[] = [];
  let problem: string | undefined;
  const add = (name: string, value: string): void => {
    const values = flags.get(name);
    if (values) values.push(value);
    else flags.set(name, [value]);
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      // Go's own package stops at the first word.
      if (dialect.style === 'go') {
        words.push(...args.slice(i + 1));
        break;
      }
      continue;
    }
    const split = nameAndValue(word, dialect);
    if (split === undefined) {
      problem = `argument ${i + 1} is no flag`;
      break;
    }
    const { name, value } = split;
    if (value !== undefined) add(name, value);
    else if (dialect.switches.has(name)) add(name, 'true');
    else if (i + 1 < args.length && (known(name) || !args[i + 1]!.startsWith('--'))) add(name, args[++i]!);
    else if (known(name)) problem = `--${name} has no value`;
    else add(name, 'true');
  }
  return { flags, words, ...(problem !== undefined && { problem }) };
}

function nameAndValue(word: string, { style, normalises, switches, shorthands = {} }: ArgvDialect): { readonly name: string; readonly value?: string } | undefined {
  const isLong = word.startsWith('--');
  const body = word.slice(isLong ? 2 : 1);
  if (body === '' || body.startsWith('-') || body.startsWith('=')) return undefined;
  const equals = body.indexOf('=');
  const written = equals < 0 ? body : body.slice(0, equals);
  const value = equals < 0 ? undefined : body.slice(equals + 1);
  const shown = (name: string): string => (normalises ? name.replaceAll('_', '-') : name);
  if (isLong || style === 'go') return { name: shown(written), ...(value !== undefined && { value }) };
  // `-v2`, `-v=2` and `-v 2`.
  const name = Object.hasOwn(shorthands, body[0]!) ? shorthands[body[0]!]! : undefined;
  if (name === undefined) return undefined;
  if (body.length === 1) return { name };
  if (switches.has(name)) return body[1] === '=' ? { name, value: body.slice(2) } : { name };
  return { name, value: body[1] === '=' ? body.slice(2) : body.slice(1) };
}
