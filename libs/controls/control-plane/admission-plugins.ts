import type { ComponentFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import type { World } from '../engine/world.js';
import { gateOf, listFlagOf } from '../scopes/each-component.js';

/** Which plugins run is decided by these. */
export const pluginFlags = ['enable-admission-plugins', 'disable-admission-plugins', 'admission-control'] as const;

/** The old flag, which names every plugin that runs; with it the API server takes neither of the others. */
const allOf = (server: ComponentFacts): readonly string[] => listFlagOf(server, 'admission-control');

/** Which flag keeps an admission plugin from running that runs by default; undefined where none does. */
function switchedOff(server: ComponentFacts, plugin: string): string | undefined {
  if (listFlagOf(server, 'disable-admission-plugins').includes(plugin)) return `--disable-admission-plugins switches ${plugin} off`;
  const all = allOf(server);
  return all.length > 0 && !all.includes(plugin) ? `--admission-control names the plugins that run, and ${plugin} is not among them` : undefined;
}

/** Whether a flag has an admission plugin run. */
export const switchedOn = (server: ComponentFacts, plugin: string): boolean => listFlagOf(server, 'enable-admission-plugins').includes(plugin) || allOf(server).includes(plugin);

/** The first minor that runs plugins which no flag names. */
const pluginsByDefault = { major: 1, minor: 10 };

/** Why an admission plugin that servers since 1.10 run by themselves does not run; undefined where it does. */
export function notRunning(server: ComponentFacts, plugin: string, world: World): string | undefined {
  const reason = switchedOff(server, plugin);
  if (reason !== undefined || switchedOn(server, plugin)) return reason;
  const version = minorOf(world.cluster.version ?? '');
  return version && isBefore(version, pluginsByDefault) ? `${plugin} is not enabled, and servers before 1.10 run no plugin that no flag names` : undefined;
}

/** The first minor that runs PodSecurity without being asked to. */
const podSecurityDefault = { major: 1, minor: 23 };

/** Why PodSecurity admission does not run, or why only the server's version would tell; undefined where it runs. */
export function podSecurityOff(server: ComponentFacts, world: World): string | MissingEvidence | undefined {
  const plugin = 'PodSecurity';
  const reason = switchedOff(server, plugin);
  if (reason !== undefined) return reason;
  const gate = gateOf(server, plugin);
  if (gate !== undefined) return gate ? undefined : `--feature-gates switches ${plugin} off`;
  const version = minorOf(world.cluster.version ?? '');
  if (!version) return { fact: 'server-version', reason: 'not-in-upload', detail: `the version of the API server is not known, so neither is whether it runs ${plugin} by itself` };
  return isBefore(version, podSecurityDefault) ? `a server of ${world.cluster.version?.slice(0, 50)} does not run ${plugin} by itself` : undefined;
}
