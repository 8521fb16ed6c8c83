import { goBoolean } from './go-values.js';

export type RancherProduct = 'k3s' | 'rke2';

/** Options of a server or agent of k3s or RKE2 by name, in force: every value, in order. */
export type RancherOptions = ReadonlyMap<string, readonly string[]>;

/** An option of a configuration file. `appends`: written `name+`, it adds to what earlier files say. */
export interface FileOption {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly appends: boolean;
}

/** Everything that tells one of them what to do. */
export interface RancherSources {
  /** The configuration file and its drop-ins, in the order in which they count. */
  readonly files?: readonly { readonly options: readonly FileOption[] }[];
  /** Arguments behind `server` or `agent`. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Options that a variable sets under another name; the others are named alike, in capitals. */
const variables: Readonly<Record<string, string>> = { URL: 'server' };

/**
 * A file's options come before those of its drop-ins, which replace them unless written `name+`, and before arguments: of
 * lists all count, of others the last. A variable counts where nothing else says it (pkg/configfilearg/parser.go of k3s).
 */
export function rancherOptions(product: RancherProduct, { files = [], words, environment }: RancherSources): RancherOptions {
  const options = new Map<string, readonly string[]>();
  for (const file of files) {
    const own = new Map<string, readonly string[]>();
    for (const { name, values, appends } of file.options) own.set(name, [...(appends ? (own.get(name) ?? options.get(name) ?? []) : []), ...values.map(String)]);
    for (const [name, given] of own) options.set(name, given);
  }
  for (const [name, given] of optionsOf(words)) options.set(name, [...(options.get(name) ?? []), ...given]);
  const prefix = `${product.toUpperCase()}_`;
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(prefix)) continue;
    const rest = variable.slice(prefix.length);
    const name = Object.hasOwn(variables, rest) ? variables[rest]! : rest.toLowerCase().replaceAll('_', '-');
    if (!options.has(name)) options.set(name, [value]);
  }
  return options;
}

const flag = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/;

/** Options of one letter, of servers and agents alike (pkg/cli/cmds of k3s). */
const short: Readonly<Record<string, string>> = { c: 'config', d: 'data-dir', s: 'server', t: 'token' };

/** Every flag but switches takes a value. */
export function optionsOf(words: readonly string[]): RancherOptions {
  const options = new Map<string, string[]>();
  let at = 0;
  for (; at < words.length; at++) {
    const [, written, value] = flag.exec(words[at]!) ?? [];
    if (written === undefined) continue;
    const name = Object.hasOwn(short, written) ? short[written]! : written;
    const own = value ?? (name.endsWith('-arg') ? argument() : word()) ?? 'true';
    const known = options.get(name);
    if (known) known.push(own);
    else options.set(name, [own]);
  }
  return options;

  /** The next word, unless it is a flag. */
  function word(): string | undefined {
    const next = words[at + 1];
    return next === undefined || flag.test(next) ? undefined : words[++at];
  }

  /** What a component is given may look like a flag, and then be cut at its `=` into two words (pkg/nodeconfig of k3s). */
  function argument(): string | undefined {
    if (at + 1 >= words.length) return undefined;
    const next = words[++at]!;
    const value = next.startsWith('-') && !next.includes('=') ? word() : undefined;
    return value === undefined ? next : `${next}=${value}`;
  }
}

export const optionOf = (options: RancherOptions, name: string): string | undefined => options.get(name)?.at(-1);
export const isOn = (options: RancherOptions, name: string): boolean => goBoolean(optionOf(options, name) ?? '') === true;
