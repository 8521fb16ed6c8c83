import { isBefore, type MinorVersion } from '../readers/minor-version.js';
import { parseArgv, type ArgvDialect } from './argv.js';
import type { KubernetesComponent } from './component-name.js';
import { flagDefinitions, newestMinor, oldestMinor, type FlagDefinition, type SettingValue } from './flag-definitions.js';
import { goBoolean, goDuration, goGates, goInteger, goList } from './go-values.js';
import { readAs, unreadable, type Readable, type Setting, type Unreadable } from './readable.js';
import { switches } from './switches.js';

const dialectOf = (component: KubernetesComponent): ArgvDialect =>
  component === 'etcd'
    ? { style: 'go', normalises: false, switches: switches.etcd }
    : { style: 'pflag', normalises: true, switches: switches[component], shorthands: { v: 'v', h: 'help' } };

/** The command line of one process, of which single flags can be asked. */
export interface ComponentFlags {
  readonly component: KubernetesComponent;
  readonly version: MinorVersion | undefined;
  /** Whether the flag is given, whatever its value. */
  has(name: string): boolean;
  /** The value given, as its component reads it; undefined where none is given. */
  given(name: string): Readable<SettingValue> | undefined;
  /** The value given, or the default of the version. */
  setting(name: string): Setting<SettingValue>;
}

/**
 * `args`: the arguments behind the program. `version`: of the component itself; undefined where nobody knows it, so
 * that defaults which differ between versions cannot be told. Throws for names that no definition has.
 */
export function componentFlags(component: KubernetesComponent, args: readonly string[], version: MinorVersion | undefined): ComponentFlags {
  const definitions = flagDefinitions[component];
  const { flags, words, problem } = parseArgv(args, dialectOf(component), (name) => Object.hasOwn(definitions, name));
  // None of them takes words, and all refuse to start with one.
  const broken = problem ?? (words.length > 0 ? 'it has words that belong to no flag' : undefined);
  const fault: Unreadable | undefined = broken === undefined ? undefined : unreadable('bad-command-line', `the command line of ${component} cannot be read: ${broken}`);
  const given = (name: string): Readable<SettingValue> | undefined => {
    const definition = definitionOf(definitions, component, name);
    const values = flags.get(name);
    if (values) return valueOf(values, definition, name);
    return fault;
  };
  return {
    component, version, given,
    has: (name) => flags.has(name),
    setting(name) {
      const value = given(name);
      if (value?.state === 'read') return { ...value, from: { source: 'flag', flag: name } };
      return value ?? defaultOf(definitionOf(definitions, component, name).defaults, version, `--${name}`);
    },
  };
}

function definitionOf(definitions: Readonly<Record<string, FlagDefinition>>, component: string, name: string): FlagDefinition {
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (definition) return definition;
  throw new TypeError(`there is no definition of --${name} of ${component}`);
}

/** The default of a version; of a version that nobody knows, only where it never changed. */
export function defaultOf<T>(defaults: readonly [{ readonly since: number; readonly value: T }, ...{ readonly since: number; readonly value: T }[]], version: MinorVersion | undefined, what: string): Setting<T> {
  if (defaults.length === 1 && !version) return { state: 'read', value: defaults[0].value, from: { source: 'default' } };
  if (!version) return unreadable('unknown-version', `${what} is not set, and its default depends on the version, which is not known`);
  if (isBefore(version, { major: 1, minor: oldestMinor })) return unreadable('unknown-version', `${what} is not set, and defaults before 1.${oldestMinor} are not known`);
  const minor = version.major > 1 ? newestMinor : Math.min(version.minor, newestMinor);
  const value = defaults.findLast(({ since }) => since <= minor)!.value;
  return { state: 'read', value, from: { source: 'default', minor: `1.${minor}` } };
}

/** Values that a flag was given, as one. The last counts for scalars, wrong ones before it or not: with those no process starts. */
function valueOf(values: readonly string[], { type }: FlagDefinition, name: string): Readable<SettingValue> {
  const bad = unreadable('bad-value', `--${name} has a value with which its component does not start`);
  const scalar = (read: (text: string) => SettingValue | undefined): Readable<SettingValue> => {
    const all = values.map(read);
    const last = all.at(-1);
    return last === undefined || all.includes(undefined) ? bad : readAs(last);
  };
  switch (type) {
    case 'boolean':
      return scalar(goBoolean);
    case 'integer':
      return scalar(goInteger);
    case 'duration':
      return scalar(goDuration);
    case 'text':
      return scalar((text) => text);
    case 'texts':
      return readAs([...values]);
    case 'last-list':
      return readAs(values.at(-1)!.split(','));
    case 'list': {
      const lists = values.map(goList);
      return lists.includes(undefined) ? bad : readAs(lists.flatMap((list) => list ?? []));
    }
    case 'gates': {
      const maps = values.map(goGates);
      return maps.includes(undefined) ? bad : readAs(Object.fromEntries(maps.flatMap((map) => [...(map ?? [])])));
    }
  }
}

