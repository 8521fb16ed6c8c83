import { effectiveEtcd, effectiveScheduler, etcdVariableOf } from '#inventory/components/config-file-components.js';
import { flagDefinitions, type SettingValue } from '#inventory/components/flag-definitions.js';
import type { Setting } from '#inventory/components/readable.js';
import { flagsOf } from '#inventory/projection/component.js';
import type { Component } from '../component-process.js';
import { hostPathOf, type HostPath } from '../host-path.js';
import type { NodeEvidence } from '../node-evidence.js';
import { configAt } from '../look-up.js';
import { leavesAt, unreadText } from './document.js';
import { argumentsOf, type OwnProcess } from './own-processes.js';

export type Flags = Readonly<Record<string, readonly string[]>>;

/** What a process goes by, as flags would give it, whether its command line, its environment or its file says so. */
export interface Settled {
  readonly flags: Flags;
  readonly settingsFrom?: string;
  readonly unreadFlags?: Readonly<Record<string, string>>;
}

export function settledFlags(evidence: NodeEvidence, component: Component, own: OwnProcess): Settled {
  const flags = flagsOf(argumentsOf(own.process));
  return component === 'etcd' ? etcdSettings(evidence, own, flags) : component === 'kube-scheduler' ? schedulerSettings(evidence, own, flags) : { flags };
}

/** Where the path that a flag names lies on the node: the last value counts. Undefined where it names none. */
export function pathOn({ process }: OwnProcess, flags: Flags, flag: string): HostPath | undefined {
  const path = flags[flag]?.at(-1) ?? '';
  if (path === '') return undefined;
  return path.startsWith('/') ? hostPathOf(process, path) : { state: 'unknown', detail: `--${flag} is no absolute path, and what it is taken from is not known` };
}

/** With a file of its own the scheduler takes `profiling` from there, whatever the flag says. */
function schedulerSettings(evidence: NodeEvidence, own: OwnProcess, flags: Flags): Settled {
  const path = pathOn(own, flags, 'config');
  if (!path) return { flags };
  const config = path.state === 'host' ? leavesAt(evidence, 'kube-scheduler', path.path, 'KubeSchedulerConfiguration') : undefined;
  const profiling = effectiveScheduler({ args: argumentsOf(own.process), version: undefined, ...(config && { config }) }).setting('profiling');
  const { profiling: _, ...rest } = flags;
  if (profiling.state === 'unreadable') return { flags: rest, unreadFlags: { profiling: profiling.detail } };
  return { flags: { ...rest, profiling: [String(profiling.value)] }, ...(path.state === 'host' && { settingsFrom: path.path }) };
}

/** Not among the settings that `effectiveEtcd` knows, and read by controls. */
const moreOfEtcd = ['initial-cluster', 'listen-client-http-urls'] as const;

/** Values as flags would give them, whether a flag, a variable or the file says so: with a file only what is in that. */
function etcdSettings(evidence: NodeEvidence, own: OwnProcess, given: Flags): Settled {
  const { process } = own;
  const environment = process.environment.state === 'read' ? Object.fromEntries(process.environment.value.map(({ name, value }) => [name, value])) : undefined;
  const path = pathOn(own, given, 'config-file') ?? pathOn(own, { 'config-file': [environment?.['ETCD_CONFIG_FILE'] ?? ''] }, 'config-file');
  const file = path?.state === 'host' ? path.path : undefined;
  const config = file === undefined ? undefined : leavesAt(evidence, 'etcd', file, undefined);
  const effective = effectiveEtcd({ args: argumentsOf(process), version: undefined, isEnvironmentWhole: environment !== undefined, ...(environment && { environment }), ...(config && { config }) });
  const settled = etcdFlags(effective);
  const unread: Record<string, string> = { ...settled.unread };
  const onCommandLine: Flags = path ? (given['config-file'] ? { 'config-file': given['config-file'] } : {}) : given;
  const flags: Record<string, readonly string[]> = { ...Object.fromEntries(Object.entries(onCommandLine).filter(([name]) => !Object.hasOwn(unread, name))), ...settled.flags };
  for (const name of moreOfEtcd) {
    const more = moreSetting(evidence, name, { hasFile: path !== undefined, file, environment, given });
    if (more.state === 'unread') unread[name] = more.detail;
    else if (more.value !== undefined) flags[name] = [more.value];
  }
  return { flags, ...(file !== undefined && { settingsFrom: file }), ...(Object.keys(unread).length > 0 && { unreadFlags: unread }) };
}

/** Every setting that `effectiveEtcd` knows and that somebody made, and why it does not tell the others. */
export function etcdFlags(effective: ReturnType<typeof effectiveEtcd>): { readonly flags: Flags; readonly unread: Readonly<Record<string, string>> } {
  const flags: Record<string, readonly string[]> = {};
  const unread: Record<string, string> = {};
  for (const name of Object.keys(flagDefinitions.etcd)) {
    if (name === 'config-file') continue;
    const setting = effective.setting(name);
    if (setting.state === 'unreadable') unread[name] = setting.detail;
    else if (setting.from.source !== 'default') flags[name] = [textOf(setting)];
  }
  return { flags, unread };
}

interface Sources {
  readonly hasFile: boolean;
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly given: Flags;
}

function moreSetting(evidence: NodeEvidence, name: (typeof moreOfEtcd)[number], { hasFile, file, environment, given }: Sources): { readonly state: 'read'; readonly value: string | undefined } | { readonly state: 'unread'; readonly detail: string } {
  if (hasFile) {
    const content = file === undefined ? undefined : configAt(evidence, 'etcd', file);
    if (content?.state !== 'read') return { state: 'unread', detail: content ? unreadText(content) : 'the file of etcd\'s configuration was not read' };
    const value = content.value.settings.find(({ key }) => key === name)?.value;
    return { state: 'read', value: value === undefined || value === null ? undefined : String(value) };
  }
  if (given[name]) return { state: 'read', value: given[name].at(-1) };
  const variable = etcdVariableOf(name);
  if (!environment) return { state: 'unread', detail: `${variable} may set --${name}, and the environment of etcd was not read` };
  return { state: 'read', value: environment[variable] === '' ? undefined : environment[variable] };
}

const textOf = ({ value }: Extract<Setting<SettingValue>, { readonly state: 'read' }>): string => (Array.isArray(value) ? value.join(',') : String(value));
