/** One flag of a command line; names without dashes and with `-` where components take `_` too. */
export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** `--name=value`, `--name value` and etcd's `-name=value`. A flag without a value is `true`. */
export function flagsOf(words: readonly string[]): readonly Flag[] {
  const flags: Flag[] = [];
  for (let i = 0; i < words.length; i++) {
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(words[i]!) ?? [];
    if (name === undefined) continue;
    const next = words[i + 1];
    const own = value ?? (next !== undefined && !next.startsWith('-') ? next : undefined);
    flags.push({ name: name.replaceAll('_', '-').toLowerCase(), value: own ?? 'true' });
    if (value === undefined && own !== undefined) i++;
  }
  return flags;
}
