/** Values as Go reads them from text. Every reader gives undefined for text with which a component does not start. */

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

/** strconv.ParseBool. */
export const goBoolean = (text: string): boolean | undefined => booleans.get(text);

/** strconv.ParseInt with base 0, as pflag calls it: also `0x1f`, `0b1`, `0o7`, `07` and `1_000`. */
export function goInteger(text: string): number | undefined {
  const match = /^([+-]?)(0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[bB]_?[01]+(?:_[01]+)*|0[oO]_?[0-7]+(?:_[0-7]+)*|0(?:_?[0-7]+)*|[1-9]\d*(?:_\d+)*)$/.exec(text);
  if (!match) return undefined;
  const digits = match[2]!.replaceAll('_', '');
  const value = Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(value)) return undefined;
  return match[1] === '-' && value !== 0 ? -value : value;
}

const unitSeconds: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, 'µs': 1e-6, 'μs': 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** time.ParseDuration, in seconds. */
export function goDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (text.length > 60 || !/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) seconds += Number(count) * unitSeconds[unit!]!;
  return text.startsWith('-') && seconds !== 0 ? -seconds : seconds;
}

/** One value of a pflag string slice: a line of CSV, whose blanks count. */
export function goList(text: string): readonly string[] | undefined {
  // Go's reader takes the first line that is not empty, and for none says that the text ended.
  if (text === '') return [];
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let field = '';
      for (at++; ; at++) {
        if (at >= text.length) return undefined;
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      at++;
      if (at < text.length && text[at] !== ',') return undefined;
      fields.push(field);
    } else {
      const end = text.indexOf(',', at) < 0 ? text.length : text.indexOf(',', at);
      const field = text.slice(at, end);
      if (/["\r\n]/.test(field)) return undefined;
      fields.push(field);
      at = end;
    }
    if (at >= text.length) return fields;
    at++;
  }
}

/** One value of `--feature-gates`: `A=true,B=false`; a component's name before a gate (`kube:A=true`) says whose it is. */
export function goGates(text: string): ReadonlyMap<string, boolean> | undefined {
  const gates = new Map<string, boolean>();
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const equals = pair.indexOf('=');
    const value = equals < 0 ? undefined : goBoolean(pair.slice(equals + 1).trim());
    if (value === undefined) return undefined;
    const name = pair.slice(0, equals).trim();
    gates.set(name.startsWith('kube:') ? name.slice('kube:'.length) : name, value);
  }
  return gates;
}
