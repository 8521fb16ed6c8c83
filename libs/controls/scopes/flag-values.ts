import { etcdVariableOf } from '#inventory/components/config-file-components.js';
import type { ComponentFacts } from '#inventory/facts.js';
import { valueOf, type Values } from '../engine/values.js';
import type { World } from '../engine/world.js';

/** Flags of which all values that were given are in force together; of others the last one is. */
const lists: ReadonlySet<string> = new Set([
  'admission-control', 'authorization-mode', 'disable-admission-plugins', 'enable-admission-plugins', 'feature-gates', 'tls-cipher-suites',
]);

/** Other ways to say what another flag says: told where they are given. */
const alternatives: ReadonlySet<string> = new Set(['admission-control', 'authentication-config', 'authorization-config']);

/** Stands for the API server's version where defaults hang on it. */
export const SERVER_VERSION = 'version of the API server';

function valueIn({ component, flags, variables = [], unreadFlags, unseenFlags }: ComponentFacts, name: string): string | undefined {
  const given = flags[name];
  if (given) return lists.has(name) ? given.join(',') : given.at(-1);
  const isOpen = unseenFlags !== undefined || unreadFlags?.[name] !== undefined || (component === 'etcd' && variables.includes(etcdVariableOf(name)));
  return isOpen ? undefined : '';
}

/** Flags as a process has them, under the names that its command line or its file knows them by. What may be set unseen is left out. */
export function flagsIn(component: ComponentFacts, names: readonly string[]): Values {
  const prefix = component.settingsFrom === undefined ? '--' : '';
  return Object.fromEntries(names.flatMap((name) => {
    const value = valueIn(component, name);
    return value === undefined || (value === '' && alternatives.has(name)) ? [] : [[`${prefix}${name}`, valueOf(value)]];
  }));
}

/** What parts rest on: flags of the judged process, and SERVER_VERSION. Undefined for other parts. */
export const flagValues = (byPart: Readonly<Record<string, readonly string[]>>) => (component: ComponentFacts, { cluster }: World, part: string): Values | undefined => {
  const names = byPart[part];
  if (!names) return undefined;
  return { ...flagsIn(component, names.filter((name) => name !== SERVER_VERSION)), ...(names.includes(SERVER_VERSION) && { [SERVER_VERSION]: valueOf(cluster.version) }) };
};
